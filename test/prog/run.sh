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
    # shellcheck disable=SC2086 # words
    spawn ${as:-} env "$@" "$where/scripts/run.sh" >"$tmp/said" 2>&1
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

# What is run where nothing is said: its daemon could not be fetched without a network.
by_default() { [ -d build/daemons/rsyslog ] || skip 'no private copy of rsyslog'; }

# its_command_works DAEMON WAY
its_command_works() {
    [ "$1" = none ] || [ -d "build/daemons/$1" ] || skip "no private copy of $1"
    tree_at "$tmp/t"
    start "$tmp/t" DAEMON="$1" WAY="$2" DURATION=600
    live
    equal 1 "$(grep -c '^  logger -u ' "$tmp/said")" 'lines with the command'
    command=$(sed -n "s/^  \(logger -u .*\) 'your text'\$/\1/p" "$tmp/said")
    for text in one two three; do $command -t mine "$text & <b> 100%"; done
    eventually 30 said 'mine.*: three & <b> 100%'
    kill -INT "$runner" || :
    kill -TERM "$runner"
    finish_with 0
    said '^account  sent \([0-9]*\), read \1, delivered \1, lost 0$' || { cat "$tmp/said"; fail 'no such account'; }
    [ ! -e "$tmp/t/build/run/syslog.otp" ] || fail 'the FIFO is still there'
}

another_bridge() { [ "$(cat "$where/build/run/bridge.pid")" != "$first" ]; }
# Without a daemon of its own: the log socket is the bridge's, and comes again with it.
a_killed_bridge_is_started_again() {
    tree_at "$tmp/t"
    start "$tmp/t" DAEMON=none DURATION=600
    live
    first=$(cat "$tmp/t/build/run/bridge.pid")
    kill -KILL "$first"
    eventually 30 another_bridge
    eventually 60 said 'lines lost here'
    command=$(sed -n "s/^  \(logger -u .*\) 'your text'\$/\1/p" "$tmp/said")
    $command -t mine 'it goes on'
    eventually 30 said 'mine.*: it goes on'
    kill -TERM "$runner"
    finish_with 0
    said 'the account is right'
}

duration_ends_it() {
    by_default
    tree_at "$tmp/t"
    start "$tmp/t" DURATION=1
    finish_with 0
    said 'the account is right'
}

nothing_runs_on() {
    by_default
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
    by_default
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

# Once Erlang has told it is not to say it again, and nothing of it is lost: the account adds up over a reset.
told() { said "^== Erlang knows why the board was reset: $1, confidence high, lease live\$"; }
the_account_adds_up() {
    account=$(sed -n 's/^account  sent \([0-9]*\), delivered \([0-9]*\), lost \([0-9]*\), lost with a VM that was hung or dead \([0-9]*\); resets \([0-9]*\)$/\1 \2 \3 \4 \5/p' "$tmp/said")
    [ -n "$account" ] || { cat "$tmp/said"; fail 'no account'; }
    # shellcheck disable=SC2086 # five numbers
    set -- $account
    equal "$1" "$(($2 + $3 + $4))" 'sent'
    equal "$wanted_resets" "$5" 'resets'
    said 'the account is right'
}
pid_of() { cat "$tmp/t/build/run/$1"; }
is_gone() { ! kill -0 "$1" 2>/dev/null; }
nothing_is_left() {
    for pid in "$@"; do is_gone "$pid" || fail "process $pid runs on"; done
}

# as_nobody TREE: what start starts from here on, where this is root and nobody may enter; false where it may not
as_nobody() {
    [ "$(id -u)" -eq 0 ] || return 0
    as="setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps=-all"
    $as test -x "$top/scripts/run.sh" || { as=''; return 1; }
    chown -R nobody "$1"
}

# From the drill to the report of the next boot, as the printed command starts it.
a_hang_is_drilled() {
    by_default
    tree_at "$tmp/t"
    as_nobody "$tmp/t" || :
    start "$tmp/t" HOME=/nonexistent DURATION=600
    live
    command=$(sed -n "s/^  \(logger -u .*\) 'your text'\$/\1/p" "$tmp/said")
    $command -t mine 'the last line before it'
    eventually 30 said 'mine: the last line before it'
    equal 1 "$(grep -c '^  .* drill hang-vm$' "$tmp/said")" 'lines with the drill'
    drill=$(sed -n 's/^  \(.*\) drill hang-vm$/\1/p' "$tmp/said")
    $drill drill hang-vm --yes >"$tmp/drill" 2>&1 || { cat "$tmp/drill"; fail "status $? of the drill"; }
    eventually 60 told vm_hang || { cat "$tmp/said"; fail 'Erlang does not know'; }
    # The ladder, from outside the VM, in this order.
    grep -o -e 'keeper  .*silent for 50 %' -e 'keeper  .*silent for 75 %' -e 'keeper  .*given up: no beat' -e 'keeper  .*reboot: no beat' \
        -e "board  .*the hardware's countdown is over" -e 'board  .*the power is on, boot 2' "$tmp/said" |
        sed 's/.*\(50 %\|75 %\|given up\|reboot\|countdown\|power\).*/\1/' >"$tmp/ladder"
    equal '50 % 75 % given up reboot countdown power' "$(tr '\n' ' ' <"$tmp/ladder" | sed 's/ $//')" 'the ladder'
    eventually 10 said 'last lines .*mine: the last line before it'
    $command -t mine 'after the reset'
    eventually 30 said 'mine: after the reset'
    kill -TERM "$runner"
    finish_with 0
    wanted_resets=1
    the_account_adds_up
}

a_killed_vm_resets_the_board() {
    by_default
    tree_at "$tmp/t"
    start "$tmp/t" DURATION=600
    live
    kill -KILL "$(pid_of vm.pid)"
    # Where its parent waited for it first, nobody can tell any more that it was a signal.
    eventually 60 told '\(vm_crash\|heart_command\)' || { cat "$tmp/said"; fail 'Erlang does not know'; }
    kill -TERM "$runner"
    finish_with 0
    wanted_resets=1
    the_account_adds_up
    # and the next run begins clean
    start "$tmp/t" DURATION=1
    finish_with 0
    said '^account  sent 1, read 1, delivered 1, lost 0$'
}

# Nobody but the bridge of the first boot knew what was sent, and nothing else is claimed.
a_reset_without_a_daemon() {
    tree_at "$tmp/t"
    start "$tmp/t" DAEMON=none DURATION=600
    live
    kill -KILL "$(pid_of vm.pid)"
    eventually 60 told '\(vm_crash\|heart_command\)' || { cat "$tmp/said"; fail 'Erlang does not know'; }
    kill -TERM "$runner"
    finish_with 0
    said '^account  delivered [1-9][0-9]*, lost [0-9]*; sent before a reset: .*; resets 1$' || { cat "$tmp/said"; fail 'no such account'; }
    said 'the account is right'
}

an_end_in_the_midst_of_the_ladder() {
    by_default
    tree_at "$tmp/t"
    start "$tmp/t" DURATION=600
    live
    vm=$(pid_of vm.pid)
    board=$(sed -n 's/^== simulated board soft_board, pid \([0-9]*\);.*/\1/p' "$tmp/said")
    daemon_pid=$(pid_of syslog.pid)
    keeper=$(pgrep -P "$(pgrep -P "$(pgrep -P "$board")")" wd_keeper | head -n 1)
    kill -STOP "$vm"
    eventually 30 said 'keeper .*silent for 75 %'
    kill -TERM "$runner"
    finish_with 0
    wanted_resets=0
    the_account_adds_up
    nothing_is_left "$board" "$vm" "$daemon_pid" "$keeper"
}

a_board_that_dies_is_told() {
    by_default
    tree_at "$tmp/t"
    start "$tmp/t" DURATION=600
    live
    vm=$(pid_of vm.pid)
    kill -KILL "$(sed -n 's/^== simulated board soft_board, pid \([0-9]*\);.*/\1/p' "$tmp/said")"
    finish_with 1
    said 'the account is wrong; the board ended by itself' || { cat "$tmp/said"; fail 'not a word about it'; }
    eventually 10 is_gone "$vm"
}

deep_folders_work() {
    by_default
    deep=$tmp/$(printf '%0120d' 0)
    tree_at "$deep"
    start "$deep" DURATION=600
    live
    command=$(sed -n "s/^  \(logger -u .*\) 'your text'\$/\1/p" "$tmp/said")
    $command -t deep 'from far below'
    eventually 30 said 'deep: from far below'
    drill=$(sed -n 's/^  \(.*\) drill hang-vm$/\1/p' "$tmp/said")
    $drill status >"$tmp/status"
    grep -q live "$tmp/status"
    kill -TERM "$runner"
    finish_with 0
}

wrong_input_is_refused() {
    for wrong in DAEMON=nonesuch WAY=nonesuch DURATION=soon DURATION=-1 'WAY=classic DAEMON=none'; do
        code=0
        # shellcheck disable=SC2086 # words
        env $wrong scripts/run.sh >"$tmp/said" 2>&1 || code=$?
        equal 2 "$code" "exit status for $wrong"
        said "^run: ${wrong%%=*} must be" || fail "no word about $wrong"
    done
}

no_root_is_needed() {
    by_default
    [ "$(id -u)" -eq 0 ] || skip 'this is not root: every check here has shown it'
    tree_at "$tmp/t"
    as_nobody "$tmp/t" || skip 'nobody may not enter this folder'
    start "$tmp/t" HOME=/nonexistent DURATION=1
    finish_with 0
}

plain_text_when_no_terminal() {
    by_default
    tree_at "$tmp/t"
    start "$tmp/t" DURATION=1
    finish_with 0
    if LC_ALL=C grep -q "$(printf '\033')" "$tmp/said"; then fail 'escape sequences in a file'; fi
}

check 'rsyslog: the printed command works, the account is right' its_command_works rsyslog resident
check 'syslog-ng: the printed command works, the account is right' its_command_works syslog-ng resident
check 'inetutils, the classic way: the printed command works, the account is right' its_command_works inetutils classic
check 'no syslog daemon: the printed command works, the account is right' its_command_works none resident
check 'a killed bridge is started again, and Erlang goes on behind a gap' a_killed_bridge_is_started_again
check 'DURATION ends it with status 0' duration_ends_it
check 'SIGTERM ends the daemon and the VM too' nothing_runs_on
check 'a second run in the same folder is refused' a_second_one_is_refused
check 'the printed drill hangs the VM: the ladder is seen, the board is reset, Erlang knows why' a_hang_is_drilled
check 'a killed VM resets the board too, and the next run begins clean' a_killed_vm_resets_the_board
check 'without a syslog daemon a reset is accounted for too' a_reset_without_a_daemon
check 'stopped in the midst of the ladder it leaves no process' an_end_in_the_midst_of_the_ladder
check 'a board that dies is told with status 1' a_board_that_dies_is_told
check 'a folder too deep for a socket name works' deep_folders_work
check 'a wrong DAEMON or DURATION is refused with status 2' wrong_input_is_refused
check 'no root is needed' no_root_is_needed
check 'without a terminal it is plain text' plain_text_when_no_terminal
finish
