#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: solaris-check.sh [SYSROOT]
# Every room and program, with the Solaris side of sys/ and drivers/, through clang for x86-64 and SPARC V9 Solaris: syntax and
# types alone, nothing is linked or run. SYSROOT (SOLARIS_SYSROOT) holds, under usr/include: the system's headers (illumos, or
# Solaris 11.4), libstdc++'s (12 or later) in c++/VERSION with those of its target in c++/VERSION/*-solaris2.*, and libevent's
# (event2/), libconfig's (libconfig.h) and libyaml's (yaml.h). Without a sysroot, or without clang, it says that it skips.
set -eu
cd "$(dirname "$0")/.."
sysroot=${1:-${SOLARIS_SYSROOT:-}}
clang=${CLANGXX:-clang++}

skip() {
    printf 'solaris-check: skipped: %s\n' "$1"
    exit "${SKIP_STATUS:-0}"
}
[ -n "$sysroot" ] || skip 'no sysroot (make solaris-check SOLARIS_SYSROOT=DIR)'
[ -f "$sysroot/usr/include/procfs.h" ] || skip "$sysroot is no sysroot of Solaris: it has no usr/include/procfs.h"
command -v "$clang" >/dev/null 2>&1 || skip "$clang is not installed"

library=''
for dir in "$sysroot"/usr/include/c++/*; do if [ -f "$dir/span" ]; then library=$dir; fi; done
[ -n "$library" ] || skip "$sysroot has no C++ library of C++20 under usr/include/c++"
own=''
for dir in "$library"/*-solaris2.*; do if [ -d "$dir" ]; then own=$dir; fi; done
[ -n "$own" ] || skip "$library has no headers of its target (*-solaris2.*)"

# FILES: some of them, while something is mended.
files=${FILES:-$(make -s TARGET_OS=solaris print-TARGET_FILES)}
make -s TARGET_OS=solaris build/gen/flavours_conf.inc
# The flags come quoted as on the compiler's command line.
eval "set -- $(make -s TARGET_OS=solaris print-check_FLAGS)"
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
bad=0
for target in ${TARGETS:-x86_64-pc-solaris2.11 sparcv9-sun-solaris2.11}; do
    # shellcheck disable=SC2016,SC2086 # for the inner shell; one word a file
    printf '%s\n' $files | xargs -P "$(getconf _NPROCESSORS_ONLN)" -I{} sh -c '
        log=$1 file=$2
        shift 2
        "$@" "$file" >"$log/said.$$" 2>&1 || { cat "$log/said.$$"; echo "$file" >>"$log/failed"; }' check "$log" {} \
        "$clang" -fsyntax-only --target="$target" --sysroot="$sysroot" -nostdinc++ -isystem "$library" -isystem "$own" "$@"
    count=0
    [ ! -f "$log/failed" ] || count=$(wc -l <"$log/failed")
    rm -f "$log/failed"
    # shellcheck disable=SC2086 # one word a file
    printf 'solaris-check: %s: %s files, %s refused\n' "$target" "$(printf '%s\n' $files | wc -l)" "$count"
    [ "$count" -eq 0 ] || bad=1
done
[ "$bad" -eq 0 ]
