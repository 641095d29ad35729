#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: setup.sh run|test
# Installs what is missing on Debian 12 to build and run (run), or also to test, lint, fuzz and measure (test). Removes
# nothing. Needs root only when something is missing.
set -eu
cd "$(dirname "$0")/.."

run='g++ make pkg-config libevent-dev libconfig-dev libsystemd-dev erlang-base erlang-dev erlang-os-mon bsdutils'
test="$run cpputest clang clang-tidy clang-format libclang-rt-14-dev shellcheck strace util-linux gdb \
erlang-eunit erlang-common-test erlang-tools erlang-runtime-tools elixir"
# Unpacked under build/daemons, never installed: no syslog daemon of the user's is replaced.
case ${1:-} in
    run) wanted=$run ;;
    test) wanted=$test ;;
    *)
        printf 'usage: setup.sh run|test\n' >&2
        exit 2
        ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
    printf 'setup: this is no Debian; please see to these by hand: %s\n' "$wanted"
    exit 0
fi

missing=''
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :)
    [ "$state" = installed ] || missing="$missing $package"
done

if [ -n "$missing" ]; then
    printf 'setup: installing%s\n' "$missing"
    as_root=''
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1; then
            as_root=sudo
        else
            printf 'setup: this needs root once. As root run: apt-get install --no-install-recommends%s\n' "$missing" >&2
            exit 1
        fi
    fi
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    # shellcheck disable=SC2086 # words, not one name
    {
        $as_root apt-get update -q &&
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends --no-remove $missing
    } >"$log" 2>&1 || {
        cat "$log" >&2
        printf 'setup: apt-get could not install what is missing; nothing was removed\n' >&2
        exit 1
    }
fi

scripts/get-daemons.sh "$1"
