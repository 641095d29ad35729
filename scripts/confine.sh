#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: confine.sh COMMAND [ARGUMENT ...]
# Runs a test where it cannot harm the machine: as root, in a private mount namespace with a /dev of its own (no watchdog, pmsg,
# port or mem; terminals of its own; a /dev/log made there is private), without sysrq and the system bus, and without the
# capabilities to reboot, load modules or touch ports. Without root the kernel already refuses all of that. The signals are as a
# login shell has them, whatever the caller ignores (a shell's background job: SIGINT and SIGQUIT).
set -eu
if [ "${VAKT_CONFINED:-}" = 1 ]; then exec "$@"; fi
VAKT_CONFINED=1
export VAKT_CONFINED
[ "$(id -u)" -eq 0 ] || exec env --default-signal -- "$@"

# The quoted script runs inside the namespace, where its $ belong.
# shellcheck disable=SC2016
exec unshare --mount --propagation private -- sh -eu -c '
    dev=$(mktemp -d)
    mount -t tmpfs -o mode=0755,size=64k vakt-dev "$dev"
    for node in null zero full random urandom tty; do
        : >"$dev/$node"
        mount --bind "/dev/$node" "$dev/$node"
    done
    mkdir "$dev/pts" "$dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 vakt-pts "$dev/pts"
    mount -t tmpfs -o mode=1777 vakt-shm "$dev/shm"
    ln -s pts/ptmx "$dev/ptmx"
    ln -s /proc/self/fd "$dev/fd"
    ln -s /proc/self/fd/0 "$dev/stdin"
    ln -s /proc/self/fd/1 "$dev/stdout"
    ln -s /proc/self/fd/2 "$dev/stderr"
    mount --move "$dev" /dev
    rmdir "$dev"
    [ ! -e /proc/sysrq-trigger ] || mount --bind /dev/null /proc/sysrq-trigger
    [ ! -d /run/dbus ] || mount -t tmpfs -o mode=0755,size=4k vakt-hidden /run/dbus
    exec env --default-signal setpriv --bounding-set=-sys_boot,-sys_module,-sys_rawio --inh-caps=-all -- "$@"
' confine "$@"
