#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From a real VM to the end of a board: `erl -heart` with our heart in BINDIR, and the real keeper. What the keeper would do to
# the machine is a file that --end-command writes. All cases run at once, each with a keeper and VMs of its own.
. test/prog/lib.sh
suite heart_keeper
. test/prog/lib-otp.sh

now() { date +%s%3N; }
ended() { ! kill -0 "$1" 2>/dev/null; }

# The keeper of this case; its pid is in $keeper. Relative paths, since a socket's must fit 107 bytes.
start_keeper() {
    [ -n "$erts" ] || skip 'no Erlang on this machine'
    near=${tmp#"$top/"}
    if [ ! -d "$tmp/run" ]; then
        mkdir "$tmp/run" "$tmp/state" "$tmp/pstore"
        printf '#!/bin/sh\ndate +%%s%%3N >%s\n' "$tmp/ended" >"$tmp/end"
        chmod 0755 "$tmp/end"
        printf 'lock_memory = false;\nreal_time_priority = 0;\noom_exempt = false;\nleases = ( { name = "a"; user = %s; }, { name = "b"; user = %s; } );\n' \
            "$(id -u)" "$(id -u)" >"$tmp/keeper.conf"
    fi
    spawn "$bin/wd_keeper" --foreground --config "$tmp/keeper.conf" --socket "$near/k" --state "$tmp/state" --run "$tmp/run" \
        --pstore "$tmp/pstore" --pmsg "$tmp/pmsg" --end-command "$tmp/end" >>"$tmp/keeper.log" 2>&1
    keeper=$spawned
    eventually 10 test -S "$tmp/k"
}
kill_keeper() {
    kill -KILL "$keeper"
    wait "$keeper" || :
}
# vm LEASE CALL [NAME=VALUE ...]: a VM under heart that runs heart_vm:CALL; its pid is in $vm.
vm() {
    lease=$1
    call=$2
    shift 2
    spawn env "SAID=$tmp/said.$lease" "ROOTDIR=$root" "BINDIR=$root/$(basename "$erts")/bin" EMU=beam PROGNAME=erl \
        HEART_BEAT_TIMEOUT=11 HEART_BEAT_BOOT_DELAY=12 "VAKT_KEEPER_SOCKET=$near/k" "VAKT_LEASE=$lease" \
        "ERL_CRASH_DUMP=$tmp/dump" "HEART_COMMAND=echo ran >>$tmp/ran" "$@" \
        "$root/$(basename "$erts")/bin/erlexec" -noshell -noinput -heart -pa "$suite_tmp" -eval "heart_vm:$call" \
        >"$tmp/vm.$lease.log" 2>&1
    vm=$spawned
}
said() { grep -q "^$2\$" "$tmp/said.$1" 2>/dev/null; }
heart_of() { pgrep -f "^heart -pid $1 " || :; }
starts() {
    vm "$@"
    eventually 60 said "$1" started
    eventually 10 sh -c "[ -n \"\$(pgrep -f '^heart -pid $vm ')\" ]"
    heart=$(heart_of "$vm")
}
# The board is not ended within SECONDS.
lives_on() {
    until=$(($(now) + $1 * 1000))
    while [ "$(now)" -lt "$until" ]; do
        [ ! -e "$tmp/ended" ] || fail 'the board was ended'
        sleep 0.2
    done
}
# The board is ended so many milliseconds after $from.
ends_between() {
    eventually 40 test -s "$tmp/ended"
    took=$(($(cat "$tmp/ended") - from))
    printf 'ended after %s ms\n' "$took"
    if [ "$took" -lt "$1" ] || [ "$took" -gt "$2" ]; then fail "the board was ended after $took ms"; fi
}

stop() {
    start_keeper
    vm a 'stop().'
    eventually 60 said a ok
    eventually 30 ended "$vm"
    lives_on 25
    [ ! -e "$tmp/ran" ] || fail 'the command ran'
}
stop_while_away() {
    start_keeper
    starts a 'idle().'
    kill_keeper
    kill -TERM "$vm"
    start_keeper
    eventually 30 ended "$vm"
    lives_on 25
}
group_stop() {
    start_keeper
    starts a 'idle().'
    kill -TERM "$heart" "$vm"
    eventually 30 ended "$vm"
    lives_on 25
    [ ! -e "$tmp/ran" ] || fail 'the command ran'
}
hangs() {
    start_keeper
    starts a 'idle().'
    kill -STOP "$vm"
    from=$(now)
    # Last beat at most 5 s before, the verdict 10 s before D, and each rung of it has its time until D.
    ends_between 8000 23100
    [ -s "$tmp/ran" ] || fail 'the command did not run'
    eventually 5 ended "$vm"
}
killed() {
    start_keeper
    starts a 'idle().' 'HEART_COMMAND=exit 7'
    kill -KILL "$vm"
    from=$(now)
    ends_between 0 23100
}
restarted() {
    start_keeper
    vm a 'halt().' "HEART_COMMAND=SAID=$tmp/said2 HEART_COMMAND= $root/$(basename "$erts")/bin/erlexec -noshell -noinput -heart -pa $suite_tmp -eval 'heart_vm:idle().' >$tmp/vm2.log 2>&1"
    eventually 60 grep -q started "$tmp/said2"
    lives_on 26
    # The new heart says its VM's number.
    new=$(sed -n 's/^heart_beat_kill_pid = //p' "$tmp/vm2.log")
    kill -TERM "$new"
    eventually 30 ended "$new"
    lives_on 2
}
heart_killed() {
    start_keeper
    starts a 'idle().'
    kill -KILL "$heart"
    from=$(now)
    eventually 25 test -s "$tmp/ran"
    ends_between 8000 23100
}
keeper_killed() {
    start_keeper
    starts a 'idle().'
    for _ in 1 2 3; do
        kill_keeper
        start_keeper
        lives_on 9
    done
    grep -q 'the keeper is back' "$tmp/vm.a.log" || fail 'heart did not come back'
    kill -STOP "$vm"
    from=$(now)
    ends_between 8000 23100
}
cycled() {
    start_keeper
    vm a 'cycle(100).'
    eventually 90 said a ok
    eventually 30 ended "$vm"
    lives_on 24
}
cycled_and_hangs() {
    start_keeper
    vm a 'cycle_and_idle(100).'
    eventually 90 said a started
    lives_on 12
    kill -STOP "$vm"
    from=$(now)
    ends_between 8000 23100
}
alone() {
    start_keeper
    starts c 'idle().' 'HEART_COMMAND=exit 7'
    eventually 10 grep -q 'keeper.conf has no such lease' "$tmp/vm.c.log"
    kill -KILL "$vm"
    lives_on 20
}
two() {
    start_keeper
    starts a 'idle().'
    kept=$vm
    starts b 'idle().'
    kill -STOP "$vm"
    from=$(now)
    ends_between 8000 23100
    ! ended "$kept" || fail 'the other VM was killed'
}
snoozed() {
    start_keeper
    starts a 'idle().'
    kill -STOP "$vm"
    "$bin/vaktctl" --socket "$near/k" snooze 30 a
    lives_on 25
    kill -CONT "$vm"
    lives_on 12
    [ ! -e "$tmp/ran" ] || fail 'the command ran'
    ! ended "$vm" || fail 'the VM was killed'
}
hanging_command() {
    start_keeper
    starts a 'idle().' "HEART_COMMAND=echo \$\$ >$tmp/ran; exec sleep 600"
    kill -KILL "$vm"
    from=$(now)
    ends_between 3000 23100
    kill -KILL "$(cat "$tmp/ran")"
}

# All of them now, looked at afterwards.
run_case() {
    mkdir "$suite_tmp/$1"
    (
        tmp=$suite_tmp/$1
        code=0
        (
            set -eu
            trap 'end_spawned' EXIT
            "$1"
        ) >"$tmp/log" 2>&1 </dev/null || code=$?
        printf '%s\n' "$code" >"$tmp/code"
    ) &
}
is() { check "$2" result_of "$1"; }
result_of() {
    eventually 150 test -s "$suite_tmp/$1/code"
    code=$(cat "$suite_tmp/$1/code")
    if [ "$code" -ne 0 ] && [ "$code" -ne 77 ]; then tail -n 30 "$suite_tmp/$1"/*.log; fi
    cat "$suite_tmp/$1/log"
    exit "$code"
}
for one in stop stop_while_away group_stop hangs killed restarted heart_killed keeper_killed cycled cycled_and_hangs alone two \
    hanging_command snoozed; do
    run_case "$one"
done

is stop 'init:stop/0 retires the lease: the board lives on'
is stop_while_away 'a VM that stops while the keeper is away retires its lease when it is back'
is group_stop 'SIGTERM to VM and heart at once retires the lease'
is hangs 'a VM that hangs is ended, its command run, and the board ended by the hard deadline'
is killed 'a VM that is killed, and a command that fails, end the board by the hard deadline'
is hanging_command 'a command that hangs is left alone, and the board ended by the hard deadline'
is restarted 'a command that starts the VM anew keeps the board: the new heart has the lease'
is heart_killed 'a heart that is killed: the keeper runs its command and ends the board'
is keeper_killed 'a keeper that is killed again and again ends no healthy board, and still a hanging one'
is cycled 'heart:cycle/0 a hundred times, then an orderly end: the board lives on'
is cycled_and_hangs 'heart:cycle/0 a hundred times: the last heart guards'
is snoozed 'a VM that hangs while its lease is snoozed is neither ended nor its board'
is alone 'an unknown lease ends no board'
is two 'of two VMs on two leases the one that hangs ends the board'
finish
