#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: module.sh BOARD FOLDER NAME
# Builds the kernel module NAME.c of FOLDER for the board's kernel, unless an earlier run has, and prints the file. Headers of another
# architecture are Debian's, unpacked; what they compile with is this machine's. Exit status 77: there are none, which is said.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/board/lib.sh
. scripts/board/lib.sh
board "${1:-}"
folder=$2 name=$3
place=$PWD/build/board/$name/$board
kernel_place=$(scripts/board/kernel.sh "$board")
# Of all that a module is made of, the kernel's own place stands for the rest.
if [ -n "$(find "$place/$name.ko" -newer "$folder/$name.c" 2>/dev/null)" ] && [ "$(cat "$place/kernel" 2>/dev/null)" = "$kernel_place" ]; then
    printf '%s\n' "$place/$name.ko"
    exit
fi
lacks() {
    printf "there are no headers of the board's kernel (%s)\n" "$1"
    exit 77
}
headers=$kernel_place/build words=''
if [ ! -d "$headers" ]; then
    release=$(basename "$kernel_place"/modules/*)
    headers=/usr/src/linux-headers-$release
fi
if [ -n "$cross" ]; then
    unpacked=$PWD/build/board/headers/$debian
    scripts/foreign-packages.sh "$debian" "$unpacked" "linux-headers-$release" "linux-headers-${release%-*}-common" >&2 || lacks "linux-headers-$release"
    headers=$unpacked/root$headers
    # They name their common part by where it is installed.
    sed -i "s|^include /usr/src/|include $unpacked/root/usr/src/|" "$headers/Makefile"
    tools=$(readlink "$headers/scripts")
    tools=${tools%/scripts}
    mkdir -p "$unpacked/root/usr/lib"
    ln -sfn "/usr/lib/${tools##*/}" "$unpacked/root/usr/lib/${tools##*/}"
    words="ARCH=$kernel_arch CROSS_COMPILE=$cross"
fi
[ -d "$headers/scripts/" ] || lacks "$headers"
rm -rf "$place"
mkdir -p "$place"
cp "$folder/$name.c" "$folder/Kbuild" "$place/"
# shellcheck disable=SC2086 # words
make -s -C "$headers" M="$place" $words modules >"$place/log" 2>&1 || { cat "$place/log" >&2; die "$name.ko cannot be built"; }
"${cross}strip" --strip-debug "$place/$name.ko"
printf '%s\n' "$kernel_place" >"$place/kernel"
printf '%s\n' "$place/$name.ko"
