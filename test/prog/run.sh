#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make run's script as its user meets it: the way comes up, the command it prints works, every end is orderly, wrong input is
# refused. Each check has a tree of its own (links to the programs, a build/run of its own).
. test/prog/lib.sh
suite run

tree_at() {
    mkdir -p "$1/build"
    ln -s "$top/scripts" "$1/scripts"
    for part in bin lib daemons; do ln -s "$top/build/$part" "$1/build/$part"; done
}
said() { grep -q "$1" "$tmp/said"; }
# start TREE NAME=VALUE ...: run.sh in the background, its output in $tmp/said, its pid in $runner
start() {
    where=$1
    shift
    spawn env "$@" "$where/scripts/run.sh" >"$tmp/said" 2>&1
    runner=$spawned
}
# finish_with STATUS: waits for run.sh and compares
finish_with() {
    code=0
    wait "$runner" || code=$?
    [ "$code" -eq "$1" ] || { cat "$tmp/said"; fail "exit status $code, not $1"; }
}
live_or_over() { said '^== live' || ! kill -0 "$runner" 2>/dev/null; }
live() {
    eventually 60 live_or_over
    said '^== live' || { cat "$tmp/said"; fail 'it ended before it was live'; }
}

its_command_works() {
    [ -d "build/daemons/$1" ] || skip "no private copy of $1"
    tree_at "$tmp/t"
    start "$tmp/t" DAEMON="$1" DURATION=600
    live
    equal 1 "$(grep -c '^  logger -u ' "$tmp/said")" 'lines with the command'
    command=$(sed -n "s/^  \(logger -u .*\) 'your text'\$/\1/p" "$tmp/said")
    for text in one two three; do $command -t mine "$text & <b> 100%"; done
    eventually 30 said 'mine: three & <b> 100%'
    kill -INT "$runner" || :
    kill -TERM "$runner"
    finish_with 0
    said '^account  sent \([0-9]*\), read \1, delivered \1, lost 0$' || { cat "$tmp/said"; fail 'no such account'; }
    [ ! -e "$tmp/t/build/run/syslog.otp" ] || fail 'the FIFO is still there'
}

duration_ends_it() {
    tree_at "$tmp/t"
    start "$tmp/t" DURATION=1
    finish_with 0
    said 'the account is right'
}

nothing_runs_on() {
    tree_at "$tmp/t"
    start "$tmp/t" DURATION=600
    live
    daemon_pid=$(cat "$tmp/t/build/run/syslog.pid")
    kill -0 "$daemon_pid"
    kill -TERM "$runner"
    finish_with 0
    if kill -0 "$daemon_pid" 2>/dev/null; then fail 'the daemon runs on'; fi
}

a_second_one_is_refused() {
    tree_at "$tmp/t"
    start "$tmp/t" DURATION=600
    live
    code=0
    "$tmp/t/scripts/run.sh" >"$tmp/second" 2>&1 || code=$?
    equal 1 "$code" 'exit status of the second'
    grep -q 'another make run is live' "$tmp/second"
    kill -TERM "$runner"
    finish_with 0
}

a_dead_vm_is_told() {
    tree_at "$tmp/t"
    start "$tmp/t" DURATION=600
    live
    kill -KILL "$(cat "$tmp/t/build/run/vm.pid")"
    finish_with 1
    said 'the account is wrong' || { cat "$tmp/said"; fail 'not a word about it'; }
    # and the next run begins clean
    start "$tmp/t" DURATION=1
    finish_with 0
}

deep_folders_work() {
    deep=$tmp/$(printf '%0120d' 0)
    tree_at "$deep"
    start "$deep" DURATION=600
    live
    command=$(sed -n "s/^  \(logger -u .*\) 'your text'\$/\1/p" "$tmp/said")
    $command -t deep 'from far below'
    eventually 30 said 'deep: from far below'
    kill -TERM "$runner"
    finish_with 0
}

wrong_input_is_refused() {
    for wrong in DAEMON=nonesuch DURATION=soon DURATION=-1; do
        code=0
        env "$wrong" scripts/run.sh >"$tmp/said" 2>&1 || code=$?
        equal 2 "$code" "exit status for $wrong"
        said "^run: ${wrong%%=*} must be" || fail "no word about $wrong"
    done
}

no_root_is_needed() {
    [ "$(id -u)" -eq 0 ] || skip 'this is not root: every check here has shown it'
    tree_at "$tmp/t"
    chown -R nobody "$tmp/t"
    nobody="setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps=-all"
    $nobody test -x "$top/scripts/run.sh" || skip 'nobody may not enter this folder'
    # shellcheck disable=SC2086 # words
    spawn $nobody env HOME=/nonexistent DURATION=1 "$tmp/t/scripts/run.sh" >"$tmp/said" 2>&1
    runner=$spawned
    finish_with 0
}

plain_text_when_no_terminal() {
    tree_at "$tmp/t"
    start "$tmp/t" DURATION=1
    finish_with 0
    if LC_ALL=C grep -q "$(printf '\033')" "$tmp/said"; then fail 'escape sequences in a file'; fi
}

check 'rsyslog: the printed command works, the account is right' its_command_works rsyslog
check 'syslog-ng: the printed command works, the account is right' its_command_works syslog-ng
check 'inetutils: the printed command works, the account is right' its_command_works inetutils
check 'DURATION ends it with status 0' duration_ends_it
check 'SIGTERM ends the daemon and the VM too' nothing_runs_on
check 'a second run in the same folder is refused' a_second_one_is_refused
check 'a killed VM is told with status 1, and the next run begins clean' a_dead_vm_is_told
check 'a folder too deep for a socket name works' deep_folders_work
check 'a wrong DAEMON or DURATION is refused with status 2' wrong_input_is_refused
check 'no root is needed' no_root_is_needed
check 'without a terminal it is plain text' plain_text_when_no_terminal
finish
