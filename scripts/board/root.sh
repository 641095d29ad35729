#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: root.sh BOARD      [APPS="ssl inets"] [ELIXIR=yes] [EPMD=yes] [EMULATOR=debian]
# Makes the board's root from board/common/root.list, this tree's programs and Debian's libraries, busybox and OTP:
# build/board/BOARD/root.sqfs, whose name it prints, and where the kernel has its drivers in modules early.cpio.gz, which loads them.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/board/lib.sh
. scripts/board/lib.sh
board "${1:-}"
PATH=$PATH:/usr/sbin:/sbin
wanted busybox readelf strip escript erlc mksquashfs cpio modinfo depmod
top=$PWD
common=$top/board/common
foreign_system
# shellcheck disable=SC2034 # root.list's
vakt=${VAKT_BIN:-$top/build/${cross:+cross/$debian/}bin}
made=$out/made
tree=$out/root
rm -rf "$made" "$tree"
mkdir -p "$made" "$tree"

if [ -z "${VAKT_BUILT:-}" ]; then
    say "Vakt's programs"
    # Those that are on board.
    # shellcheck disable=SC2046 # one word a program
    make_for_board -s app $(sed -n "s|^program .* \$vakt/|build/${cross:+cross/$debian/}bin/|p" board/common/root.list) >&2
fi
version=$(sed -n 's/^VERSION := //p' Makefile)

# ---- files that are filled in ----
otp_root=/home/otpuser/otp
sed -e 's|%PREFIX%|/usr|g' -e 's|/etc/init.d/otp.system run|/lib/board/node|' -e 's|/etc/init.d/otp.system stop|/lib/board/end|' \
    -e '/^#/d' conf/busybox/inittab >"$made/vakt.inittab"
sed -e "/^%VAKT%$/{
r $made/vakt.inittab
d
}" "$common/inittab" >"$made/inittab"
sed -e "s|%USER%|otpuser|; s|%ROOT%|$otp_root|; s|%SYSCONFDIR%|/etc|" conf/sysv/S75otp.system >"$made/otp.system"

# ---- the tree ----
# library NAME: where the system has it.
library() {
    for _dir in "$sys/lib/$triplet" "$sys/usr/lib/$triplet" "$sys/lib" "$sys/lib64"; do
        if [ -f "$_dir/$1" ]; then
            printf '%s\n' "$_dir/$1"
            return
        fi
    done
    die "there is no library $1 for $triplet${sys:+ under $sys}"
}
# needs FILE: what it is linked to goes into the tree, too.
needs() {
    for _name in $("${cross}readelf" -d "$1" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
        [ ! -f "$tree/lib/$_name" ] || continue
        _file=$(library "$_name")
        "${cross}strip" --strip-unneeded -o "$tree/lib/$_name" "$_file"
        chmod 755 "$tree/lib/$_name"
        needs "$_file"
    done
    _loader=$("${cross}readelf" -l "$1" 2>/dev/null | sed -n 's|.*program interpreter: /\(.*\)\]|\1|p')
    if [ -n "$_loader" ] && [ ! -e "$tree/$_loader" ]; then
        _name=${_loader##*/}
        "${cross}strip" --strip-unneeded -o "$tree/lib/$_name" "$(library "$_name")"
        chmod 755 "$tree/lib/$_name"
        [ "${_loader%/*}" = lib ] || { mkdir -p "$tree/${_loader%/*}" && ln -s "../lib/$_name" "$tree/$_loader"; }
    fi
}
program() {
    "${cross}strip" -o "$tree/$1" "$2"
    chmod 755 "$tree/$1"
    needs "$2"
}
while read -r kind path word source; do
    case $kind in '' | '#'*) continue ;; esac
    eval "source=${source:-}" # $common, $vakt, $sys, $made
    case $kind in
        dir) mkdir -p "$tree/$path" && chmod "$word" "$tree/$path" ;;
        file) cp "$source" "$tree/$path" && chmod "$word" "$tree/$path" ;;
        link) ln -s "$word" "$tree/$path" ;;
        program) eval "program '$path' $word" ;;
        *) die "root.list: $kind $path" ;;
    esac
done <board/common/root.list
busybox --list-full | while read -r applet; do
    [ -e "$tree/$applet" ] || [ -L "$tree/$applet" ] || ln -s /bin/busybox "$tree/$applet"
done

# ---- OTP and the release ----
say 'the release'
libs=$sys/usr/lib/erlang/lib
apps=${APPS:-}
if [ "${ELIXIR:-no}" = yes ]; then
    [ -d /usr/lib/elixir/lib ] || die 'ELIXIR=yes: elixir is not installed (apt-get install --no-install-recommends elixir)'
    libs=$libs:/usr/lib/elixir/lib
    apps="$apps elixir logger iex"
fi
# shellcheck disable=SC2086 # one word an application
escript board/common/release.escript "$made/otp" "$version" "$top/build/lib/vakt-$version/ebin" "$common" "$libs" $apps
cp board/common/sys.config "$made/otp/releases/$version/sys.config"
cp -R "$made/otp" "$tree/usr/lib/otp"
erts=$(cd "$sys/usr/lib/erlang" && echo erts-*)
mkdir -p "$tree/usr/lib/otp/$erts/bin" "$tree/usr/lib/otp/bin"
# Debian's epmd wants libsystemd and 3 MB of what that wants: a node that is distributed goes without (-erl_epmd_port), or EPMD=yes.
[ "${EPMD:-no}" = no ] || program "usr/lib/otp/$erts/bin/epmd" "$sys/usr/lib/erlang/$erts/bin/epmd"
program "usr/lib/otp/$erts/bin/beam.smp" "$(scripts/board/emulator.sh "$board")"
for name in erlexec erl_child_setup inet_gethost; do
    program "usr/lib/otp/$erts/bin/$name" "$sys/usr/lib/erlang/$erts/bin/$name"
done
for name in heart run_erl to_erl start_erl; do ln -s "/usr/lib/vakt/bin/$name" "$tree/usr/lib/otp/$erts/bin/$name"; done
find "$tree/usr/lib/otp/lib" -path '*/priv/*' -type f | while read -r file; do
    # Some are scripts.
    readelf -h "$file" >/dev/null 2>&1 || continue
    "${cross}strip" "$file"
    needs "$file"
done
# Five of the console's logs are to fit a small writable partition.
sed -e "s|%ROOT%|$otp_root|" -e "s|^FLAGS=''|FLAGS='-args_file /etc/vakt/vm.args'|" \
    -e 's|^LOGDIR=.*|&\nRUN_ERL_LOG_MAXSIZE=65536\nexport RUN_ERL_LOG_MAXSIZE|' conf/start >"$tree/usr/lib/otp/bin/start"
chmod 755 "$tree/usr/lib/otp/bin/start"
# The boot that erlexec takes where nothing else will do.
cp "$sys/usr/lib/erlang/bin/start_clean.boot" "$tree/usr/lib/otp/bin/start_clean.boot"

# ---- modules ----
# NO_KERNEL: without its modules, for a test of the rest.
kernel_place=''
[ -n "${NO_KERNEL:-}" ] || kernel_place=$(scripts/board/kernel.sh "$board")
# with NAME: the module behind those it depends on; what is built in is no file. A subshell, for names of its own.
with() (
    dashes=$(printf '%s' "$1" | tr _ -) lines=$(printf '%s' "$1" | tr - _)
    ko=$(find "$kernel_place/modules" -name "$dashes.ko" -o -name "$lines.ko" | head -n 1)
    [ -n "$ko" ] || exit 0
    for need in $(modinfo -F depends "$ko" | tr , ' '); do with "$need"; done
    printf '%s\n' "$ko"
)
# What is loaded when it is asked for, by modprobe.
more=''
case ${NO_KERNEL:-}$kernel in
    1*) modules='' ;;
    source:*) more=$(find "$kernel_place/modules" -name '*.ko' | sort) ;;
    *) more=$(for module in $more_modules; do with "$module"; done | awk '!seen[$0]++') ;;
esac
if [ -n "$more" ]; then
    # shellcheck disable=SC2086 # file names of ours have no blanks
    release=$(modinfo -F vermagic $more | sed -n '1s/ .*//p')
    mkdir -p "$tree/lib/modules/$release"
    for ko in $more; do "${cross}strip" --strip-debug -o "$tree/lib/modules/$release/$(basename "$ko")" "$ko"; done
    # It looks for lists of what is built in, which only tell of what nobody asks for.
    depmod -b "$tree" "$release" 2>/dev/null
    find "$tree/lib/modules/$release" -name 'modules.*' ! -name modules.dep ! -name modules.alias -delete
fi

packed() { (cd "$1" && find . | sort | cpio --quiet --reproducible --owner 0:0 -o -H newc) | gzip -n >"$2"; }
aged() { find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }
rm -f "$out/early.cpio.gz"
if [ -n "$modules" ]; then
    early=$made/early
    mkdir -p "$early/bin" "$early/lib/modules" "$early/dev" "$early/proc" "$early/sys" "$early/newroot"
    for module in $modules; do with "$module"; done | awk '!seen[$0]++' | while read -r ko; do
        name=$(basename "$ko")
        printf '%s\n' "$name" >>"$early/lib/modules/order"
        "${cross}strip" --strip-debug -o "$early/lib/modules/$name" "$ko"
    done
    cp "$tree/bin/busybox" "$early/bin/busybox"
    cp "$common/early" "$early/init"
    chmod 755 "$early/init"
    aged "$early"
    packed "$early" "$out/early.cpio.gz"
fi

# ---- packed ----
# Small files each for itself, and not many in a block: the kernel keeps one block unpacked, and Erlang reads a hundred such files as it
# starts. 2 % larger.
aged "$tree"
rm -f "$out/root.sqfs.new"
mksquashfs "$tree" "$out/root.sqfs.new" -noappend -all-root -no-xattrs -no-exports -no-fragments -comp zstd -Xcompression-level "${LEVEL:-22}" -b 131072 \
    -no-progress -quiet >&2
# A board that runs from the one before keeps it.
mv "$out/root.sqfs.new" "$out/root.sqfs"
printf '%s\n' "$out/root.sqfs"
