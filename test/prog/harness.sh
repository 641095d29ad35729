#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tests' own tools: a failing check fails its suite, a suite without its count counts as failed, and confine.sh takes away
# what could harm the machine.
. test/prog/lib.sh
suite harness

write_suite() {
    {
        printf '. test/prog/lib.sh\nsuite inner\n'
        cat
        printf 'finish\n'
    } >"$tmp/inner.sh"
}

a_failing_check_fails_its_suite() {
    write_suite <<'INNER'
good() { equal 1 1; }
bad() { equal 1 2; true; }
unset_variable() { : "$never_set"; }
none() { skip 'no reason at all'; }
check good good
check bad bad
check unset unset_variable
check none none
INNER
    code=0
    sh "$tmp/inner.sh" >"$tmp/said" 2>&1 || code=$?
    equal 1 "$code" 'exit status'
    equal 'inner: 1 passed, 2 failed, 1 skipped' "$(tail -n 1 "$tmp/said")" 'count'
}

what_a_check_spawned_is_ended() {
    write_suite <<'INNER'
leave_one() { spawn sleep 300; printf '%s' "$spawned" >"$PIDFILE"; }
check leaves leave_one
INNER
    PIDFILE=$tmp/pid sh "$tmp/inner.sh" >/dev/null
    [ -s "$tmp/pid" ] || fail 'nothing was spawned'
    if kill -0 "$(cat "$tmp/pid")" 2>/dev/null; then fail 'it still runs'; fi
}

eventually_gives_up() {
    code=0
    (eventually 0 false) >/dev/null 2>&1 || code=$?
    equal 1 "$code" 'exit status'
}

confined_root_cannot_harm_the_machine() {
    [ "$(id -u)" -eq 0 ] || skip 'needs root; without it the kernel refuses all of that'
    bounding=$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status)
    # CAP_SYS_BOOT 22, CAP_SYS_MODULE 16, CAP_SYS_RAWIO 17: bits of the low word
    low=$(printf '%d' "0x$(printf '%s' "$bounding" | tail -c 8)")
    equal 0 $((low & (1 << 22 | 1 << 16 | 1 << 17))) 'forbidden capabilities'
    for node in /dev/watchdog /dev/watchdog0 /dev/pmsg0 /dev/port /dev/mem /dev/kmsg; do
        [ ! -e "$node" ] || fail "$node can be seen"
    done
    if [ -e /proc/sysrq-trigger ]; then
        equal "$(stat -c %t:%T /dev/null)" "$(stat -c %t:%T /proc/sysrq-trigger)" 'what stands at sysrq-trigger'
    fi
    [ ! -S /run/dbus/system_bus_socket ] || fail 'the system bus can be seen'
}

check 'a failing check fails its suite, and -e and -u hold inside a check' a_failing_check_fails_its_suite
check 'what a check spawned is ended with it' what_a_check_spawned_is_ended
check 'eventually gives up' eventually_gives_up
check 'a confined root has no watchdog, bus, sysrq, nor the rights to reboot' confined_root_cannot_harm_the_machine
finish
