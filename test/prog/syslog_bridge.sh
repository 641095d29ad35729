#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# syslog_bridge as a whole: real sources, real sockets, real ends. What the ring, the clients and the sources decide by
# themselves has its unit tests.
# shellcheck disable=SC2154 # set by lib.sh
. test/prog/lib.sh
suite syslog_bridge
tools=$top/build/test/prog

# conf [LINE]: a FIFO and a socket of our own, and what else is wanted, before them.
conf() {
    cat >"$tmp/conf" <<CONF
ring = 1048576; metrics_interval = 0; black_box = { size = 0; pmsg = false; };
${1:-}
sources = (
    { type = "fifo"; path = "$tmp/f"; },
    { type = "socket"; path = "$tmp/s"; mode = "0666"; }${2:-}
);
CONF
    [ -p "$tmp/f" ] || mkfifo -m 0666 "$tmp/f"
}
# bridge: with $tmp/conf; returns when it listens. Its pid is in $bridge.
as=''
with=''
bridge() {
    # shellcheck disable=SC2086 # words
    spawn $as "$bin/syslog_bridge" --foreground --config "$tmp/conf" --state "$tmp/state" --run "$tmp/run" --pmsg '' $with 2>>"$tmp/log"
    bridge=$spawned
    eventually 20 listens
}
listens() {
    kill -0 "$bridge" 2>/dev/null || fail "the bridge ended: $(cat "$tmp/log")"
    "$tools/bridge_peer" "$tmp/run/bridge.sock" hello >"$tmp/probe" 2>&1
}
said() { grep -q -- "$1" "$tmp/log"; }
end() {
    kill "-${2:-TERM}" "$1"
    status=0
    wait "$1" 2>/dev/null || status=$?
}
peer() { timeout 60 "$tools/bridge_peer" "$tmp/run/bridge.sock" "$@"; }
has_name() { peer hello account | grep -q "name=$1 "; }
write() { printf '<13>Nov 21 18:04:15 host test: %s\n' "$@" 1<>"$tmp/f"; }
# value SUBJECT KEY <ACCOUNT
value() { sed -n "s/^$1 .*[ ]$2=\\([^ ]*\\).*/\\1/p;s/^$1 $2=\\([^ ]*\\).*/\\1/p" | head -n 1; }
descriptors() { find "/proc/$1/fd" -mindepth 1 | wc -l; }
sleeps() { sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' "/proc/$1/status"; }

printf ' how it begins\n'

options() {
    "$bin/syslog_bridge" --version | grep -q '^syslog_bridge [0-9]' || fail 'no version'
    status=0
    "$bin/syslog_bridge" --nonsense 2>"$tmp/log" || status=$?
    equal 64 "$status" 'no such option'
    status=0
    "$bin/syslog_bridge" --config 2>"$tmp/log" || status=$?
    equal 64 "$status" 'no value'
    status=0
    "$bin/syslog_bridge" --config "$tmp/none" --run "$tmp/run" --state "$tmp/state" 2>"$tmp/log" || status=$?
    equal 78 "$status" 'no file'
    [ ! -e "$tmp/run" ] || fail 'something was made'
}
check 'options that are none, and a file that is not there, are refused with words' options

wrong_files() {
    conf 'rnig = 5;'
    status=0
    "$bin/syslog_bridge" --config "$tmp/conf" --run "$tmp/run" --state "$tmp/state" 2>"$tmp/log" || status=$?
    equal 78 "$status"
    said "$tmp/conf:2: .*rnig" || fail "no line is named: $(cat "$tmp/log")"
}
check 'a wrong bridge.conf is refused by file and line' wrong_files

# checks STATUS RING DIR
checks() {
    conf
    sed -i "s/^ring = [0-9]*;/$2/" "$tmp/conf"
    status=0
    "$bin/syslog_bridge" --check --config "$tmp/conf" --run "$3" 2>"$tmp/log" || status=$?
    equal "$1" "$status" "$2 $3: $(cat "$tmp/log")"
}
ring_without_room() {
    [ "$(id -u)" -eq 0 ] || skip 'only root can mount'
    mkdir "$tmp/small"
    mount -t tmpfs -o size=2m vakt-ring "$tmp/small" || skip 'no tmpfs can be mounted here'
    trap 'end_spawned; umount -l "$tmp/small"' EXIT
    # The directory itself is made by a start.
    checks 78 '' "$tmp/small/vakt/bridge"
    equal "$tmp/conf: ring = 4194304: $tmp/small/vakt/bridge has room for 2097152 bytes in all" "$(cat "$tmp/log")"
    checks 78 'ring = 2097153;' "$tmp/small"
    checks 0 'ring = 2097152;' "$tmp/small"
    equal '' "$(ls "$tmp/small")" 'something was made'
    mount -o remount,size=0 "$tmp/small"
    checks 0 '' "$tmp/small"
    # The usual directory, where it is there.
    # shellcheck disable=SC2016 # for the inner shell
    answer=$(unshare --mount --propagation private sh -eu -c '
        mount -t tmpfs -o size=2m vakt-run /run
        for wanted in 0 78; do
            status=0
            "$0" --check --config "$1" || status=$?
            [ "$status" -eq "$wanted" ] || echo "status $status, not $wanted"
            mkdir -p /run/vakt
        done' "$bin/syslog_bridge" "$tmp/conf" 2>&1)
    equal "$tmp/conf: ring = 4194304: /run/vakt has room for 2097152 bytes in all" "$answer"
}
check '--check refuses a ring that its file system can never have' ring_without_room

one_at_a_time() {
    conf
    bridge
    status=0
    "$bin/syslog_bridge" --config "$tmp/conf" --run "$tmp/run" --state "$tmp/state" --socket "$tmp/other" 2>"$tmp/log2" || status=$?
    equal 1 "$status" 'a second one with the same ring'
    grep -q 'bridge.ring is held by another process' "$tmp/log2" || fail "$(cat "$tmp/log2")"
    status=0
    "$bin/syslog_bridge" --config "$tmp/conf" --run "$tmp/run2" --state "$tmp/state" --socket "$tmp/run/bridge.sock" 2>"$tmp/log2" || status=$?
    equal 1 "$status" 'a second one with the same socket'
    grep -q 'another process listens at' "$tmp/log2" || fail "$(cat "$tmp/log2")"
    peer hello | grep -q '^welcome' || fail 'the first has suffered'
    end "$bridge" KILL
    bridge
    peer hello | grep -q '^welcome' || fail 'a dead one is not followed'
    end "$bridge"
    equal 0 "$status" 'SIGTERM'
    [ ! -e "$tmp/run/bridge.sock" ] || fail 'the socket stays'
}
check 'a second one is refused; one that died is followed; SIGTERM is an orderly end' one_at_a_time

given() {
    command -v systemd-socket-activate >/dev/null || skip 'no systemd-socket-activate'
    conf
    mkdir "$tmp/run"
    spawn systemd-socket-activate -l "$tmp/given" --fdname=bridge \
        "$bin/syslog_bridge" --config "$tmp/conf" --state "$tmp/state" --run "$tmp/run" --pmsg '' 2>>"$tmp/log"
    eventually 20 test -S "$tmp/given"
    "$tools/bridge_peer" "$tmp/given" hello | grep -q '^welcome' || fail 'not served'
    [ ! -e "$tmp/run/bridge.sock" ] || fail 'it listens elsewhere too'
    end "$spawned"
    [ -S "$tmp/given" ] || fail 'the socket was not its own to remove'
}
check 'a socket that the service manager gives is served' given

as_a_user() {
    [ "$(id -u)" -eq 0 ] || skip 'not root'
    conf
    mkdir "$tmp/run" "$tmp/state" "$tmp/d"
    chown 65534:65534 "$tmp/run" "$tmp/state" "$tmp/d" "$tmp/f"
    chmod 0755 "$tmp"
    sed -i "s|$tmp/s\"|$tmp/d/s\"|" "$tmp/conf"
    as='setpriv --reuid=65534 --regid=65534 --clear-groups --'
    bridge
    logger -u "$tmp/d/s" hello
    peer hello open=oldest credit=9 until=hello | grep -q 'socket pri=13' || fail 'no record'
    setpriv --reuid=65534 --regid=65534 --clear-groups -- "$tools/bridge_peer" "$tmp/run/bridge.sock" hello >"$tmp/out" || fail 'its own user may not'
    chmod 0666 "$tmp/run/bridge.sock"
    setpriv --reuid=1 --regid=1 --clear-groups -- "$tools/bridge_peer" "$tmp/run/bridge.sock" refused >"$tmp/out" || fail 'not refused'
    grep -q '^refused 2 ' "$tmp/out" || fail "$(cat "$tmp/out")"
}
check 'as an ordinary user it does its work, and refuses strangers' as_a_user

readers() {
    [ "$(id -u)" -eq 0 ] || skip 'not root'
    conf 'users = [ 1 ]; group = 2;'
    bridge
    chmod 0755 "$tmp" "$tmp/run"
    equal 666 "$(stat -c %a "$tmp/run/bridge.sock")" mode
    may() { setpriv "$@" --clear-groups -- "$tools/bridge_peer" "$tmp/run/bridge.sock" hello >"$tmp/out" 2>&1; }
    may --reuid=1 --regid=1 || fail 'a user'
    may --reuid=3 --regid=2 || fail 'a group'
    setpriv --reuid=3 --regid=3 --groups=4,2 -- "$tools/bridge_peer" "$tmp/run/bridge.sock" hello >"$tmp/out" || fail 'a second group'
    ! may --reuid=3 --regid=3 || fail 'a stranger'
}
check 'users and members of the group may read, nobody else' readers

printf ' what it reads\n'

through_rsyslogd() {
    # shellcheck disable=SC2034 # for lib-daemons.sh
    daemon=rsyslog
    . test/prog/lib-daemons.sh
    fresh
    start_daemon
    conf
    sed -i "s|$tmp/f|$own/syslog.otp|" "$tmp/conf"
    bridge=''
    spawn "$bin/syslog_bridge" --config "$tmp/conf" --state "$tmp/state" --run "$tmp/run" --pmsg '' 2>>"$tmp/log"
    bridge=$spawned
    eventually 20 listens
    open_way
    bulk -n 2000
    peer hello open=oldest window=500 until=00001999 >"$tmp/got"
    equal 2000 "$(grep -c ' fifo .* app=bulk .* [0-9]\{8\} o' "$tmp/got")" 'what rsyslogd wrote'
}
check 'what a real rsyslogd writes into the FIFO comes whole' through_rsyslogd

own_socket() {
    conf
    bridge
    logger -u "$tmp/s" -p kern.err -t me 'by logger' &
    wait $!
    printf '<14>as it came' | "$tools/log_sender" -i "$tmp/s"
    peer hello open=oldest credit=9 'until=as it came' >"$tmp/got"
    grep -q "socket pri=11 app=me pid=[1-9][0-9]* uid=$(id -u) .* by logger" "$tmp/got" || fail "$(cat "$tmp/got")"
    grep -q 'socket pri=14 .* as it came' "$tmp/got" || fail "$(cat "$tmp/got")"
    end "$bridge"
    [ ! -e "$tmp/s" ] || fail 'the socket stays'
}
check "messages to its own socket come with the kernel's word of who sent them" own_socket

given_source() {
    command -v systemd-socket-activate >/dev/null || skip 'no systemd-socket-activate'
    conf
    sed -i "s|path = \"$tmp/s\"|path = \"/nowhere/s\"|" "$tmp/conf"
    spawn systemd-socket-activate -d -l "$tmp/given" --fdname=socket \
        "$bin/syslog_bridge" --config "$tmp/conf" --state "$tmp/state" --run "$tmp/run" --pmsg '' 2>>"$tmp/log"
    bridge=$spawned
    eventually 20 test -S "$tmp/given"
    logger -u "$tmp/given" 'by another door'
    eventually 20 listens
    peer hello open=oldest credit=9 'until=by another door' | grep -q 'socket pri=13' || fail 'no record'
}
check "a source's socket that the service manager gives is read" given_source

# What journald forwards to the socket that systemd has for it, syslog.socket.
given_forwarding() {
    command -v systemd-socket-activate >/dev/null || skip 'no systemd-socket-activate'
    [ "$(id -u)" -eq 0 ] || skip 'journald is root'
    conf '' ', { type = "forward"; path = "/nowhere/journal"; }'
    spawn systemd-socket-activate -d -l "$tmp/given" --fdname=syslog \
        "$bin/syslog_bridge" --config "$tmp/conf" --state "$tmp/state" --run "$tmp/run" --pmsg '' 2>>"$tmp/log"
    bridge=$spawned
    eventually 20 test -S "$tmp/given"
    printf '<14>Nov 21 18:04:15 daemon[7]: forwarded' | "$tools/log_sender" -i "$tmp/given"
    eventually 20 listens
    printf '<46>Nov 21 18:04:15 systemd-journald[5]: Forwarding to syslog missed 12 messages.' | "$tools/log_sender" -i "$tmp/given"
    printf '<14>Nov 21 18:04:15 daemon[7]: behind them' | "$tools/log_sender" -i "$tmp/given"
    peer hello open=oldest credit=9 'until=behind them' >"$tmp/got"
    grep -q '^record [0-9]* forward pri=14 app=daemon .* forwarded$' "$tmp/got" || fail "no record: $(cat "$tmp/got")"
    grep -q '^gap [0-9]* forward source 12 ' "$tmp/got" || fail "no gap: $(cat "$tmp/got")"
    equal 2 "$(grep -c '^record' "$tmp/got")" "journald's own words are no record"
}
check 'the forwarding socket that the service manager has is read, and what journald could not forward is a gap' given_forwarding

udp() {
    port=$((20000 + $$ % 20000))
    conf '' ", { type = \"udp\"; port = $port; buffer = 4096; }"
    bridge
    spawn "$tools/bridge_peer" "$tmp/run/bridge.sock" hello=u sources=udp open=oldest window=100 'until=number 1005 ' >"$tmp/got"
    client=$spawned
    eventually 20 has_name u
    timeout 60 "$tools/bridge_load" udp "$port" 50 1000 >"$tmp/out"
    # What comes while nobody reads has little room.
    kill -STOP "$bridge"
    timeout 60 "$tools/bridge_load" udp "$port" 1000 0 >>"$tmp/out"
    kill -CONT "$bridge"
    # The last one of these comes through.
    eventually 60 comes_by_udp
    grep -q '^gap [0-9]* udp source [1-9]' "$tmp/got" || fail "nothing was lost: $(cat "$tmp/out")"
    sent=$(awk '{ n += $2 } END { print n }' "$tmp/out")
    eventually 20 udp_adds_up
}
udp_adds_up() {
    peer hello account >"$tmp/account"
    [ "$sent" -eq "$(($(value 'source udp' received <"$tmp/account") + $(value 'source udp' lost <"$tmp/account")))" ]
}
# Some more, until the reader has the last one.
comes_by_udp() {
    timeout 60 "$tools/bridge_load" udp "$port" 1010 1000 >>"$tmp/out"
    ! kill -0 "$client" 2>/dev/null
}
check 'UDP: what is sent is received, or counted in a gap' udp

kmsg() {
    conf '' ", { type = \"kmsg\"; }"
    mkfifo "$tmp/k"
    exec 9<>"$tmp/k" # the device: whoever opens it gets all that is kept
    with="--kmsg $tmp/k"
    kernel 0 9
    bridge
    peer hello open=oldest credit=10 read=10 >"$tmp/got"
    end "$bridge" KILL
    kernel 0 14
    bridge
    peer hello open=oldest window=50 'until=number 14' >"$tmp/got"
    ! grep -q '^gap [0-9]* kmsg' "$tmp/got" || fail "a gap where nothing is missing: $(cat "$tmp/got")"
    equal "$(seq 0 14)" "$(sed -n 's/^record .* kmsg .*number //p' "$tmp/got")" 'each once'
    end "$bridge" KILL
    kernel 17 20
    bridge
    peer hello open=oldest window=50 'until=number 20' >"$tmp/got"
    grep -q '^gap [0-9]* kmsg source 2 ' "$tmp/got" || fail "not two: $(cat "$tmp/got")"
    equal "$(seq 0 14; seq 17 20)" "$(sed -n 's/^record .* kmsg .*number //p' "$tmp/got")" 'each once'
}
# kernel FROM TO: records of these numbers; one write each, as one read is one of them.
kernel() { for number in $(seq "$1" "$2"); do printf '6,%s,%s000,-;number %s\n' "$number" "$number" "$number" >&9; done; }
check 'kmsg goes on exactly after a kill; what the kernel dropped meanwhile is a gap of so many' kmsg

journal() {
    [ "$(id -u)" -eq 0 ] || skip 'a private journald needs root'
    [ -d build/daemons/journald ] || skip 'no systemd-journald (scripts/get-daemons.sh test fetches it)'
    [ "${VAKT_CONFINED:-}" = 1 ] || skip 'runs under scripts/confine.sh'
    own=/dev/shm/b
    mkdir -p "$own"
    spawn scripts/private-journald.sh "$own" >>"$tmp/journald" 2>&1
    eventually 20 journald_answers
    conf '' ", { type = \"journal\"; path = \"$own/run/log/journal\"; }"
    bridge
    grep -q 'without systemd' "$tmp/log" && skip 'built without libsystemd'
    spawn "$tools/log_sender" -t bulk -n 3000 -r 1500 "$own/run/systemd/journal/dev-log" >/dev/null
    sender=$spawned
    for _ in 1 2 3 4 5; do
        peer hello open=now credit=300 sources=journal read=100 >/dev/null
        end "$bridge" KILL
        bridge
    done
    wait "$sender" || fail 'the sender'
    peer hello sources=journal open=oldest window=1000 until=00002999 >"$tmp/got"
    ! grep -q '^gap [0-9]* journal' "$tmp/got" || fail "a gap where nothing is missing: $(grep '^gap' "$tmp/got")"
    sed -n 's/^record .* journal .* \([0-9]\{8\}\) o*$/\1/p' "$tmp/got" >"$tmp/numbers"
    equal 3000 "$(wc -l <"$tmp/numbers")" 'how many'
    equal 3000 "$(sort -u "$tmp/numbers" | wc -l)" 'how many different ones'
    # Mapped journal files are the page cache's.
    anonymous=$(awk '/^Pss_Anon/ { print $2 }' "/proc/$bridge/smaps_rollup")
    printf '        anonymous KiB with a journal of 3000 entries read: %s\n' "$anonymous" >&3
    [ "$anonymous" -lt 4096 ] || fail "$anonymous KiB"
    end "$bridge"
    [ -s "$tmp/state/journal.cursor" ] || fail 'its place was not saved'
    rm "$tmp/run/bridge.ring"
    printf '<13>bulk: behind it' | "$tools/log_sender" -i "$own/run/systemd/journal/dev-log"
    bridge
    peer hello sources=journal open=oldest window=1000 'until=behind it' >"$tmp/got"
    equal 1 "$(grep -c '^record' "$tmp/got")" 'what came behind the saved place'
    grep -q '^gap [0-9]* journal restart' "$tmp/got" || fail 'the ring was lost, and it is not said'
}
journald_answers() { printf '<13>probe: up?' | "$tools/log_sender" -i "$own/run/systemd/journal/dev-log" 2>/dev/null; }
check 'the journal goes on exactly over kills, and behind its saved place without a ring' journal 3>&1

printf ' what clients get\n'

filters() {
    conf
    bridge
    for client in 1 2 3; do
        case $client in
            1) set -- least=3 ;;
            2) set -- app=two ;;
            *) set -- text=wanted least=4 ;;
        esac
        spawn timeout 60 "$tools/bridge_peer" "$tmp/run/bridge.sock" "hello=c$client" "$@" open=oldest window=10 until=LAST >"$tmp/got$client"
    done
    eventually 20 has_clients 3
    {
        printf '<11>Nov 21 18:04:15 h one: bad\n<13>Nov 21 18:04:15 h two: good\n'
        printf '<12>Nov 21 18:04:15 h one: wanted\n<13>Nov 21 18:04:15 h one: wanted, not so much\n'
        printf '<10>Nov 21 18:04:15 h two: LAST wanted\n'
    } >"$tmp/f"
    for client in 1 2 3; do eventually 20 grep -q LAST "$tmp/got$client"; done
    equal 'bad' "$(sed -n 's/^record.*repeats=0 \(.*\)/\1/p' "$tmp/got1" | sed '$d')" 'severity'
    equal 'good' "$(sed -n 's/^record.*repeats=0 \(.*\)/\1/p' "$tmp/got2" | sed '$d')" 'program'
    equal 'wanted' "$(sed -n 's/^record.*repeats=0 \(.*\)/\1/p' "$tmp/got3" | sed '$d')" 'text'
}
has_clients() { [ "$(peer hello account | grep -c '^client .*name=c')" -ge "$1" ]; }
check 'several clients get what each has asked for' filters

resumes() {
    conf
    bridge
    write a b c
    peer hello=vm open=oldest credit=2 read=2 ack >"$tmp/got"
    exec 9<>"$tmp/f" # as a syslogd holds it
    end "$bridge" KILL
    write d
    bridge
    peer hello=vm open=acked credit=9 until=d >"$tmp/got"
    equal 'c d' "$(sed -n 's/^record.*repeats=0 \(.*\)/\1/p' "$tmp/got" | tr '\n' ' ' | sed 's/ $//')" 'records'
    grep -q '^gap 4 fifo restart unknown' "$tmp/got" || fail "no gap: $(cat "$tmp/got")"
    grep -q '^gap [56] socket restart unknown' "$tmp/got" || fail "no gap: $(cat "$tmp/got")"
    end "$bridge"
    sed -i 's/1048576/2097152/' "$tmp/conf"
    bridge
    said 'begins with an empty ring' || fail 'another size, the same ring'
    peer hello=vm open=oldest credit=9 read=2 >"$tmp/got"
    grep -q '^gap [0-9]* fifo restart unknown .*the ring was lost' "$tmp/got" || fail "no gap: $(cat "$tmp/got")"
    [ "$(sed -n 's/^welcome oldest=\([0-9]*\).*/\1/p' "$tmp/got")" -gt 4294967296 ] || fail 'numbers that may have been used'
}
check 'a client goes on where it acknowledged, over a kill; a lost ring is a gap, and no number is used twice' resumes

stopped_client() {
    conf
    bridge
    spawn "$tools/bridge_peer" "$tmp/run/bridge.sock" hello=slow open=now credit=1000000 quiet rest=60000
    slow=$spawned
    eventually 20 has_name slow
    timeout 60 "$tools/bridge_load" socket "$tmp/s" 20000 10000 >"$tmp/before"
    kill -STOP "$slow"
    timeout 60 "$tools/bridge_load" socket "$tmp/s" 20000 10000 >"$tmp/while"
    timeout 60 "$tools/bridge_load" fifo "$tmp/f" 20000 10000 >"$tmp/fifo"
    peer hello account >"$tmp/account"
    kill -CONT "$slow"
    printf '        client reads:    %s\n        client stopped:  %s\n        ... into a FIFO: %s\n' "$(cat "$tmp/before")" "$(cat "$tmp/while")" "$(cat "$tmp/fifo")" >&3
    equal 'wrote 20000 refused 0' "$(cut -d ' ' -f 1-4 "$tmp/while")" 'the socket'
    equal 'wrote 20000 refused 0' "$(cut -d ' ' -f 1-4 "$tmp/fifo")" 'the FIFO'
    max=$(sed 's/.*p99_us=\([0-9]*\).*/\1/' "$tmp/while")
    [ "$max" -lt 100000 ] || fail "a write took $max us"
    # Far more than its buffer and socket hold was not taken: the ring dropped it, and it is counted.
    dropped=$(grep 'name=slow' "$tmp/account" | value 'client [0-9]*' dropped)
    [ "$dropped" -gt 1000 ] || fail "dropped: $dropped of $(cat "$tmp/account")"
}
check 'a client that is stopped holds up nobody who writes' stopped_client 3>&1

# Several rings full come while it is stopped; then each record was got, or is in one of its gaps.
stopped_for_long() {
    conf
    bridge
    spawn timeout 120 "$tools/bridge_peer" "$tmp/run/bridge.sock" hello=long open=now window=1000 until=LAST >"$tmp/got"
    timeout=$spawned
    eventually 20 has_name long
    slow=$(cat "/proc/$timeout/task/$timeout/children")
    slow=${slow% }
    timeout 60 "$tools/bridge_load" socket "$tmp/s" 5000 0 >"$tmp/out"
    kill -STOP "$slow"
    timeout 60 "$tools/bridge_load" socket "$tmp/s" 40000 0 >>"$tmp/out"
    timeout 60 "$tools/bridge_load" fifo "$tmp/f" 5000 20000 >>"$tmp/out"
    kill -CONT "$slow"
    timeout 60 "$tools/bridge_load" socket "$tmp/s" 1000 0 >>"$tmp/out"
    write LAST
    wait "$timeout" || fail 'the client'
    sent=$(awk '{ n += $2 } END { print n + 1 }' "$tmp/out")
    got=$(grep -c '^record' "$tmp/got")
    ! grep '^gap.* unknown' "$tmp/got" || fail 'a gap of unknown size'
    missing=$(awk '/^gap/ && $4 == "overrun" { n += $5 } END { print n + 0 }' "$tmp/got")
    [ "$missing" -gt 30000 ] || fail "only $missing are missing: it was not stopped for long"
    equal "$sent" "$((got + missing))" 'got and missing'
    equal "$got" "$(awk '/^record/ { print $2 }' "$tmp/got" | sort -un | wc -l)" 'different numbers'
}
check 'a client that is stopped while many rings full come: what it gets and its gaps add up' stopped_for_long

kills() {
    mkdir "$tmp/x"
    timeout 120 "$tools/bridge_storm" "$bin/syslog_bridge" "$tmp/x" "${BRIDGE_KILLS:-60}" >"$tmp/out" 2>&1 || fail "$(cat "$tmp/out"; tail -n 5 "$tmp/x/log")"
    sed 's/^/        /' "$tmp/out" >&3
}
check 'bridge and client killed at random under load: each record once, or named in a gap' kills 3>&1

others() {
    conf "feed = \"$tmp/feed\";"
    sed -i 's/size = 0; pmsg = false/size = 65536; pmsg = true/' "$tmp/conf"
    mkfifo "$tmp/feed"
    exec 9<>"$tmp/feed"
    : >"$tmp/pmsg"
    with="--pmsg $tmp/pmsg"
    bridge
    logger -u "$tmp/s" -p kern.crit 'for the black box'
    read -r line <&9
    case $line in *'for the black box') ;; *) fail "the feed has [$line]" ;; esac
    eventually 20 grep -aq 'for the black box' "$tmp/state/black_box"
    eventually 20 grep -aq 'for the black box' "$tmp/pmsg"
    peer hello account >"$tmp/account"
    grep -q "^feed $tmp/feed written=1 " "$tmp/account" || fail "$(cat "$tmp/account")"
    grep -q '^black_box slots=127 written=1 ' "$tmp/account" || fail "$(cat "$tmp/account")"
    end "$bridge" KILL
    bridge
    timeout 20 head -n 1 <&9 >"$tmp/feed.got" || fail "the feed is not told of the restart"
    equal 'vakt[bridge]: some lines lost' "$(cat "$tmp/feed.got")" 'what the feed says of the restart'
    end "$bridge"
    grep -aq 'for the black box' "$tmp/state/black_box" || fail 'it did not last'
}
check 'black box, pmsg and feed have what the sources gave' others

printf ' bad guests\n'

nonsense() {
    conf
    bridge
    write before
    for bytes in 00000000 0000000107 ffffffff 00010001 474554202f20485454502f312e310d0a; do
        peer "raw=$bytes" refused >"$tmp/out" || fail "$bytes: $(cat "$tmp/out")"
        grep -q '^refused 1 ' "$tmp/out" || fail "$bytes: $(cat "$tmp/out")"
    done
    peer raw=0000 rest=50
    head -c 300000 /dev/urandom | od -An -v -tx1 | tr -d ' \n' | fold -w 2000 >"$tmp/random"
    while read -r bytes; do
        peer "raw=$bytes" 'rest=5' >/dev/null 2>&1 || :
    done <"$tmp/random"
    peer hello open=oldest credit=5 until=before | grep -q 'before' || fail 'the bridge has suffered'
}
check 'nonsense is refused with words, and nobody else suffers' nonsense

crowd() {
    conf
    bridge
    peer hello >"$tmp/out"
    before=$(descriptors "$bridge")
    for client in $(seq 100); do
        spawn "$tools/bridge_peer" "$tmp/run/bridge.sock" hello=crowd rest=60000 >>"$tmp/crowd" 2>&1
        printf '%s\n' "$spawned" >>"$tmp/pids"
    done
    : "$client"
    eventually 60 crowd_is_in
    write hello
    while read -r pid; do kill -KILL "$pid" 2>/dev/null || :; done <"$tmp/pids"
    peer hello open=oldest credit=1 until=hello >"$tmp/out"
    eventually 20 has_descriptors "$before"
    for client in $(seq 100); do peer hello >/dev/null; done
    eventually 20 has_descriptors "$before"
}
crowd_is_in() { [ "$(grep -c '^welcome\|^fault' "$tmp/crowd")" -eq 100 ] && [ "$(grep -c '^welcome' "$tmp/crowd")" -eq 64 ]; }
has_descriptors() { [ "$(descriptors "$bridge")" -le "$1" ]; }
check 'a hundred at once: 64 are served, the others hear why not, and nothing of them stays' crowd

asks_and_does_not_read() {
    conf
    bridge
    # Hello, Open (now, no filter), and then 20000 times AccountAsked, none of it read.
    spawn "$tools/bridge_peer" "$tmp/run/bridge.sock" hello=rude flood=20000 refused >"$tmp/rude"
    rude=$spawned
    timeout 60 "$tools/bridge_load" socket "$tmp/s" 5000 5000 >"$tmp/out"
    equal 'wrote 5000 refused 0' "$(cut -d ' ' -f 1-4 "$tmp/out")"
    wait "$rude" || fail "it is not refused"
    grep -q '^refused' "$tmp/rude" || fail "$(cat "$tmp/rude")"
    private=$(awk '/^Private/ { sum += $2 } END { print sum }' "/proc/$bridge/smaps_rollup")
    [ "$private" -lt 5120 ] || fail "$private KiB"
}
check 'one that asks without end and reads no answer is refused, and costs nobody anything' asks_and_does_not_read

printf ' what it costs\n'

idle() {
    conf
    sed -i 's/size = 0; pmsg = false;/size = 65536; pmsg = false; sync_interval = 0.1;/' "$tmp/conf"
    bridge
    spawn "$tools/bridge_peer" "$tmp/run/bridge.sock" hello=idle open=now credit=5 rest=60000
    eventually 20 has_name idle
    write hello
    eventually 20 quiet_for_a_second
    before=$(sleeps "$bridge")
    sleep 3
    equal "$before" "$(sleeps "$bridge")" 'wake-ups in 3 s'
}
quiet_for_a_second() {
    before=$(sleeps "$bridge")
    sleep 1
    [ "$before" = "$(sleeps "$bridge")" ]
}
check 'with nothing to do it is not woken at all' idle

memory() {
    conf
    bridge
    spawn "$tools/bridge_peer" "$tmp/run/bridge.sock" hello=one open=now window=2000 quiet rest=60000
    eventually 20 has_name one
    timeout 60 "$tools/bridge_load" fifo "$tmp/f" 100000 50000 >"$tmp/out"
    timeout 60 "$tools/bridge_load" socket "$tmp/s" 20000 0 >>"$tmp/out"
    # The ring is mapped from a file and not counted here.
    private=$(awk '/^Pss_Anon/ { anon = $2 } /^Private/ { sum += $2 } END { print sum, anon }' "/proc/$bridge/smaps_rollup")
    printf '        private and anonymous KiB, with the ring of 1024: %s\n' "$private" >&3
    [ "${private%% *}" -lt 5120 ] || fail "$private KiB with the ring of 1024"
}
check 'under load it has less than 4 MB of its own' memory 3>&1

printf ' what may go wrong\n'

reloads() {
    conf
    bridge
    write one
    conf 'rnig = 5;'
    kill -HUP "$bridge"
    eventually 20 said "$tmp/conf:2: .*rnig"
    eventually 20 said 'the settings stay as they were'
    write two
    conf '' ", { type = \"socket\"; name = \"more\"; path = \"$tmp/more\"; mode = \"0600\"; }"
    kill -HUP "$bridge"
    eventually 20 test -S "$tmp/more"
    printf '<13>x: three' | "$tools/log_sender" -i "$tmp/more"
    printf '<13>x: four' | "$tools/log_sender" -i "$tmp/s"
    peer hello open=oldest credit=9 until=four >"$tmp/got"
    equal 'one two three four' "$(sed -n 's/^record.*repeats=0 \(.*\)/\1/p' "$tmp/got" | tr '\n' ' ' | sed 's/ $//')"
    ! grep -q '^gap' "$tmp/got" || fail "what was not touched has a gap: $(cat "$tmp/got")"
    conf
    kill -HUP "$bridge"
    eventually 20 test ! -e "$tmp/more"
    kill -USR1 "$bridge"
    eventually 20 said 'source more .*open=0'
    said 'source fifo .*received=2 .*open=1' || fail "$(cat "$tmp/log")"
}
check 'SIGHUP: a wrong file changes nothing; a good one closes and opens what it says, and no more' reloads

removed_socket() {
    conf
    bridge
    rm "$tmp/s"
    kill -HUP "$bridge"
    eventually 20 test -S "$tmp/s"
    printf '<13>x: found again' | "$tools/log_sender" -i "$tmp/s"
    peer hello open=oldest credit=9 'until=found again' >"$tmp/got"
    grep -q '^gap [0-9]* socket restart unknown .*opened anew' "$tmp/got" || fail "no gap: $(cat "$tmp/got")"
}
check 'a socket that somebody removed is there again after SIGHUP, behind a gap' removed_socket

numbers() {
    conf
    bridge
    end "$bridge"
    grep -q "^[0-9a-f-]\{36\} 4294967297$" "$tmp/state/bridge.seq" || fail "$(cat "$tmp/state/bridge.seq")"
    printf 'something else\n' >"$tmp/state/bridge.seq"
    rm "$tmp/run/bridge.ring"
    bridge
    said 'bridge.seq: holds no number' || fail 'it is not said'
    peer hello open=oldest credit=2 read=2 >"$tmp/got"
    # Nanoseconds since the boot: no bridge had so many.
    [ "$(sed -n 's/^gap \([0-9]*\) .*/\1/p' "$tmp/got" | head -n 1)" -gt 4294967296 ] || fail "$(cat "$tmp/got")"
    end "$bridge"
    [ "$(cut -d ' ' -f 2 "$tmp/state/bridge.seq")" -gt 8589934592 ] || fail "$(cat "$tmp/state/bridge.seq")"
}
check 'numbers are reserved ahead; a file of them that says nothing is said, and no number comes back' numbers

full_disks() {
    [ "$(id -u)" -eq 0 ] || skip 'not root'
    conf
    mkdir "$tmp/run" "$tmp/state"
    mount -t tmpfs -o size=64k none "$tmp/state" || skip 'no tmpfs'
    head -c 100000 /dev/zero >"$tmp/state/fill" 2>/dev/null || :
    bridge
    said 'numbers cannot be reserved' || fail 'it is not said'
    write hello
    peer hello open=oldest credit=9 until=hello >"$tmp/got" || fail 'it does not work without its state'
    end "$bridge"
    equal 0 "$status"
    umount "$tmp/state"
    mount -t tmpfs -o size=512k none "$tmp/run"
    status=0
    timeout 20 "$bin/syslog_bridge" --config "$tmp/conf" --run "$tmp/run" --state "$tmp/state" 2>"$tmp/log" || status=$?
    umount "$tmp/run"
    equal 1 "$status" 'no room for the ring'
    said 'make room in .*bridge.ring: No space left' || fail "$(cat "$tmp/log")"
}
check 'a full disk for the state is said and lived with; without room for the ring it does not begin' full_disks

leaves() {
    conf
    bridge
    spawn "$tools/bridge_peer" "$tmp/run/bridge.sock" hello=c open=now credit=5 refused >"$tmp/out"
    client=$spawned
    eventually 20 has_name c
    end "$bridge"
    equal 0 "$status"
    wait "$client" || fail 'the client'
    grep -q '^refused 4 ' "$tmp/out" || fail "$(cat "$tmp/out")"
}
check 'SIGTERM: clients are told' leaves

# The service manager's socket, and its watchdog.
service() {
    spawn "$tools/log_catcher" "$tmp/n" "$tmp/notes"
    eventually 20 test -S "$tmp/n"
    conf
    as="env NOTIFY_SOCKET=$tmp/n WATCHDOG_USEC=200000"
    bridge
    eventually 20 noted '^READY=1'
    eventually 20 noted '^STATUS=2 of 2 sources'
    eventually 20 pets 3
    kill -HUP "$bridge"
    eventually 20 noted '^RELOADING=1\\x0aMONOTONIC_USEC=[1-9]'
    eventually 20 ready 2
    # One that hangs is missed.
    kill -STOP "$bridge"
    catches_up
    before=$(pets_so_far)
    sleep 1
    catches_up
    equal "$before" "$(pets_so_far)" 'pets of one that hangs'
    kill -CONT "$bridge"
    eventually 20 pets $((before + 2))
    end "$bridge"
    eventually 20 noted '^STOPPING=1'
}
noted() { grep -q -- "$1" "$tmp/notes"; }
ready() { [ "$(grep -c '^READY=1' "$tmp/notes")" -ge "$1" ]; }
pets_so_far() { grep -c '^WATCHDOG=1' "$tmp/notes" || :; }
pets() { [ "$(pets_so_far)" -ge "$1" ]; }
# What was sent to the catcher is in its file.
catches_up() {
    marks=$(grep -c '^mark' "$tmp/notes") || :
    kill -USR1 "$(head -n 1 "$tmp/.spawned")"
    eventually 20 marked $((marks + 1))
}
marked() { [ "$(grep -c '^mark' "$tmp/notes")" -ge "$1" ]; }
check "the service manager is told of readiness, reloads and the end; its watchdog is petted, and not by one that hangs" service

metrics() {
    conf
    sed -i 's/metrics_interval = 0/metrics_interval = 1/' "$tmp/conf"
    bridge
    write hello
    eventually 20 grep -qs '^vakt_bridge_source_received_total{source="fifo",kind="fifo"} 1$' "$tmp/run/bridge.prom"
    awk -f test/prog/openmetrics.awk "$tmp/run/bridge.prom"
    peer hello account >"$tmp/account"
    grep -q '^process pid=' "$tmp/account" || fail 'the account lacks what the program adds'
}
check 'the account is there as OpenMetrics, too' metrics

finish
