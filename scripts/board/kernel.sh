#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: kernel.sh BOARD
# Makes the board's kernel and its modules, or takes what an earlier run has made of the same inputs, and prints the directory:
# kernel, modules/*.ko, System.map, config. The stock kernels are Debian's packages, unpacked and not installed.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/board/lib.sh
. scripts/board/lib.sh
board "${1:-}"
cache=build/board/kernel
mkdir -p "$cache"

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

case $kernel in
    stock:*) stock "${kernel#stock:}" ;;
    *) die "board/$board/board.conf: kernel=$kernel" ;;
esac
