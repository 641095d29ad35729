#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: get-daemons.sh run|test
# Unpacks private copies of Debian's syslog daemons and journald, and of the libraries they need that this machine lacks, under
# build/daemons/NAME (run: ${DAEMON:-rsyslog}; test: all five). Nothing is installed and no root is needed. A folder that is
# there is complete, so a second run touches no network. A daemon that cannot be had is taken from the machine, if it is there.
set -eu
cd "$(dirname "$0")/.."

usage() {
    printf 'usage: get-daemons.sh run|test (run: DAEMON=rsyslog|syslog-ng|inetutils|busybox, default rsyslog)\n' >&2
    exit 2
}
case ${1:-} in
    run) wanted=${DAEMON:-rsyslog} ;;
    test) wanted='rsyslog syslog-ng inetutils busybox journald' ;;
    *) usage ;;
esac
[ $# -eq 1 ] || usage

# about NAME: its Debian packages, its program inside it, and the same program when it is installed.
about() {
    case $1 in
        rsyslog) package=rsyslog program=usr/sbin/rsyslogd ;;
        syslog-ng) package=syslog-ng-core program=usr/sbin/syslog-ng ;;
        inetutils) package=inetutils-syslogd program=usr/sbin/syslogd ;;
        busybox) package=busybox program=bin/busybox ;;
        journald) package='systemd libsystemd-shared' program=lib/systemd/systemd-journald ;;
        *) usage ;;
    esac
}

apt=$PWD/build/apt
# The machine's own lists first; when they are missing or too old, lists of our own under build/, which need no root.
lists=''
apt_get() {
    # shellcheck disable=SC2086 # no option is no word
    LC_ALL=C apt-get -q $lists -o Debug::NoLocking=1 -o APT::Sandbox::User= -o Dir::Cache="$apt/cache" \
        -o Acquire::Retries=0 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@" </dev/null
}

# What apt would install beside the package (a simulation; it may differ from machine to machine): the libraries only.
libraries() {
    # shellcheck disable=SC2086 # one word a package
    apt_get -s --no-install-recommends install $package 2>/dev/null |
        awk '$1 == "Inst" && $2 ~ /^lib/ && $3 !~ /^\[/ { print $2 }'
}

# fetch: the package and its libraries into $work/debs. Without a network each file takes its time-outs: one file tells.
fetch() {
    rm -rf "$work/debs"
    mkdir -p "$work/debs"
    libraries=$(libraries)
    # shellcheck disable=SC2086 # one word a package
    (
        cd "$work/debs"
        apt_get download $package || exit 1
        [ -z "$libraries" ] || apt_get download $libraries
    ) >>"$work/log" 2>&1
}

own_lists() {
    [ -z "$lists" ] || return 1
    # Without a name service no list can be had either, nor the daemons after this one.
    if grep -q 'Temporary failure resolving' "$work/log"; then
        network=no
        return 1
    fi
    lists="-o Dir::State::lists=$apt/lists"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    apt_get update >>"$work/log" 2>&1 || :
    [ -n "$(find "$apt/lists" -name '*_Packages*' -print -quit)" ] || network=no
    [ "$network" = yes ]
}

# starts TREE: its program is there and the loader finds all that it needs.
starts() {
    [ -x "$1/$program" ] || return 1
    paths=$(find "$1" -name 'lib*.so*' -exec dirname {} + | sort -u | tr '\n' ':')
    if LD_LIBRARY_PATH=$paths ldd "$1/$program" 2>&1 | grep 'not found' >>"$work/log"; then return 1; fi
}

unpack() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree"
    for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/tree" || return 1; done
    starts "$work/tree"
}

download() {
    [ "$network" = yes ] || return 1
    command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1 || return 1
    mkdir -p "$apt/cache/archives/partial"
    { fetch || { own_lists && fetch; }; } 2>>"$work/log" && unpack
}

on_machine() { for place in "/$program" "/usr/$program"; do if [ -x "$place" ]; then printf '%s' "$place"; return; fi; done; }

missing=''
work=''
network=yes
for name in $wanted; do
    about "$name"
    [ ! -d "build/daemons/$name" ] || continue
    if [ -z "$work" ]; then
        mkdir -p build/daemons "$apt"
        work=$(mktemp -d "$PWD/build/daemons/.new.XXXXXX")
        chmod 0755 "$work"
        trap 'rm -rf "$work"' EXIT
        trap 'exit 130' INT TERM
    fi
    : >"$work/log"
    if download; then
        printf 'daemons: %s: private copy of Debian'\''s %s\n' "$name" \
            "$(cd "$work/debs" && for deb in *.deb; do printf '%s ' "${deb%%_*}"; done)"
    elif place=$(on_machine) && [ -n "$place" ]; then
        rm -rf "$work/tree"
        mkdir -p "$work/tree"
        printf '%s\n' "$place" >"$work/tree/on-machine"
        printf 'daemons: %s: no package could be fetched; using %s of this machine\n' "$name" "$place"
    else
        missing="$missing $name"
        printf 'daemons: %s: the package %s could not be fetched (is there a network?)\n' "$name" "$package" >&2
        grep -E '^(E|W|Err):?' "$work/log" | sort -u | tail -n 4 | sed 's/^/    /' >&2 || :
        continue
    fi
    # Another run may have been faster: its folder is as good as ours.
    mv -T "$work/tree" "build/daemons/$name" 2>/dev/null || [ -d "build/daemons/$name" ]
done

if [ -n "$missing" ]; then
    printf 'daemons: not there:%s\n' "$missing" >&2
    exit 1
fi
