#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: cross.sh arm64|armhf|s390x
# Builds every program and the unit tests with Debian's cross compiler for ARCH, and runs the unit tests under qemu-user. The
# libraries of that architecture are unpacked from Debian's packages under build/cross/ARCH/root; nothing of it is installed, and
# the machine's own apt hears nothing of a foreign architecture. s390x stands for the boards of the other byte order.
# What is not installed (setup.sh cross) is said, and skipped.
set -eu
cd "$(dirname "$0")/.."

case ${1:-} in
    arm64) triplet=aarch64-linux-gnu qemu=qemu-aarch64 loader=ld-linux-aarch64.so.1 ;;
    # g++ before 7.1 passed some words otherwise, which is no news.
    armhf) triplet=arm-linux-gnueabihf qemu=qemu-arm loader=ld-linux-armhf.so.3 ;;
    s390x) triplet=s390x-linux-gnu qemu=qemu-s390x loader=ld64.so.1 ;;
    *)
        printf 'usage: cross.sh arm64|armhf|s390x\n' >&2
        exit 2
        ;;
esac
arch=$1
skip() {
    printf 'cross %s: skipped: %s\n' "$arch" "$1"
    printf 'cross-%s: 0 passed, 0 failed, 1 skipped\n' "$arch"
    exit 0
}
command -v "$qemu" >/dev/null 2>&1 || skip "$qemu is not installed (scripts/setup.sh cross)"
made() { scripts/cross-make.sh "$arch" "$@"; }

programs=$(made -s print-BINS) || skip "$programs"
# shellcheck disable=SC2086 # one word a program
made $programs "build/cross/$arch/test/unit"

out=$PWD/build/cross/$arch
root=$out/root
paths=$root/usr/lib/$triplet:$root/lib/$triplet

# Each program begins: it says its version or its usage. With -L / would be that directory, so this is for a word and no more.
begun=0
for program in $programs; do
    code=0
    scripts/confine.sh timeout 60 "$qemu" -L "/usr/$triplet" -E "LD_LIBRARY_PATH=$paths" "$program" --version \
        </dev/null >"$out/said" 2>&1 || code=$?
    if [ "$code" -ge 124 ] || [ ! -s "$out/said" ]; then
        printf 'cross %s: %s does not begin (status %s)\n' "$arch" "$program" "$code"
        cat "$out/said"
        exit 1
    fi
    begun=$((begun + 1))
done

# qemu-user lets some calls of Linux go by; the groups and tests that live by one are left out, and said.
left_out=''
leave_out() { left_out="$left_out $1"; }
. scripts/cross-left-out.sh
# By its loader, for the same reason.
cat >"$out/run-unit" <<EOF
#!/bin/sh
exec $qemu /usr/$triplet/lib/$loader --library-path $paths:/usr/$triplet/lib "$out/test/unit" "\$@"
EOF
chmod +x "$out/run-unit"
"$out/run-unit" -ln | tr ' ' '\n' | grep . >"$out/names"
mkdir -p build/log
code=0
VAKT_LEFT_OUT="$left_out " scripts/confine.sh scripts/run-unit.sh "cross-$arch" "$out/run-unit" >"$out/summary" 2>&1 || code=$?
cat "$out/summary"

printf 'cross %s: %s programs linked, each begins\n' "$arch" "$begun"
left=0
leave_out() {
    count=$(grep -cE "^$1(\.|\$)" "$out/names") || {
        printf 'cross %s: left out, but there is no such test: %s\n' "$arch" "$1"
        code=1
    }
    left=$((left + count))
    printf 'cross %s: left out: %s (%s): %s\n' "$arch" "$1" "$count" "$2"
}
. scripts/cross-left-out.sh
awk -v left="$left" '/^cross-.* passed, /{ last = $0 } END { if (last) print last ", " left " left out" }' "$out/summary"
exit "$code"
