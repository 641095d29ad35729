#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: emulator.sh [--cached] BOARD      [EMULATOR=debian]
# Prints the file of the emulator (beam.smp) that goes on the board. Debian's is the one with the JIT. A board with emulator=interpreter
# has the other one of the same sources, which Debian has no package of: Erlang takes 10 MB less with it and starts with half as many
# instructions, since the JIT makes machine code of every module as it is loaded, called or not; a loop that only reckons runs slower. It
# is made of Debian's source package of the OTP that is installed, once. EMULATOR=debian takes Debian's nevertheless. With --cached
# nothing is made or fetched: it fails where there is none yet.
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

case ${EMULATOR:-$emulator} in
    debian)
        erts=$(cd "$sys/usr/lib/erlang" && echo erts-*)
        printf '%s\n' "$sys/usr/lib/erlang/$erts/bin/beam.smp"
        exit
        ;;
    interpreter) [ -z "$cross" ] || die "board/$board/board.conf: emulator=interpreter is for this machine's own architecture" ;;
    *) die "there is no emulator '${EMULATOR:-$emulator}': interpreter or debian" ;;
esac

wanted dpkg-query
version=$(dpkg-query -W -f '${source:Version}' erlang-base 2>/dev/null) || die 'erlang-base is not installed (scripts/setup.sh board)'
cache=$PWD/build/board/emulator
key=$({
    printf '%s\n' "$version"
    dpkg-query -W -f '${Version}\n' gcc binutils
    sed -n '/^built() {/,/^}/p' scripts/board/emulator.sh
} | sha256sum | cut -c 1-12)
place=$cache/$key
if [ -f "$place/beam.smp" ]; then
    printf '%s\n' "$place/beam.smp"
    exit
fi
[ "$only_cached" = no ] || die "there is no emulator of $board yet"
wanted apt-get dpkg-source gcc make perl

# apt's own list of sources, asked for what the packages are made of; in a state of its own, so that the machine's stays as it is.
fetched() {
    rm -rf "$place.source"
    mkdir -p "$place.source/lists/partial" "$place.source/cache/archives/partial" "$place.source/parts"
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        [ -f "$list" ] || continue
        sed -e 's/^Types:.*/Types: deb-src/' -e '/^deb-src /d' -e 's/^deb /deb-src /' "$list" >"$place.source/parts/${list##*/}"
    done
    (
        cd "$place.source"
        mv parts/sources.list list 2>/dev/null || : >list
        set -- -q -o Dir::State="$PWD" -o Dir::Cache="$PWD/cache" -o Dir::Etc::sourcelist="$PWD/list" -o Dir::Etc::sourceparts="$PWD/parts" \
            -o Debug::NoLocking=1 -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Retries=1
        # A source that cannot be reached, or has no sources, is no reason to stop; OTP's that are missing are.
        apt-get "$@" update || :
        apt-get "$@" source --download-only "erlang=$version"
    )
    dpkg-source --no-check -x "$place.source"/erlang_*.dsc "$place.source/erlang"
    rm -rf "$place.source/erlang_"* "$place.source/cache" "$place.source/lists"
}

built() {
    cd "$place.source/erlang"
    ERL_TOP=$PWD
    export ERL_TOP
    CFLAGS='-O2' ./configure --disable-jit --disable-saved-compile-time --disable-sctp --without-javac --without-odbc --without-wx --without-ssl
    # The emulator carries what it was compiled with: that is not to tell where.
    target=$(basename "$(dirname "$ERL_TOP"/erts/*/config.h)")
    sed -i "s|$ERL_TOP/||g" "erts/$target/config.h"
    # shellcheck disable=SC2016 # make's
    sed -i '/make_compiler_flags/s|\$(CFLAGS)|$(subst $(ERL_TOP)/,,$(CFLAGS))|' "erts/emulator/$target/Makefile"
    make -j"$(getconf _NPROCESSORS_ONLN)" -C erts/emulator TYPE=opt FLAVOR=emu
    mkdir -p "$place"
    strip -o "$place/beam.new" "bin/$target/beam.emu"
    mv "$place/beam.new" "$place/beam.smp"
}

say "building Erlang's interpreter of $board from Debian's erlang $version: about 2 minutes on 2 idle processors, and not again for the same inputs"
began=$(date +%s)
mkdir -p "$cache"
# In the background, for set -e has no force on the left of ||.
{ fetched; } >"$place.log" 2>&1 &
wait $! || {
    tail -n 5 "$place.log" >&2
    die "the sources of erlang $version could not be fetched; where Debian has newer ones: apt-get install erlang-base. With EMULATOR=debian none are needed"
}
{ built; } >>"$place.log" 2>&1 &
wait $! || { tail -n 30 "$place.log" >&2; die "the emulator is not built, see $place.log"; }
rm -rf "$place.source"
say "emulator built in $(($(date +%s) - began)) s"
printf '%s\n' "$place/beam.smp"
