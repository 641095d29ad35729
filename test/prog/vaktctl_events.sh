#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# vaktctl events and vaktctl account: before bridges that hang, lie, refuse, lose the connection or many events
# (build/test/prog/events_peer), and with a real one that reads a FIFO and a socket.
. test/prog/lib.sh
suite vaktctl_events
. test/prog/lib-ctl.sh

# peer MODE ...: a bridge that is not one, at $socket; what it is asked is in $tmp/asked.
peer() {
    socket=$near/p$((passed + failed + skipped)).$1$#
    spawn "$top/build/test/prog/events_peer" "$socket" "$@" >"$tmp/asked"
    eventually 20 there "$socket"
}
# texts FILE: the numbers of the peer's events, and "lost", one a line.
texts() { sed -n 's/^.*: text \([0-9]*\)$/\1/p; s/^-- .*/lost/p' "$1"; }
# number ... (one a line)
lines() { printf '%s\n' "$@"; }
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }

no_bridge() {
    for verb in events account 'events -f'; do
        # shellcheck disable=SC2086 # words
        run 3 --bridge "$near/absent" $verb
        complains 'absent: No such file or directory; is syslog_bridge running?'
    done
    VAKT_BRIDGE_SOCKET=$near/elsewhere "$ctl" events 2>&1 | grep -q "$near/elsewhere" || fail 'VAKT_BRIDGE_SOCKET'
    run 2 events --severity loud
    complains 'wants one of emerg alert crit'
}

strangers() {
    for mode in hang mute; do
        peer "$mode"
        run 3 --bridge "$socket" --timeout 1 events
        complains 'does not answer'
    done
    run 3 --bridge "$socket" --timeout 1 account
    complains 'does not answer'
    for mode in garbage broken; do
        peer "$mode"
        run 3 --bridge "$socket" events
        complains 'does not speak as this version'
        [ ! -s "$tmp/out" ] || fail "something was shown: $(cat "$tmp/out")"
    done
    peer close
    run 3 --bridge "$socket" events -f
    complains 'closed the connection'
    peer refuse
    for verb in events account 'events -f'; do
        # shellcheck disable=SC2086 # words
        run 1 --bridge "$socket" $verb
        complains 'the bridge refuses: not ?\[2J you'
    done
}

kept() {
    peer events 12
    run 0 --bridge "$socket" events
    equal "$(lines 1 2 lost 5 6 7 8 9 10 11 12)" "$(texts "$tmp/out")"
    says ' board daemon.alert app1: text 1$'
    says '^-- 2 lost of fifo (overrun), numbers 3 to 4$'
    run 0 --bridge "$socket" events -n 3
    equal "$(lines 10 11 12)" "$(texts "$tmp/out")"
    run 0 --bridge "$socket" events --after 0b000700-0000-0000-0000-000000000000:10
    equal "$(lines 11 12)" "$(texts "$tmp/out")"
    run 0 --bridge "$socket" events --after 0b000700-0000-0000-0000-000000000000:12
    [ ! -s "$tmp/out" ] || fail 'nothing is behind the last'
}

filters() {
    peer events 12
    run 0 --bridge "$socket" events --severity err
    equal "$(lines 1 2 lost 8 9 10 11)" "$(texts "$tmp/out")"
    run 0 --bridge "$socket" events --severity err --app app1 --app app2
    equal "$(lines 1 2 lost 8 10 11)" "$(texts "$tmp/out")"
    run 0 --bridge "$socket" events --text 'xt 1' --source fifo --facility daemon -n 2
    equal "$(lines 11 12)" "$(texts "$tmp/out")"
    run 0 --bridge "$socket" events --source kmsg
    equal lost "$(texts "$tmp/out")"
}

many() {
    peer events 50000
    run 0 --bridge "$socket" events
    { lines 1 2 lost && seq 5 50000; } >"$tmp/wanted"
    texts "$tmp/out" | cmp - "$tmp/wanted" || fail 'not every one once'
}

follows() {
    peer events 40
    spawn sh -c "exec $ctl --bridge $socket events -f --severity err >$tmp/live"
    eventually 20 grep -q 'text 41$' "$tmp/live"
    # The last 10 that pass, then of the two that come the one that passes.
    equal "$(lines 19 24 25 26 27 32 33 34 35 40 41)" "$(texts "$tmp/live")"
    grep -q '^narrow, filtered$' "$tmp/asked" || fail 'the bridge was not asked to filter'
    if grep -q -e ack -e nonsense "$tmp/asked"; then fail "it said $(cat "$tmp/asked")"; fi
}

reconnects() {
    peer events 30 8
    spawn sh -c "exec $ctl --bridge $socket events -f -n 1000 >$tmp/live 2>$tmp/err"
    eventually 20 grep -q 'text 32$' "$tmp/live"
    equal "$({ lines 1 2 lost && seq 5 32; })" "$(texts "$tmp/live")"
    equal 3 "$(grep -c '^hello' "$tmp/asked")" connections
    grep -q '^open behind 9, everything$' "$tmp/asked" || fail "$(cat "$tmp/asked")"
    complains 'closed the connection; waiting for it'
}

nobody_reads() {
    peer events 30
    (
        code=0
        "$ctl" --bridge "$socket" events -f 2>"$tmp/err" || code=$?
        printf '%s\n' "$code" >"$tmp/code"
    ) | head -n 1 >"$tmp/out"
    eventually 20 test -s "$tmp/code"
    equal 0 "$(cat "$tmp/code")" status
    [ ! -s "$tmp/err" ] || fail "it said: $(cat "$tmp/err")"
}

names_command_no_terminal() {
    peer names
    run 0 --bridge "$socket" events
    says 'daemon.alert ?\]0;owned?: ?\[31m?$'
    cat "$tmp/out" >"$tmp/all"
    run 0 --bridge "$socket" events --json
    cat "$tmp/out" >>"$tmp/all"
    if tr -d '\n' <"$tmp/all" | LC_ALL=C grep -q '[[:cntrl:]]'; then fail 'a control character was shown'; fi
}

# json_lines FILE: each line is an object.
json_lines() {
    erl -noshell -pa "$top"/build/lib/vakt-*/ebin -eval "
        {ok, Bytes} = file:read_file(\"$1\"),
        [{ok, #{}} = vakt_json:decode(Line) || Line <- binary:split(Bytes, <<\"\\n\">>, [global, trim])],
        halt(0)." || fail "not JSON: $(cat "$1")"
}
# keys_are_documented FILE: in vaktctl.1.
keys_are_documented() {
    sed 's/"[a-z_]*":/\n&\n/g' "$1" | sed -n 's/^"\([a-z_]*\)":$/\1/p' | sort -u >"$tmp/keys"
    [ "$(wc -l <"$tmp/keys")" -gt 8 ] || fail 'too few keys'
    while read -r key; do
        grep -q -w -e "$key" "$top/src/prog/vaktctl.1" || fail "$key is not in vaktctl.1"
    done <"$tmp/keys"
}

json() {
    peer events 12
    run 0 --bridge "$socket" events --json
    json_lines "$tmp/out"
    keys_are_documented "$tmp/out"
    equal 11 "$(wc -l <"$tmp/out")" objects
    says '"gap":2,"source":"fifo","dropped_by":"bridge","reason":"overrun","from":3,"to":4'
    says '"boot_id":"0b000700-0000-0000-0000-000000000000","seq":12,"source":"fifo",.*"text":"text 12"'
}

accounts() {
    good='source fifo kind=fifo received=3 accepted=1 folded=1 held_back=1 withheld=0 lost=0'
    printf 'ring size=1048576 begin=1 next=2 kept=1 urgent=0 other=1 dropped=0\n%s\nprocess pid=7\n' "$good" >"$tmp/account"
    peer account "$tmp/account"
    run 0 --bridge "$socket" account
    says '^source    fifo  kind fifo  received 3  accepted 1'
    run 0 --bridge "$socket" account --json
    json_lines "$tmp/out"
    keys_are_documented "$tmp/out"
    says '"sums_hold":true'
    printf '%s\n' "$good" | sed 's/received=3/received=4/' >"$tmp/account"
    run 1 --bridge "$socket" account
    says 'received 4'
    complains 'does not hold: source fifo: received is 4, but accepted + folded + held_back + withheld is 3'
    run 1 --bridge "$socket" account --json
    says '"sums_hold":false'
}

# ---- a real bridge that reads a FIFO and a socket ----

# bridge: returns when it listens; its pid is in $bridge, its socket is $socket.
bridge() {
    socket=$near/b$((passed + failed + skipped))
    [ -p "$tmp/f" ] || mkfifo "$tmp/f"
    cat >"$tmp/conf" <<END
ring = 1048576; metrics_interval = 0; black_box = { size = 0; pmsg = false; };
sources = ( { type = "fifo"; path = "$tmp/f"; }, { type = "socket"; path = "$tmp/s"; } );
END
    spawn "$bin/syslog_bridge" --foreground --config "$tmp/conf" --socket "$socket" --state "$tmp/state" --run "$tmp/run" \
        --pmsg '' 2>>"$tmp/log"
    bridge=$spawned
    eventually 20 answers
}
answers() {
    kill -0 "$bridge" 2>/dev/null || fail "the bridge ended: $(cat "$tmp/log")"
    "$ctl" --bridge "$socket" account >"$tmp/out" 2>/dev/null
}
# say NUMBER ...: lines into the FIFO.
say() { printf '<13>Nov 21 18:04:15 board test[7]: text %s\n' "$@" 1<>"$tmp/f"; }
shows() { "$ctl" --bridge "$socket" events --text "$1" | grep -q .; }

real_events() {
    bridge
    say 1 2
    "$top/build/test/prog/log_sender" -p 27 -t sent "$tmp/s" >"$tmp/sent"
    eventually 20 shows 'text 2'
    eventually 20 shows 00000000
    run 0 --bridge "$socket" events --source fifo
    says 'board user.notice test\[7\]: text 1$'
    run 0 --bridge "$socket" events --severity err
    says 'daemon.err sent\[[0-9]*\]: '
    run 0 --bridge "$socket" events --source socket --json
    json_lines "$tmp/out"
    keys_are_documented "$tmp/out"
    says "\"source\":\"socket\".*\"uid\":$(id -u),\"sender_pid\":[0-9]"
    run 0 --bridge "$socket" account
    says '^source    fifo  kind fifo  received 2  accepted 2'
    says '^source    socket  kind socket  received 1'
    run 0 --bridge "$socket" account --json
    json_lines "$tmp/out"
}

# Whatever the daemon was doing when it ended: what its ring kept is shown once and in its order.
real_restart() {
    bridge
    say 1 2 3
    eventually 20 shows 'text 3'
    spawn sh -c "exec $ctl --bridge $socket events -f -n 2 --app test >$tmp/live 2>$tmp/err"
    eventually 20 grep -q 'text 3$' "$tmp/live"
    kill -KILL "$bridge"
    wait "$bridge" 2>/dev/null || :
    eventually 20 grep -q 'waiting for it' "$tmp/err"
    bridge
    say 4 5
    eventually 20 grep -q 'text 5$' "$tmp/live"
    equal "$(lines 2 3 4 5)" "$(texts "$tmp/live" | grep -v lost)"
    grep -q '^-- an unknown number of lost of fifo (restart)' "$tmp/live" || fail "no gap: $(cat "$tmp/live")"
    run 0 --bridge "$socket" account
    run 0 --bridge "$socket" events --source fifo
    equal "$(lines 1 2 3 4 5)" "$(texts "$tmp/out" | grep -v lost)"
}

real_stranger() {
    [ "$(id -u)" -eq 0 ] || skip 'needs root to be somebody else'
    bridge
    chmod 0755 "$tmp"
    for verb in events account; do
        code=0
        setpriv --reuid 1234 --regid 1234 --clear-groups -- "$ctl" --bridge "$socket" "$verb" >"$tmp/out" 2>"$tmp/err" || code=$?
        equal 3 "$code" "$verb"
        complains 'Permission denied; root may, and whom bridge.conf names'
    done
}

check 'no bridge is status 3, and said with its cure' no_bridge
check 'a bridge that hangs, lies, closes or refuses is told, and shows nothing' strangers
check 'what is kept is shown once, gaps in their place; -n and --after' kept
check 'only what was asked for is shown, and gaps' filters
check 'credit is granted again as long as there is more' many
check '-f: the last ones, then what comes, filtered by the bridge; nothing is acknowledged' follows
check '-f: a lost connection doubles and loses nothing' reconnects
check 'when nobody reads any more it ends quietly' nobody_reads
check 'events from outside cannot command a terminal' names_command_no_terminal
check '--json is one documented object a line' json
check 'an account is shown, and a sum that does not hold is status 1' accounts
check 'a real bridge: events of a FIFO and a socket, filtered, as JSON, and the account' real_events
check 'a real bridge killed and begun again is followed on, the gap shown, nothing doubled' real_restart
check 'a real bridge lets no stranger read' real_stranger
finish
