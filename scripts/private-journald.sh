#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: private-journald.sh DIR [SETTING ...]     run systemd-journald in the foreground, everything inside DIR
# SETTINGs are lines of journald.conf's [Journal] ("Storage=persistent"). journald knows no place but /run and /var/log, so it
# gets those of DIR (DIR/run, DIR/log) and an /etc of its own, in a mount namespace of its own; that needs root. Its sockets
# are DIR/run/systemd/journal/{socket,dev-log,stdout}, its files DIR/run/log/journal or DIR/log/journal. Neither the kernel's
# log nor the audit system is read. A second run on the same DIR goes on with the first one's files. A file DIR/boot_id
# makes it another boot.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd -P)
die() {
    printf 'private-journald: %s\n' "$*" >&2
    exit 1
}
[ $# -ge 1 ] || die 'usage: private-journald.sh DIR [SETTING ...]'
[ "$(id -u)" -eq 0 ] || die 'journald wants a /run of its own, and that needs root'
cd "$1" 2>/dev/null || die "no such folder: $1"
shift
dir=$(pwd -P)

tree=$top/build/daemons/journald
[ -d "$tree" ] || die 'journald is not there; scripts/get-daemons.sh test fetches it'
if [ -f "$tree/on-machine" ]; then
    program=$(cat "$tree/on-machine")
else
    program=$tree/lib/systemd/systemd-journald
    LD_LIBRARY_PATH=$(find "$tree" -name 'lib*.so*' -exec dirname {} + | sort -u | tr '\n' ':')
    export LD_LIBRARY_PATH
fi
mkdir -p run/log/journal run/systemd/journal log/journal etc/systemd
{
    printf '[Journal]\nReadKMsg=no\nAudit=no\nStorage=volatile\nForwardToSyslog=no\nForwardToWall=no\nRateLimitIntervalSec=0\n'
    printf 'RuntimeKeepFree=1M\nSystemKeepFree=1M\n'
    for setting in "$@"; do printf '%s\n' "$setting"; done
} >etc/systemd/journald.conf
[ -s etc/machine-id ] || tr -d '-' </proc/sys/kernel/random/uuid >etc/machine-id
for file in passwd group nsswitch.conf ld.so.cache localtime; do [ ! -e "/etc/$file" ] || cp -L "/etc/$file" "etc/$file"; done

# The quoted script runs inside the namespace.
# shellcheck disable=SC2016
exec unshare --mount --propagation private -- sh -eu -c '
    mount --bind "$2/run" /run
    mount --bind "$2/log" /var/log
    mount --bind "$2/etc" /etc
    [ ! -e "$2/boot_id" ] || mount --bind "$2/boot_id" /proc/sys/kernel/random/boot_id
    exec "$1"
' private-journald "$program" "$dir"
