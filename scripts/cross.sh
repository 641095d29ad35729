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
    armhf) triplet=arm-linux-gnueabihf qemu=qemu-arm loader=ld-linux-armhf.so.3 flags=-Wno-psabi ;;
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
for tool in "$triplet-g++" "$qemu" apt-get dpkg; do
    command -v "$tool" >/dev/null 2>&1 || skip "$tool is not installed (scripts/setup.sh cross)"
done

out=$PWD/build/cross/$arch
root=$out/root
packages='libevent-dev libevent-core-2.1-7 libevent-2.1-7 libconfig-dev libconfig9 libsystemd-dev libsystemd0 libcap2 libgcrypt20
    libgpg-error0 liblz4-1 liblzma5 libzstd1 libcpputest-dev'

# A state of apt's own, which knows this one architecture and that nothing is installed.
apt_get() {
    apt-get -q -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State="$out/apt" -o Dir::State::lists="$out/apt/lists" \
        -o Dir::State::status="$out/apt/status" -o Dir::Cache="$out/apt/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User= \
        -o Acquire::Languages=none -o Acquire::Retries=1 -o Acquire::http::Timeout=20 "$@" </dev/null
}

get_libraries() {
    rm -rf "$out/apt" "$out/debs" "$root.new"
    mkdir -p "$out/apt/lists/partial" "$out/apt/cache/archives/partial" "$out/debs" "$root.new"
    : >"$out/apt/status"
    # A source that has nothing for this architecture is no reason to stop; a package that is missing is.
    apt_get update || :
    # shellcheck disable=SC2086 # one word a package
    (cd "$out/debs" && apt_get download $packages) || return 1
    for deb in "$out"/debs/*.deb; do dpkg -x "$deb" "$root.new" || return 1; done
    mv "$root.new" "$root"
}
if [ ! -d "$root" ]; then
    mkdir -p "$out"
    get_libraries >"$out/get.log" 2>&1 || {
        tail -n 5 "$out/get.log"
        skip "Debian's packages for it could not be fetched"
    }
fi

paths=$root/usr/lib/$triplet:$root/lib/$triplet
jobs=$(getconf _NPROCESSORS_ONLN)
PKG_CONFIG_LIBDIR=$root/usr/lib/$triplet/pkgconfig:$root/usr/share/pkgconfig:$root/usr/lib/pkgconfig
PKG_CONFIG_SYSROOT_DIR=$root
export PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
# What is shipped is optimised as ever; no debugger comes, and tests need no speed: they compile in half the time.
made() {
    make -j"$jobs" O="build/cross/$arch" CXX="${CCACHE:-}${CCACHE:+ }$triplet-g++" PKG_CONFIG=pkg-config \
        CPPFLAGS="-isystem $root/usr/include -isystem $root/usr/include/$triplet" \
        CXXFLAGS="-g0 ${flags:-}" \
        TEST_CXXFLAGS='-O0 -U_FORTIFY_SOURCE' LDFLAGS="-L$root/usr/lib/$triplet -Wl,-rpath-link,$paths" "$@"
}
programs=$(made -s print-BINS)
# shellcheck disable=SC2086 # one word a program
made $programs "build/cross/$arch/test/unit"

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
