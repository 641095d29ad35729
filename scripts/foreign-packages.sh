#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: foreign-packages.sh ARCH PLACE PACKAGE ...
# Unpacks Debian's packages of another architecture into PLACE/root, unless an earlier run has unpacked the same ones. Nothing of it
# is installed, and the machine's own apt hears nothing of a foreign architecture. newest:PACKAGE is what that one depends on first.
set -eu
arch=$1
out=$2
shift 2
case $out in /*) ;; *) out=$PWD/$out ;; esac
root=$out/root
if [ -d "$root" ] && [ "$(cat "$out/packages" 2>/dev/null)" = "$*" ]; then exit 0; fi

# A state of apt's own, which knows this one architecture and that nothing is installed.
apt_of_arch() {
    _tool=$1
    shift
    "$_tool" -q -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State="$out/apt" -o Dir::State::lists="$out/apt/lists" \
        -o Dir::State::status="$out/apt/status" -o Dir::Cache="$out/apt/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User= \
        -o Acquire::Languages=none -o Acquire::Retries=1 -o Acquire::http::Timeout=20 "$@" </dev/null
}
rm -rf "$out/apt" "$out/debs" "$root.new"
mkdir -p "$out/apt/lists/partial" "$out/apt/cache/archives/partial" "$out/debs" "$root.new"
: >"$out/apt/status"
chosen() {
    for package in "$@"; do
        case $package in
            newest:*) apt_of_arch apt-cache depends "${package#newest:}" | sed -n 's/^ *Depends: //p' | head -n 1 ;;
            *) printf '%s\n' "$package" ;;
        esac
    done
}
unpack() { for deb in "$out"/debs/*.deb; do dpkg-deb -x "$deb" "$root.new" || return 1; done; }
{
    # A source that has nothing for this architecture is no reason to stop; a package that is missing is.
    apt_of_arch apt-get update || :
    # shellcheck disable=SC2046 # one word a package
    (cd "$out/debs" && apt_of_arch apt-get download $(chosen "$@")) && unpack
} >"$out/get.log" 2>&1 || {
    tail -n 5 "$out/get.log" >&2
    exit 1
}
rm -rf "$root"
mv "$root.new" "$root"
printf '%s\n' "$*" >"$out/packages"
