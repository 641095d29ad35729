#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ferrule as a whole, between a VM and a syslog daemon that port_peer plays.
set -u
. test/prog/lib.sh
suite ferrule
own=

# play [OPTION ...] <SCRIPT: ferrule on the FIFO of this check
play() {
    if [ -z "$own" ]; then own=$tmp; fi
    [ -p "$own/syslog.otp" ] || [ "$own" != "$tmp" ] || mkfifo -m 0600 "$own/syslog.otp"
    "$top/build/test/prog/port_peer" "$tmp/stderr" "$bin/ferrule" "$@" "$own"
}

# account KEY ...: the numbers of the last account on stderr, as "1 2 3"
account() {
    sed -n 's/^ferrule: \(read=.*\)/\1/p' "$tmp/stderr" | tail -n 1 | tr ' ' '\n' >"$tmp/numbers"
    for key in "$@"; do sed -n "s/^$key=//p" "$tmp/numbers"; done | tr '\n' ' ' | sed 's/ $//'
}

# adds_up: read = delivered + dropped + empty + queued in every account that was said
adds_up() {
    grep -q '^ferrule: read=' "$tmp/stderr" || fail 'no account was said'
    sed -n 's/^ferrule: read=//p' "$tmp/stderr" | tr '=' ' ' | awk '
        { if ($1 != $3 + $5 + $7 + $11) { print "does not add up: " $0; bad = 1 } } END { exit bad }'
}

a_line_is_a_packet() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d one\ntwo\n
expect one
expect two
packet die
exit 0
SCRIPT
    equal '2 2 0 0 0 0 8 0' "$(account read delivered dropped empty cut queued bytes loss_lines)" account
}
check "each line becomes one packet without its newline, and die leaves with 0" a_line_is_a_packet

empty_lines_are_counted_and_not_sent() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d \n\na\n\r\nb\n
expect a
expect b
packet die
exit 0
SCRIPT
    equal '5 2 3' "$(account read delivered empty)" account
    adds_up
}
check "empty lines are counted and not sent" empty_lines_are_counted_and_not_sent

finish
