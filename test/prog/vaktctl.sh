#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# vaktctl: its words, its exit status and its limits, before keepers that hang, lie or refuse (build/test/prog/ctl_peer), and
# with a real one, real hearts and a simulated board. The VM is a shell that beats; its heart command starts the next one.
. test/prog/lib.sh
suite vaktctl
. test/prog/lib-ctl.sh

# peer MODE ...: a keeper that is not one, at $peer_socket.
peer() {
    peer_socket=$near/p$((passed + failed + skipped)).$1$#
    rm -f "$peer_socket"
    spawn "$top/build/test/prog/ctl_peer" "$peer_socket" "$@"
    peer_pid=$spawned
    eventually 20 there "$peer_socket"
}
next_peer() {
    kill "$peer_pid"
    rm -f "$peer_socket"
    peer "$@"
}

# ---- the command line ----

usage() {
    run 0 --help
    says '^usage: vaktctl'
    says 'Exit status: 0 done, 1 refused or found, 2 usage, 3 the keeper'
    run 0 --version
    says '^vaktctl [0-9]'
    run 2
    complains 'what shall be done'
    run 2 frobnicate
    complains "'frobnicate' is nothing vaktctl does"
    run 2 status --frob
    run 2 snooze 0
    run 2 snooze 901
    run 2 drill hang-cat
    run 2 disarm 8
    [ ! -s "$tmp/out" ] || fail 'a usage error on standard output'
}

no_keeper() {
    for verb in status watch healthy 'snooze 1' 'disarm --yes' 'drill hang-vm --yes' 'reboot --yes'; do
        # shellcheck disable=SC2086 # words
        run 3 --socket "$near/absent" $verb
        complains 'No such file or directory; is wd_keeper running?'
    done
    VAKT_KEEPER_SOCKET=$near/elsewhere "$ctl" status 2>&1 | grep -q "$near/elsewhere" || fail 'VAKT_KEEPER_SOCKET'
}

nobody_is_waited_for() {
    peer hang
    for verb in status watch healthy 'snooze 1 otp' 'disarm --yes' 'drill hang-vm --yes' 'reboot --yes'; do
        # shellcheck disable=SC2086 # words
        run 3 --socket "$peer_socket" --timeout 1 $verb
        complains 'does not answer'
    done
    next_peer half
    run 3 --socket "$peer_socket" --timeout 1 status
    complains 'does not answer'
}

liars() {
    for mode in garbage rows; do
        peer "$mode"
        run 3 --socket "$peer_socket" status
        complains 'does not speak as this version'
        [ ! -s "$tmp/out" ] || fail "something was shown: $(cat "$tmp/out")"
        kill "$peer_pid"
    done
    peer close
    run 3 --socket "$peer_socket" status
    complains 'closed the connection'
}

refusals() {
    # REFUSAL VERB WORDS
    while read -r refusal verb words; do
        peer answer "$refusal"
        # shellcheck disable=SC2046 # words
        run 1 --socket "$peer_socket" --yes $(printf '%s' "$verb" | tr '_' ' ')
        complains "refused: .*$words"
        kill "$peer_pid"
        rm -f "$peer_socket"
    done <<'END'
1 snooze_5 keeper.conf has no such lease
2 snooze_5 beat timeout + boot delay - 10 s
3 snooze_5 may not snooze; root may
3 drill_hang-vm may not drill
3 disarm may not disarm
3 reboot may not reboot
3 healthy holds no lease
4 snooze_5 given up already
5 snooze_5 no such lease
5 drill_hang-vm no heart holds this lease
5 drill_stop-petting no watchdog is armed
5 disarm no such watchdog
6 poweroff the board is ending already
6 halt_--now the board is ending already
7 disarm_0 nowayout
END
}

drills_have_ends() {
    peer verdict
    run 0 --socket "$peer_socket" --yes drill hang-vm
    says 'otp: reboot: no beat from the VM'
    says 'the board is being reset'
    next_peer overdue
    run 1 --socket "$peer_socket" --yes drill hang-vm
    says 'the hard deadline has passed'
    complains 'did NOT hold'
}

names_command_no_terminal() {
    peer names
    run 0 --socket "$peer_socket" status
    run 0 --socket "$peer_socket" status --json
    cat "$tmp/out" >"$tmp/all"
    run 0 --socket "$peer_socket" watch 1
    says '??*\[2J: does not count any more'
    cat "$tmp/out" >>"$tmp/all"
    if tr -d '\n' <"$tmp/all" | LC_ALL=C grep -q '[[:cntrl:]]'; then fail 'a control character was shown'; fi
}

# at_terminal ANSWER STATUS COMMAND
at_terminal() {
    code=0
    printf '%s\n' "$1" | script -qec "$3" /dev/null >"$tmp/out" 2>&1 || code=$?
    equal "$2" "$code" "status after '$1' ($(cat "$tmp/out"))"
}
asks_first() {
    command -v script >/dev/null || skip 'script is not installed'
    peer answer 0
    run 2 --socket "$peer_socket" reboot
    complains 'this ends the board (reboot); without a terminal, say --yes'
    run 2 --socket "$peer_socket" drill hang-heart
    complains 'this stops the heart of lease otp.*this resets the board'
    run 2 --socket "$peer_socket" disarm
    complains 'this disarms /dev/fake for good'
    at_terminal no 1 "$ctl --socket $peer_socket poweroff"
    says 'nothing was done'
    at_terminal '' 1 "$ctl --socket $peer_socket poweroff"
    at_terminal yes 0 "$ctl --socket $peer_socket poweroff"
    says 'power off has begun'
    at_terminal yes 0 "$ctl --socket $peer_socket disarm"
    says '/dev/fake is disarmed'
}

colours() {
    command -v script >/dev/null || skip 'script is not installed'
    peer answer 0
    escape=$(printf '\033')
    run 0 --socket "$peer_socket" status
    if grep -q "$escape" "$tmp/out"; then fail 'colour without a terminal'; fi
    TERM=xterm at_terminal '' 0 "$ctl --socket $peer_socket status"
    says "$escape"
    for how in 'env NO_COLOR=1 TERM=xterm' 'env TERM=dumb'; do
        at_terminal '' 0 "$how $ctl --socket $peer_socket status"
        if grep -q "$escape" "$tmp/out"; then fail "colour with $how"; fi
    done
    at_terminal '' 0 "env TERM=xterm $ctl --no-colour --socket $peer_socket status"
    if grep -q "$escape" "$tmp/out"; then fail 'colour with --no-colour'; fi
}

reports() {
    mkdir "$tmp/run"
    run 1 reset --run "$tmp/run"
    complains 'wd_keeper has it made when it starts'
    printf '{"version":1,"cause":"vm_hang","confidence":"high","last_lines":["a\\u001b[31m"]}' >"$tmp/run/reset_report.json"
    run 0 reset --run "$tmp/run"
    says '^Cause     vm_hang'
    says '^  a?\[31m$'
    run 0 reset --run "$tmp/run" --json
    says '"a\\u001b\[31m"'
    printf '{"version":1,' >"$tmp/run/reset_report.json"
    run 1 reset --run "$tmp/run"
    complains 'not a JSON object'
    run 1 reset --run "$tmp/run" --json
    head -c 1100000 /dev/zero >"$tmp/run/reset_report.json"
    run 1 reset --run "$tmp/run"
    rm "$tmp/run/reset_report.json"
    mkfifo "$tmp/run/reset_report.json"
    run 1 reset --run "$tmp/run"
    complains 'no regular file'
}

check 'help, version, and what is not understood' usage
check 'no keeper is status 3 for every verb' no_keeper
check 'a keeper that hangs is not waited for beyond --timeout' nobody_is_waited_for
check 'what is no keeper is told, and shows nothing' liars
check 'every refusal is told with its cure, whatever news come before it' refusals
check 'a drill ends with the board, or says that it did not' drills_have_ends
check 'names from outside cannot command a terminal' names_command_no_terminal
check 'what ends or disarms asks first, and only yes is yes' asks_first
check 'colour is for terminals that want it' colours
check 'the reset report, also a broken, an endless and a missing one' reports

# ---- a real keeper on a simulated board ----

# board DIR LEASE ...: a board whose keeper has these leases (user 0); the first has a VM that beats.
board() {
    at=$1
    first=$2
    shift
    mkdir -p "$at/run" "$at/state" "$at/pstore"
    chmod 0755 "$at"
    {
        printf 'leases = (\n'
        comma=''
        for name in "$@"; do
            printf '%s{ name = "%s"; user = 0; beat_timeout = 11; boot_delay = 13; }\n' "$comma" "$name"
            comma=', '
        done
        printf ');\ndevices = ( { driver = "soft"; path = "%s/%s/b"; timeout = 3; } );\n' "$top" "$at"
    } >"$at/keeper.conf"
    cat >"$at/vm" <<END
exec >>$at/vm.log 2>&1
rm -f $at/port
mkfifo $at/port
sh -c 'echo \$\$ >$at/pid; exec >$at/port; while :; do printf "\\000\\001\\002"; sleep 0.2; done' &
VAKT_LEASE=$first VAKT_KEEPER_SOCKET=$at/k HEART_COMMAND="sh $at/vm" $bin/heart -pid \$! -ht 11 -wt 13 <$at/port
END
    cat >"$at/boot" <<END
sh $at/vm &
exec $bin/wd_keeper --foreground --config $at/keeper.conf --socket $at/k --state $at/state --run $at/run \
    --pstore $at/pstore --pmsg $at/none --end-command /bin/false
END
    "$bin/soft_board" --socket "$top/$at/b" --log "$at/log" --boots 1 -- sh "$at/boot" >"$at/said" 2>&1 &
    board_pid=$!
}
holds() { "$ctl" --socket "$1/k" status 2>/dev/null | grep -q 'VM [0-9]'; }

# The drill that takes longest runs beside everything else.
hung=$near/h
board "$hung" otp
hung_pid=$board_pid
guarded=$near/g
board "$guarded" otp other
guarded_pid=$board_pid
trap 'kill "$hung_pid" "$guarded_pid" 2>/dev/null; wait "$hung_pid" "$guarded_pid" 2>/dev/null; rm -rf "$suite_tmp"' EXIT
(
    eventually 30 holds "$hung"
    code=0
    "$ctl" --socket "$hung/k" --yes drill hang-vm >"$hung/out" 2>"$hung/err" || code=$?
    printf '%s\n' "$code" >"$hung/code"
) >/dev/null 2>&1 &

real_status() {
    eventually 30 holds "$guarded"
    run 0 --socket "$guarded/k" status
    says '^Board     guarded'
    says '  otp .*VM [0-9]'
    says 'never seen; not required'
    says "/b  armed"
    run 0 --socket "$guarded/k" status --json
    valid_json "$tmp/out"
    keys_are_documented
    run 0 --run "$guarded/run" reset --json
    valid_json "$tmp/out"
    keys_are_documented
    run 0 --run "$guarded/run" reset
    says '^Cause     unknown'
}
valid_json() {
    erl -noshell -pa "$top"/build/lib/vakt-*/ebin -eval "
        {ok, Bytes} = file:read_file(\"$1\"),
        halt(case vakt_json:decode(Bytes) of {ok, #{<<\"version\">> := 1}} -> 0; Other -> io:format(\"~p~n\", [Other]), 1 end)." ||
        fail "not JSON: $(cat "$1")"
}
keys_are_documented() {
    sed 's/"[a-z_]*":/\n&\n/g' "$tmp/out" | sed -n 's/^"\([a-z_]*\)":$/\1/p' | sort -u >"$tmp/keys"
    [ "$(wc -l <"$tmp/keys")" -gt 10 ] || fail 'too few keys'
    while read -r key; do
        grep -q -w -e "$key" "$top/src/prog/vaktctl.1" || fail "$key is not in vaktctl.1"
    done <"$tmp/keys"
}

real_requests() {
    eventually 30 holds "$guarded"
    run 0 --socket "$guarded/k" healthy
    run 0 --socket "$guarded/k" snooze 5
    says 'otp counts as good for 5 s'
    run 1 --socket "$guarded/k" snooze 5 other
    complains 'no such lease, or it counts for nothing'
    run 1 --socket "$guarded/k" --yes drill kill-vm other
    complains 'no heart holds this lease'
    run 1 --socket "$guarded/k" --yes disarm 3
    complains 'no such watchdog is armed'
}

strangers() {
    [ "$(id -u)" -eq 0 ] || skip 'needs root to be somebody else'
    eventually 30 holds "$guarded"
    for verb in 'drill hang-vm' 'reboot' 'disarm' 'snooze 5 otp'; do
        code=0
        # shellcheck disable=SC2086 # words
        setpriv --reuid 1234 --clear-groups -- "$ctl" --socket "$guarded/k" --yes $verb >"$tmp/out" 2>"$tmp/err" || code=$?
        equal 1 "$code" "$verb"
        complains 'uid 1234 may not'
    done
    setpriv --reuid 1234 --clear-groups -- "$ctl" --socket "$guarded/k" status >/dev/null || fail 'a stranger may look'
}

killed_vm_recovers() {
    eventually 30 holds "$guarded"
    before=$(cat "$guarded/pid")
    spawn sh -c "exec $ctl --socket $guarded/k watch --json 60 >$tmp/news"
    run 0 --socket "$guarded/k" --yes drill kill-vm
    says 'a drill'
    says 'otp: given up: the VM \(crashed\|closed its port\)'
    says 'D in [0-9.]* s'
    says 'The chain held: the lease is good again'
    [ "$before" != "$(cat "$guarded/pid")" ] || fail 'it is the same VM'
    eventually 20 grep -q '"kind":"recovered"' "$tmp/news"
    head -n 1 "$tmp/news" >"$tmp/one"
    valid_json "$tmp/one"
}

petting_stops() {
    eventually 30 holds "$guarded"
    run 0 --socket "$guarded/k" --yes drill stop-petting
    says 'reboot by the hardware alone'
    says 'nothing pets any more'
    says 'the board is being reset'
    eventually 20 grep -q ' expired' "$guarded/log"
}

hung_vm_recovers() {
    eventually 60 test -s "$hung/code"
    cp "$hung/out" "$tmp/out"
    equal 0 "$(cat "$hung/code")" "status ($(cat "$hung/out" "$hung/err"))"
    says 'otp: silent for 50 % of its beat timeout'
    says 'otp: silent for 75 % of its beat timeout'
    says 'otp: given up: no beat from the VM'
    says 'The chain held: the lease is good again'
    if grep -q expired "$hung/log"; then fail 'the board was reset'; fi
}

check 'a real keeper is shown, for people and as JSON with documented keys' real_status
check 'requests are carried out, or refused in words' real_requests
check 'a stranger may look and nothing else' strangers
check 'drill kill-vm: given up, heart command, a new VM, recovered; watch tells it too' killed_vm_recovers
check 'drill stop-petting: the hardware resets the board' petting_stops
check 'drill hang-vm: warned twice, given up, recovered within the deadline' hung_vm_recovers
finish
