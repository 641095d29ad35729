#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# no_process, the stand-in for a system with one process: what it forbids is forbidden, and nothing else.
. test/prog/lib.sh
suite no_process

no_process=$top/build/test/prog/no_process
probe=$top/build/test/prog/probe_calls
erts=$(find "$otp_root" -maxdepth 1 -name 'erts-*' 2>/dev/null | sort | tail -n 1) || :

# answers EXPECTED: one line, "call answer call answer"
answers() { equal "$1" "$(grep -v '^host ' "$tmp/said" | tr '\n' ' ' | sed 's/ $//')"; }

nothing_is_forbidden_without_it() {
    "$probe" "$tmp" >"$tmp/said"
    answers 'fork ok spawn ok thread ok fifo ok datagram ok stream ok udp ok memfd ok signalfd ok'
}
no_process_but_threads() {
    "$no_process" "$probe" "$tmp" >"$tmp/said"
    answers 'fork ENOSYS spawn ENOSYS thread ok fifo ok datagram ok stream ok udp ok memfd ok signalfd ok'
}
strict() {
    "$no_process" --strict "$probe" "$tmp" >"$tmp/said"
    answers 'fork ENOSYS spawn ENOSYS thread ok fifo ENOSYS datagram EAFNOSUPPORT stream ok udp ok memfd ENOSYS signalfd ENOSYS'
}
a_host_with_a_dot() {
    [ "$(id -u)" -eq 0 ] || skip 'a host name of its own needs root'
    before=$(uname -n)
    "$no_process" --host one.test "$probe" "$tmp" >"$tmp/said"
    grep -qx 'host one.test' "$tmp/said" || fail "$(head -n 1 "$tmp/said")"
    "$no_process" "$probe" "$tmp" >"$tmp/said"
    grep -qx 'host vakt.local' "$tmp/said" || fail "$(head -n 1 "$tmp/said")"
    equal "$before" "$(uname -n)" "the host's own name"
}
words_it_does_not_know() {
    code=0
    "$no_process" --lax "$probe" "$tmp" 2>"$tmp/said" || code=$?
    equal 2 "$code"
    code=0
    "$no_process" "$tmp/none" 2>"$tmp/said" || code=$?
    equal 126 "$code"
}

# vm EXPRESSION: a bare emulator, without the shell and erlexec that would need processes
vm() {
    [ -n "$erts" ] || skip 'no Erlang is installed'
    BINDIR=$erts/bin ROOTDIR="$otp_root" EMU=beam timeout 60 "$no_process" --strict "$erts/bin/beam.smp" -- -root "$otp_root" \
        -bindir "$erts/bin" -progname erl -home "$tmp" -noinput -boot start_clean -eval "$1" >"$tmp/said" 2>&1
}
the_emulator_boots() {
    vm 'io:format("~w~n", [lists:sum([1,2,3])]), halt(0).' || fail "$(cat "$tmp/said")"
    grep -qx 6 "$tmp/said" || fail "$(cat "$tmp/said")"
}
a_program_kills_the_emulator() {
    cd "$tmp"
    ERL_CRASH_DUMP_SECONDS=0
    export ERL_CRASH_DUMP_SECONDS
    if vm 'io:format("~s~n", [os:cmd("echo lives")]), halt(0).'; then fail "it lived: $(cat said)"; fi
    grep -q 'erl_child_setup' said || fail "$(cat said)"
}

check "without it every call is there" nothing_is_forbidden_without_it
check "no process, but threads and all else" no_process_but_threads
check "strict: no FIFO, Unix datagram, memfd or signalfd either, and nothing more" strict
check "as root, a host name with a dot that is nobody else's" a_host_with_a_dot
check "a word it does not know, and a program that is not there, are refused" words_it_does_not_know
check "the emulator boots under it" the_emulator_boots
check "the first program that is started kills the emulator, as it must" a_program_kills_the_emulator
finish
