# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# For scripts/board/*.sh, which run from the top of the tree: board NAME reads board/NAME/board.conf and names where things lie.
# shellcheck disable=SC2034 # for the scripts

board() {
    board=${1:-qemu-x86_64}
    case $board in *[!a-z0-9_-]*) die "'$board' is no name of a board" ;; esac
    [ -f "board/$board/board.conf" ] || die "there is no board '$board'; there are: $(cd board && echo */board.conf | sed 's|/board.conf||g')"
    arch='' debian='' triplet='' kernel='' modules='' more_modules='' kernel_arch='' kernel_target='' kernel_file=''
    # shellcheck source=/dev/null # one of several
    . "board/$board/board.conf"
    out=${OUT:-$PWD/build/board/$board}
    mkdir -p "$out"
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
