#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: cross-make.sh arm64|armhf|s390x [MAKE-WORD ...]
# make with Debian's cross compiler for ARCH, and that architecture's libraries from build/cross/ARCH/root (foreign-packages.sh).
# What is made goes to build/cross/ARCH unless O=DIR says otherwise. Exit status 77: what it needs could not be had, which is said.
set -eu
cd "$(dirname "$0")/.."
arch=${1:-}
flags=
case $arch in
    arm64) triplet=aarch64-linux-gnu ;;
    armhf) triplet=arm-linux-gnueabihf flags=-Wno-psabi ;;
    s390x) triplet=s390x-linux-gnu ;;
    *)
        printf 'usage: cross-make.sh arm64|armhf|s390x [MAKE-WORD ...]\n' >&2
        exit 2
        ;;
esac
shift
lacks() {
    printf '%s\n' "$1"
    exit 77
}
for tool in "$triplet-g++" apt-get dpkg-deb; do
    command -v "$tool" >/dev/null 2>&1 || lacks "$tool is not installed (scripts/setup.sh cross)"
done
out=$PWD/build/cross/$arch
root=$out/root
scripts/foreign-packages.sh "$arch" "$out" libevent-dev libevent-core-2.1-7 libevent-2.1-7 libconfig-dev libconfig9 libsystemd-dev \
    libsystemd0 libcap2 libgcrypt20 libgpg-error0 liblz4-1 liblzma5 libzstd1 libyaml-dev libyaml-0-2 libcpputest-dev ||
    lacks "Debian's packages for it could not be fetched"

PKG_CONFIG_LIBDIR=$root/usr/lib/$triplet/pkgconfig:$root/usr/share/pkgconfig:$root/usr/lib/pkgconfig
PKG_CONFIG_SYSROOT_DIR=$root
export PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
# What is shipped is optimised as ever; no debugger comes, and tests need no speed: they compile in half the time.
exec make -j"$(getconf _NPROCESSORS_ONLN)" O="build/cross/$arch" CXX="${CCACHE:-}${CCACHE:+ }$triplet-g++" PKG_CONFIG=pkg-config \
    CPPFLAGS="-isystem $root/usr/include -isystem $root/usr/include/$triplet" \
    CXXFLAGS="-g0 $flags" TEST_CXXFLAGS='-O0 -U_FORTIFY_SOURCE' \
    LDFLAGS="-L$root/usr/lib/$triplet -Wl,-rpath-link,$root/usr/lib/$triplet:$root/lib/$triplet" "$@"
