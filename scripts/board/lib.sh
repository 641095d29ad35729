# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# For scripts/board/*.sh, which run from the top of the tree: board NAME reads board/NAME/board.conf and names where things lie.
# shellcheck disable=SC2034 # for the scripts

board() {
    board=${1:-qemu-x86_64}
    case $board in *[!a-z0-9_-]*) die "'$board' is no name of a board" ;; esac
    [ -f "board/$board/board.conf" ] || die "there is no board '$board'; there are: $(cd board && echo */board.conf | sed 's|/board.conf||g')"
    arch='' debian='' triplet='' kernel='' modules='' more_modules='' kernel_arch='' kernel_target='' kernel_file='' emulator=debian
    # The second serial line, as the board calls it, and the QEMU-words that make one of the chardev "debug".
    debug_tty=ttyS1 debug_line='-serial chardev:debug'
    # shellcheck source=/dev/null # one of several
    . "board/$board/board.conf"
    out=${OUT:-$PWD/build/board/$board}
    mkdir -p "$out"
    # Of another architecture than this machine's: its libraries, busybox and OTP are unpacked packages, its programs cross-built.
    sys='' cross=''
    if [ "$debian" != "$(dpkg --print-architecture)" ]; then
        sys=$PWD/build/board/sys/$debian/root
        cross=$triplet-
    fi
    case $kernel in foreign:*) foreign_kernel "${kernel#foreign:}" ;; esac
}

# foreign_kernel PACKAGE: Debian's newest stock kernel of the board's architecture, fetched once and laid where kernel.sh has stock ones.
foreign_kernel() {
    _place=build/board/kernel/stock-$debian
    if [ ! -f "$_place/name" ]; then
        [ "${only_cached:-no}" = no ] || die "there is no kernel of $board yet"
        say "fetching the kernel of $1"
        scripts/foreign-packages.sh "$debian" "$_place" "newest:$1" >&2 || die "$1 for $debian could not be fetched"
        _tree=$_place/root
        _image=$(echo "$_tree"/boot/vmlinu*)
        _name=linux-image-${_image##*/vmlinu?-}
        rm -rf "build/board/kernel/$_name"
        mkdir "build/board/kernel/$_name"
        mv "$_image" "build/board/kernel/$_name/kernel"
        mv "$_tree"/boot/config-* "build/board/kernel/$_name/config"
        mv "$_tree/lib/modules" "build/board/kernel/$_name/modules"
        printf '%s\n' "$_name" >"$_place/name"
    fi
    kernel=stock:$(cat "$_place/name")
}

# What a foreign board's root is made of.
foreign_system() {
    [ -n "$cross" ] || return 0
    say "Debian's packages for $debian"
    scripts/foreign-packages.sh "$debian" "build/board/sys/$debian" libc6 libgcc-s1 libstdc++6 libtinfo6 zlib1g libevent-core-2.1-7 \
        libconfig9 libyaml-0-2 busybox-static erlang-base erlang-os-mon >&2 || die "Debian's packages for $debian could not be fetched"
}

# make for the board's architecture.
make_for_board() {
    if [ -z "$cross" ]; then
        make -j"$(getconf _NPROCESSORS_ONLN)" "$@"
    else
        scripts/cross-make.sh "$debian" "$@"
    fi
}

die() {
    printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2
    exit 1
}

say() { printf '== %s\n' "$*" >&2; }

wanted() {
    for _tool in "$@"; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$_tool" >/dev/null 2>&1 || die "$_tool is not installed (scripts/setup.sh board)"
    done
}

# The same sources give the same bytes: nothing in an image has another time than this, or a name that depends on the builder.
SOURCE_DATE_EPOCH=1767225600
export SOURCE_DATE_EPOCH
LC_ALL=C TZ=UTC
export LC_ALL TZ
umask 022
