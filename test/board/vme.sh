#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: scripts/confine.sh sh test/board/vme.sh [TURNS]      [BOARD=qemu-x86_64-stock]
# vme_wdt.ko and the keeper's own VME driver, in QEMU with the board's kernel, where a module plays the VME board: see
# test/board/vme/init, which says what is checked. TURNS (default 1000): how often the module is loaded and unloaded.
# The machine's clock goes by the instructions it runs (icount), so no load of this machine can make a countdown end too early, and
# what only waits takes no time.
set -u
. test/prog/lib.sh
suite vme
turns=${1:-1000}

board=${BOARD:-qemu-x86_64-stock}

# The board's kernel, and headers of the same one.
kernel_and_modules() {
    command -v qemu-system-x86_64 >/dev/null || skip 'qemu-system-x86 is not installed (scripts/setup.sh board)'
    kernel=$(scripts/board/kernel.sh "$board") || fail 'there is no kernel'
    headers=$kernel/build
    if [ ! -d "$headers" ]; then
        for release in "$kernel"/modules/*; do headers=/usr/src/linux-headers-${release##*/}; done
    fi
    [ -f "$headers/.config" ] || skip "${headers##*/} is not installed (scripts/setup.sh board)"
    modules=$(scripts/vme-module.sh "$headers") || fail 'the modules cannot be built'
}

# The machine's root: busybox, the keeper, vaktctl, the modules.
root() {
    tree=$tmp/root
    mkdir -p "$tree/bin" "$tree/lib/vme" "$tree/lib64" "$tree/dev" "$tree/proc" "$tree/sys" "$tree/run" "$tree/tmp" "$tree/data" "$tree/etc"
    ln -s bin "$tree/sbin"
    ln -s . "$tree/usr"
    cp /bin/busybox "$tree/bin/busybox"
    busybox --list | while read -r applet; do [ "$applet" = busybox ] || ln -s busybox "$tree/bin/$applet"; done
    for program in "$bin/wd_keeper" "$bin/vaktctl" "$top/build/test/prog/wdt_ask"; do
        strip -o "$tree/bin/${program##*/}" "$program"
        ldd "$program" 2>/dev/null | sed -n 's|.* => \(/[^ ]*\) .*|\1|p; s|^[[:space:]]*\(/lib64[^ ]*\) .*|\1|p' >"$tmp/libraries"
        while read -r library; do
            mkdir -p "$tree${library%/*}"
            strip --strip-unneeded -o "$tree$library" "$library"
            chmod 0755 "$tree$library"
        done <"$tmp/libraries"
    done
    printf 'root:x:0:0::/:/bin/sh\n' >"$tree/etc/passwd"
    cp test/board/vme/init "$tree/init"
    cp "$modules"/*.ko "$tree/lib/vme/"
    for name in softdog i6300esb vme_fake vme_user; do
        with "$name" | tail -n 1 | while read -r ko; do strip --strip-debug -o "$tree/lib/vme/$name.ko" "$ko"; done
    done
    # What the kernel needs for its disk, for watchdogs and their pretimeout, each behind what it depends on.
    : >"$tree/lib/vme/first"
    for name in virtio_pci virtio_blk crc32c_generic ext4 watchdog pretimeout_noop; do with "$name"; done | awk '!seen[$0]++' >"$tmp/order"
    while read -r ko; do
        strip --strip-debug -o "$tree/lib/vme/${ko##*/}" "$ko"
        printf '%s\n' "${ko##*/}" >>"$tree/lib/vme/first"
    done <"$tmp/order"
    chmod 0755 "$tree"
    # A kernel for small machines has its drivers built in, and no initramfs.
    if grep -q '^CONFIG_BLK_DEV_INITRD=y' "$kernel/config"; then
        (cd "$tree" && find . | cpio --quiet -o -H newc) | gzip -1 >"$tmp/root.cpio.gz"
        set -- rdinit=/init vme.data=/dev/vda 0x7000000
        disk="-initrd $tmp/root.cpio.gz"
        devices='-m 128 -device i6300esb'
    else
        mksquashfs "$tree" "$tmp/root.sqfs" -quiet -no-progress -all-root -comp zstd -Xcompression-level 1 >/dev/null
        set -- 'root=/dev/vda ro init=/init' vme.data=/dev/vdb 0x2000000
        disk="-drive file=$tmp/root.sqfs,if=virtio,format=raw,readonly=on"
        devices='-m 64'
    fi
    # What a reset keeps is where ramoops would be: nearer to the kernel it was overwritten by the boot.
    words="$1 $2 console=ttyS0 quiet panic=0 memmap=0x10000\$$3 vme.keep=$3 vme.turns=$turns"
}
with() (
    ko=$(find "$kernel/modules" -name "$1.ko" -o -name "$(printf '%s' "$1" | tr _ -).ko" | head -n 1)
    [ -n "$ko" ] || exit 0
    for need in $(modinfo -F depends "$ko" | tr , ' '); do with "$need"; done
    printf '%s\n' "$ko"
)

console=$top/build/board/vme/console
ended() { grep -qE 'vme: end|Kernel panic' "$console" || ! kill -0 "$spawned" 2>/dev/null; }
the_machine_comes_to_its_end() {
    kernel_and_modules
    root
    mkfs.ext4 -q -O ^has_journal "$tmp/data.img" 4M
    mkdir -p "${console%/*}"
    rm -f "$console"
    # shellcheck disable=SC2086 # words
    spawn timeout -k 5 2700 qemu-system-x86_64 -machine q35 $devices -accel tcg -icount shift=3,sleep=off -rtc clock=vm -nodefaults \
        -no-user-config -display none -serial "file:$console" -kernel "$kernel/kernel" $disk -append "$words" \
        -drive "file=$tmp/data.img,if=virtio,format=raw"
    eventually 2700 test -s "$console"
    eventually 2700 ended
    tr -d '\r' <"$console" >"$suite_tmp/said"
    grep -q '^vme: end' "$suite_tmp/said" || fail "$(tail -n 60 "$suite_tmp/said")"
}
went_wrong() { fail "$1"; }

check 'the machine boots, is reset twice, and comes to its end' the_machine_comes_to_its_end
if [ -f "$suite_tmp/said" ]; then
    # What the machine checked, in its own words.
    while read -r line; do
        case $line in
            'vme: ok '*) check "${line#vme: ok }" true ;;
            'vme: FAIL '*) check "${line#vme: FAIL }" went_wrong "${line#vme: FAIL }" ;;
        esac
    done <"$suite_tmp/said"
    sed -n 's/^vme: figure/        figure/p' "$suite_tmp/said"
fi
finish
