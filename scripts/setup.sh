#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: setup.sh run|test|cross|board|boards
# Installs what is missing on Debian 12 to build and run (run), or also to test, lint, fuzz and measure (test), or to build for
# other boards and run their unit tests (cross), or to make images of boards and boot them (board; boards: of other
# architectures, too), and gets private copies of the syslog daemons. Removes nothing, and needs root only when something is to be installed.
set -eu
cd "$(dirname "$0")/.."

run='g++ make pkg-config libevent-dev libconfig-dev libyaml-dev erlang-base erlang-dev bsdutils'
test="$run cpputest clang clang-tidy clang-format libclang-rt-14-dev shellcheck strace util-linux gdb erlang-os-mon \
libsystemd-dev dbus-daemon libxml2-utils busybox-static genisoimage mtools dosfstools qemu-system-x86 squashfs-tools cpio kmod e2fsprogs xz-utils \
linux-headers-amd64 erlang-eunit erlang-common-test erlang-tools erlang-runtime-tools elixir tmux"
cross="g++ make pkg-config g++-aarch64-linux-gnu g++-arm-linux-gnueabihf g++-s390x-linux-gnu qemu-user"
board="g++ make pkg-config libevent-dev libconfig-dev erlang-base erlang-dev erlang-os-mon busybox-static qemu-system-x86 squashfs-tools cpio kmod e2fsprogs \
xz-utils linux-source-6.1 linux-headers-amd64 sparse flex bison bc libelf-dev libssl-dev dpkg-dev libncurses-dev zlib1g-dev patch syslinux syslinux-common mtools dosfstools fdisk libyaml-dev genisoimage"
boards="$board g++-aarch64-linux-gnu g++-s390x-linux-gnu qemu-system-arm qemu-system-misc"
case ${1:-}:$# in
    run:1) wanted=$run ;;
    cross:1) wanted=$cross ;;
    test:1) wanted=$test ;;
    board:1) wanted=$board ;;
    boards:1) wanted=$boards ;;
    *)
        printf 'usage: setup.sh run|test|cross|board|boards\n' >&2
        exit 2
        ;;
esac

if command -v dpkg-query >/dev/null 2>&1; then
    # shellcheck disable=SC2086 # words, not one name
    there=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' | tr '\n' ' ')
    missing=''
    for package in $wanted; do
        case " $there" in *" $package "*) ;; *) missing="$missing $package" ;; esac
    done
else
    missing=''
    printf 'setup: this is no Debian; please see to these by hand: %s\n' "$wanted"
fi

if [ -n "$missing" ]; then
    printf 'setup: installing%s\n' "$missing"
    by_hand="apt-get update && apt-get install --no-install-recommends$missing"
    as_root=''
    if [ "$(id -u)" -ne 0 ]; then
        as_root='sudo'
        # Without a terminal nobody could answer a question for a password.
        [ -t 0 ] || as_root='sudo -n'
        if ! command -v sudo >/dev/null 2>&1 || ! $as_root true; then
            printf 'setup: this needs root once. As root run: %s\n' "$by_hand" >&2
            exit 1
        fi
    fi
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    # A list that cannot be fetched (some other source of the user's) is no reason to stop: the installation tells.
    # shellcheck disable=SC2086
    {
        $as_root apt-get -q update </dev/null || :
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends --no-remove $missing </dev/null
    } >"$log" 2>&1 || {
        cat "$log" >&2
        printf 'setup: apt-get could not install what is missing; nothing was removed. By hand: %s\n' "$by_hand" >&2
        exit 1
    }
fi

# A machine for CI (CI is set) waits for its network where a person would be told: two more tries, PATIENCE seconds apart (60).
get_daemons() {
    tries=1
    if [ -n "${CI:-}" ]; then tries=3; fi
    until scripts/get-daemons.sh "$1"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep "${PATIENCE:-60}"
    done
}
case $1 in cross | board | boards) daemons=no ;; *) daemons=yes ;; esac
if [ "$daemons" = yes ] && ! get_daemons "$1"; then
    [ "$1" = test ] || exit 1
    printf 'setup: the suites that need those daemons will be skipped\n'
fi
[ -n "$missing" ] || printf 'setup: nothing is missing\n'
