#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: kernel.sh [--cached] BOARD
# Makes the board's kernel and its modules, or takes what an earlier run has made of the same inputs, and prints the directory:
# kernel, modules/*.ko, System.map, config. The stock kernels are Debian's packages, unpacked and not installed. With --cached nothing
# is made or fetched: it fails where there is none yet.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/board/lib.sh
. scripts/board/lib.sh
only_cached=no
if [ "${1:-}" = --cached ]; then
    only_cached=yes
    shift
fi
board "${1:-}"
cache=build/board/kernel
mkdir -p "$cache"
none_yet() { [ "$only_cached" = no ] || die "there is no kernel of $board yet"; }

# stock PACKAGE: a package that depends on the newest kernel, or the kernel's own.
stock() {
    wanted apt-get apt-cache dpkg-deb
    package=$1
    case $package in
        linux-image-[0-9]*) ;;
        *) package=$(apt-cache depends "$package" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1) ;;
    esac
    [ -n "$package" ] || die "apt knows no $1 (apt-get update)"
    place=$cache/$package
    if [ ! -f "$place/kernel" ]; then
        none_yet
        say "fetching $package"
        rm -rf "$place.new"
        mkdir -p "$place.new/deb"
        (cd "$place.new" && apt-get -q download "$package") >"$place.log" 2>&1 || { cat "$place.log" >&2; die "$package could not be fetched"; }
        dpkg-deb -x "$place.new"/*.deb "$place.new/deb"
        rm "$place.new"/*.deb
        mv "$place.new"/deb/boot/vmlinu* "$place.new/kernel"
        mv "$place.new"/deb/boot/config-* "$place.new/config"
        mv "$place.new"/deb/lib/modules "$place.new/modules"
        rm -rf "$place.new/deb" "$place"
        mv "$place.new" "$place"
    fi
    printf '%s\n' "$place"
}

# source_of PACKAGE: the fragment laid over tinyconfig, built once for these inputs.
source_of() {
    tarball=/usr/src/$1.tar.xz
    [ -f "$tarball" ] || die "$1 is not installed (scripts/setup.sh board)"
    wanted gcc make bc flex bison xz patch
    folder=board/$board
    patches=$(for patch in "$folder"/*.patch; do [ ! -f "$patch" ] || printf '%s\n' "$PWD/$patch"; done)
    version=$(dpkg-query -W -f '${Version}\n' "$1")
    # shellcheck disable=SC2086 # file names of ours have no blanks
    source=$cache/source-$({ printf '%s\n' "$version"; [ -z "$patches" ] || cat $patches; } | sha256sum | cut -c 1-12)
    key=$({
        printf '%s\n' "$source"
        dpkg-query -W -f '${Version}\n' gcc binutils
        cat "$folder/kernel.fragment"
        sed -n '/^built() {/,/^}/p' scripts/board/kernel.sh
    } | sha256sum | cut -c 1-12)
    place=$cache/$key
    if [ ! -f "$place/kernel" ]; then
        none_yet
        say "building the kernel of $board from $1: 4 to 6 minutes on 2 idle processors, and not again for the same inputs"
        began=$(date +%s)
        # In the background, for set -e has no force on the left of ||.
        { unpacked "$1"; built; } >"$cache/$key.log" 2>&1 &
        wait $! || { tail -n 30 "$cache/$key.log" >&2; die "the kernel is not built, see $cache/$key.log"; }
        say "kernel built in $(($(date +%s) - began)) s"
    fi
    printf '%s\n' "$place"
}

unpacked() {
    [ ! -d "$source" ] || return 0
    rm -rf "$source.new"
    mkdir -p "$source.new"
    # A third of it is for nothing that is built here.
    tar -C "$source.new" -xf "$tarball" --strip-components=1 --exclude="$1/Documentation/*/*" --exclude="$1/drivers/gpu/drm/amd/include" \
        --exclude="$1/tools/testing" --exclude="$1/arch/arm*/boot/dts"
    for patch in $patches; do patch -d "$source.new" -p1 <"$patch"; done
    mv "$source.new" "$source"
}

built() {
    rm -rf "$place"
    mkdir -p "$place/build" "$place/modules"
    made() {
        make -C "$source" O="$PWD/$place/build" ARCH="$kernel_arch" ${CROSS:+CROSS_COMPILE="$CROSS"} CC="${KERNEL_CC:-${CROSS:-}gcc}" \
            KBUILD_BUILD_TIMESTAMP='2026-01-01 00:00:00 UTC' KBUILD_BUILD_USER=vakt KBUILD_BUILD_HOST=board KBUILD_BUILD_VERSION=1 "$@"
    }
    made tinyconfig
    (cd "$place/build" && source/scripts/kconfig/merge_config.sh -m -O . .config "$OLDPWD/$folder/kernel.fragment")
    made olddefconfig
    kept
    made -j"$(getconf _NPROCESSORS_ONLN)" "$kernel_target" modules
    cp "$place/build/System.map" "$place/"
    cp "$place/build/.config" "$place/config"
    size -A "$place/build/vmlinux" >"$place/size"
    find "$place/build" -name '*.ko' -exec cp {} "$place/modules" \;
    # What is left is what modules from outside are built with.
    find "$place/build" \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' -o -name 'vmlinux*' \) ! -path '*/scripts/*' ! -path '*/tools/*' -delete
    cp "$place/build/$kernel_file" "$place/kernel.new"
    mv "$place/kernel.new" "$place/kernel"
}

# kept: every line of the fragment is in the configuration; a line that its own dependencies took away again is a fault.
kept() {
    while read -r line; do
        case $line in
            CONFIG_*) grep -q -x -F -e "$line" "$place/build/.config" || die "kernel.fragment: $line did not stay" ;;
            '# CONFIG_'*' is not set')
                option=${line#\# }
                if grep -q "^${option%% *}=" "$place/build/.config"; then die "kernel.fragment: $line did not stay"; fi
                ;;
        esac
    done <"$folder/kernel.fragment"
}

case $kernel in
    stock:*) stock "${kernel#stock:}" ;;
    source:*) source_of "${kernel#source:}" ;;
    *) die "board/$board/board.conf: kernel=$kernel" ;;
esac
