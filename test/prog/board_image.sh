#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The image of a board, as files: the same sources give the same bytes, nothing in the root is anybody's but root's, and every program
# finds its libraries there. Booted it is by make board-test.
. test/prog/lib.sh
suite board_image

for tool in mksquashfs unsquashfs cpio modinfo depmod readelf mke2fs busybox; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null 2>&1 || lacking=$tool
done
board=qemu-x86_64-stock
made=$suite_tmp/made
tree=$made/root

# The kernel's own modules are not wanted here, and a machine without a network has none.
a_root() {
    [ -z "${lacking:-}" ] || skip "$lacking is not installed (scripts/setup.sh board)"
    OUT=$made VAKT_BUILT=1 LEVEL=1 NO_KERNEL=1 scripts/board/root.sh "$board" >/dev/null 2>"$tmp/log" || { cat "$tmp/log"; fail root.sh; }
}

the_same_sources_give_the_same_root() {
    a_root
    cp "$made/root.sqfs" "$tmp/first"
    find "$tree" -exec touch -h {} +
    umask 077
    TZ=Asia/Tokyo LC_ALL=C.UTF-8
    export TZ LC_ALL
    a_root
    cmp "$tmp/first" "$made/root.sqfs"
}

it_is_later_than() { [ "$(date +%s)" -gt "$1" ]; }
the_same_sources_give_the_same_writable_partition() {
    [ -z "${lacking:-}" ] || skip "$lacking is not installed (scripts/setup.sh board)"
    scripts/board/data.sh "$board" "$tmp/first" >/dev/null
    # ext4 has times of its making, in seconds
    eventually 5 it_is_later_than "$(stat -c %Y "$tmp/first")"
    scripts/board/data.sh "$board" "$tmp/second" >/dev/null
    cmp "$tmp/first" "$tmp/second"
}

# With a kernel of zeros: what a kernel is made of is its own build's matter.
the_same_parts_give_the_same_disk() {
    for tool in syslinux mcopy sfdisk mkfs.fat; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null 2>&1 || skip "$tool is not installed (scripts/setup.sh board)"
    done
    [ -f /usr/lib/syslinux/mbr/mbr.bin ] || skip 'syslinux-common is not installed (scripts/setup.sh board)'
    [ -f "$made/root.sqfs" ] || a_root
    mkdir "$tmp/place"
    truncate -s 2000K "$tmp/place/kernel"
    OUT=$made KERNEL_PLACE=$tmp/place scripts/board/disk.sh "$board" "$tmp/first" >/dev/null
    # FAT has times of 2 s.
    eventually 5 it_is_later_than "$(($(stat -c %Y "$tmp/first") + 2))"
    TZ=Asia/Tokyo OUT=$made KERNEL_PLACE=$tmp/place scripts/board/disk.sh "$board" "$tmp/second" >/dev/null
    cmp "$tmp/first" "$tmp/second"
    # ...and has the root and its table where the kernel's words say.
    sfdisk=$(PATH=$PATH:/usr/sbin:/sbin command -v sfdisk)
    start=$("$sfdisk" -d "$tmp/first" | sed -n 's/.*first2 : start= *\([0-9]*\),.*/\1/p')
    dd if="$tmp/first" bs=512 skip="$start" status=none | cmp -n "$(stat -c %s "$made/root.sqfs")" - "$made/root.sqfs"
}

the_root_is_roots_and_has_no_setuid_file() {
    [ -f "$made/root.sqfs" ] || a_root
    unsquashfs -lln "$made/root.sqfs" >"$tmp/list"
    grep -q ' squashfs-root/usr/lib/vakt/bin/wd_keeper$' "$tmp/list" || fail 'no keeper in it'
    awk '$1 ~ /^[-dlbcps]/ && ($2 != "0/0" || $1 ~ /[sS]/ && $1 !~ /^d/)' "$tmp/list" | sed 's/^s//' >"$tmp/others"
    [ ! -s "$tmp/others" ] || { cat "$tmp/others"; fail 'not as it should be'; }
}

every_library_that_is_needed_is_there() {
    [ -f "$made/root.sqfs" ] || a_root
    find "$tree" -type f -size +1k | while read -r file; do
        readelf -d "$file" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | while read -r name; do
            [ -f "$tree/lib/$name" ] || printf '%s needs %s\n' "$file" "$name"
        done
    done >"$tmp/missing"
    [ ! -s "$tmp/missing" ] || { cat "$tmp/missing"; fail 'a library is missing'; }
}

every_module_of_the_boot_file_is_there() {
    [ -d "$tree/usr/lib/otp" ] || a_root
    # What the release starts from, with no other code than the root's.
    erts=$(echo "$tree"/usr/lib/otp/erts-*)
    ROOTDIR=$tree/usr/lib/otp BINDIR=$erts/bin EMU=beam PROGNAME=erl
    export ROOTDIR BINDIR EMU PROGNAME
    "$BINDIR/erlexec" -boot "$ROOTDIR/releases/$(awk '{ print $2 }' "$ROOTDIR/start_erl.data")/start" -mode embedded -noshell -noinput \
        -kernel logger_level error -os_mon start_disksup false -os_mon start_cpu_sup false \
        -eval 'io:format("<~p>~n", [[A || {A, _, _} <- application:which_applications(), A =:= board]]), init:stop().' >"$tmp/out" 2>&1 || { cat "$tmp/out"; fail erlexec; }
    grep -q '<\[board\]>' "$tmp/out" || { cat "$tmp/out"; fail 'the application board does not run'; }
}

check 'the same sources give the same root, whatever the clock, the umask and the language' the_same_sources_give_the_same_root
check 'the same sources give the same writable partition' the_same_sources_give_the_same_writable_partition
check 'the same parts give the same bootable disk, with the root on its second partition' the_same_parts_give_the_same_disk
check "the root is root's, and nothing in it is setuid" the_root_is_roots_and_has_no_setuid_file
check 'every library that a program needs is there' every_library_that_is_needed_is_there
check 'the release starts with every module loaded, from what the root has alone' every_module_of_the_boot_file_is_there
finish
