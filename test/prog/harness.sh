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

run_suite() { (mkdir -p "$tmp/build/log" && cd "$tmp" && exec "$top/scripts/run-suite.sh" "$@"); }

no_count_is_a_failure() {
    run_suite silent true >/dev/null
    equal '0 1 0' "$(cut -d ' ' -f 2- "$tmp/build/log/silent.result")" 'a suite without its count'
    run_suite dead sh -c 'echo "dead: 3 passed, 0 failed, 0 skipped"; exit 1' >/dev/null
    equal '3 1 0' "$(cut -d ' ' -f 2- "$tmp/build/log/dead.result")" 'a suite that ends badly after its count'
}

two_lines() { [ "$(wc -l <"$tmp/build/log/long.log")" -eq 2 ]; }
is_gone() { ! kill -0 "$pid" 2>/dev/null; }
# What computes much in one session takes no other's turns, and Ctrl-C ends them all the same.
interrupted() {
    mkdir -p "$tmp/build/log"
    # shellcheck disable=SC2016 # the inner shell's
    spawn sh -c 'cd "$1" && exec "$2" long sh -c "cut -d \" \" -f 6 /proc/self/stat; echo \$\$; exec sleep 300"' sh "$tmp" "$top/scripts/run-suite.sh"
    eventually 20 two_lines
    { read -r session && read -r pid; } <"$tmp/build/log/long.log"
    [ "$session" != "$(cut -d ' ' -f 6 /proc/self/stat)" ] || fail 'it is in the session of all'
    kill "$spawned"
    eventually 20 is_gone
}

steps_aside() {
    equal 19 "$("$top/scripts/aside.sh" nice)" 'nice'
    [ -e /proc/self/autogroup ] || return 0
    # shellcheck disable=SC2016 # the inner shell's
    said=$(setsid -w "$top/scripts/aside.sh" sh -c 'cat /proc/self/autogroup')
    case $said in *' nice 19') ;; *) fail "the session's: $said" ;; esac
}

check 'a failing check fails its suite, and -e and -u hold inside a check' a_failing_check_fails_its_suite
check 'what a check spawned is ended with it' what_a_check_spawned_is_ended
check 'a suite without its count, or that ends badly, is a failure' no_count_is_a_failure
check 'a suite has a session of its own, and ends when all are interrupted' interrupted
check 'what steps aside does so as a whole session' steps_aside
check 'eventually gives up' eventually_gives_up
check 'a confined root has no watchdog, bus, sysrq, nor the rights to reboot' confined_root_cannot_harm_the_machine
finish
