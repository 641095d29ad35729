#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: vme-module.sh [--check] [KERNEL]
# Builds vme_wdt.ko, and what tests need beside it, for the kernel whose build or headers directory is KERNEL (default: the newest
# headers of Debian's for this processor), under build/vme. Prints the directory in which the modules are.
# Debian's kernel has no VME core: it is then built from Debian's linux-source package as modules (vme, vme_fake, vme_user).
# --check: with the compiler's extra warnings (W=1) and sparse (C=2), of which any is a failure, as is what checkpatch.pl says.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)

check=no
[ "${1:-}" != --check ] || { check=yes; shift; }
kernel=${1:-}
if [ -z "$kernel" ]; then
    for dir in /usr/src/linux-headers-*-"$(dpkg --print-architecture 2>/dev/null || uname -m)"; do kernel=$dir; done
fi
if [ ! -f "$kernel/.config" ] || [ ! -f "$kernel/Module.symvers" ]; then
    printf 'vme-module: %s is no built kernel and no headers of one; on Debian: apt-get install linux-headers-amd64 linux-source-6.1\n' \
        "${kernel:-nothing}" >&2
    exit 2
fi
kernel=$(cd "$kernel" && pwd -P)
release=$(sed -n 's/^#define UTS_RELEASE "\(.*\)"/\1/p' "$kernel/include/generated/utsrelease.h")
version=$(printf '%s' "$release" | cut -d . -f 1,2)
out=$top/build/vme/$release-$(cksum <"$kernel/.config" | cut -d ' ' -f 1)
mkdir -p "$out/ko"

# What Debian's headers lack, out of its source package: the VME core, and the kernel's own judge of style.
source_tree() {
    tar=/usr/src/linux-source-$version.tar.xz
    tree=$top/build/vme/linux-source-$version
    if [ ! -f "$tree/.of" ] || [ "$(cat "$tree/.of")" != "$(ls -lL --time-style=+%s "$tar")" ]; then
        if [ ! -f "$tar" ]; then
            printf 'vme-module: %s has no VME core, and %s is not there; on Debian: apt-get install linux-source-%s\n' \
                "$release" "$tar" "$version" >&2
            exit 2
        fi
        rm -rf "$tree"
        tar -C "$top/build/vme" -xf "$tar" "linux-source-$version/drivers/staging/vme_user" "linux-source-$version/scripts/checkpatch.pl" \
            "linux-source-$version/scripts/spelling.txt" "linux-source-$version/scripts/const_structs.checkpatch"
        # In a kernel of its own the core is no module, and says no licence.
        printf 'MODULE_LICENSE("GPL");\n' >>"$tree/drivers/staging/vme_user/vme.c"
        ls -lL --time-style=+%s "$tar" >"$tree/.of"
    fi
}

# copy FILE ... DIRECTORY: what has changed, so that what has not is not built again.
copy() {
    for to in "$@"; do :; done
    mkdir -p "$to"
    for from in "$@"; do
        [ "$from" != "$to" ] || continue
        cmp -s "$from" "$to/$(basename "$from")" || cp "$from" "$to/"
    done
}

# build DIRECTORY CHECK: the modules in it; what make says is shown where it fails, or warns while it must not.
build() {
    dir=$1
    judged=$2
    if [ "$judged" = yes ]; then set -- W=1 C=2; else set --; fi
    set -- -C "$kernel" M="$dir" VME_CORE="$core" VME_BOARDS="$top/drivers" VME_PARAMS="$top/drivers/kernel/vme_wdt" \
        KBUILD_EXTRA_SYMBOLS="$symbols" "$@" modules
    if ! env -u MAKEFLAGS -u MAKELEVEL make "$@" >"$dir.log" 2>&1 ||
        { [ "$judged" = yes ] && grep -E '(warning|error):' "$dir.log" >/dev/null; }; then
        cat "$dir.log" >&2
        printf 'vme-module: %s\n' "make $*" >&2
        exit 1
    fi
    for module in "$dir"/*.ko; do
        strip --strip-debug -o "$out/ko/$(basename "$module")" "$module"
    done
}

symbols=''
if grep -q '^CONFIG_VME_BUS=y' "$kernel/.config"; then
    core=$kernel/source/drivers/staging/vme_user
    [ -d "$core" ] || core=$kernel/drivers/staging/vme_user
    [ "$check" = no ] || source_tree
else
    source_tree
    core=$out/core
    copy "$tree"/drivers/staging/vme_user/vme.c "$tree"/drivers/staging/vme_user/vme_fake.c "$tree"/drivers/staging/vme_user/vme_user.c \
        "$tree"/drivers/staging/vme_user/*.h "$core"
    [ -f "$core/Kbuild" ] || printf 'obj-m := vme.o vme_fake.o vme_user.o\n' >"$core/Kbuild"
    build "$core" no
    symbols=$core/Module.symvers
fi

if [ "$check" = yes ]; then
    rm -rf "$out/wdt" "$out/board"
    # The licence line of a C header for C++, too, is no fault; nor is a file that no maintainer is named for.
    perl "$tree/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary -f drivers/kernel/vme_wdt/*.[ch] test/board/kernel/*.c \
        drivers/vme_boards.h >&2
fi
copy drivers/kernel/vme_wdt/vme_wdt.c drivers/kernel/vme_wdt/vme_wdt_params.h drivers/kernel/vme_wdt/Kbuild "$out/wdt"
copy test/board/kernel/vme_wdt_board.c test/board/kernel/Kbuild "$out/board"
build "$out/wdt" "$check"
build "$out/board" "$check"
printf '%s\n' "$out/ko"
