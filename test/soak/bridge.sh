#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The bridge for long: killed at random moments under load (2,000 of them with the factor 20), and one that lives through rounds of
# floods, stopped, killed and nonsensical clients and reloads, whose account adds up all the while and which grows in nothing.
. test/prog/lib.sh
suite bridge_soak
factor=${SOAK_FACTOR:-1}
tools=$top/build/test/prog

# A copy, so that a make does not take the program away from a storm.
mkdir "$suite_tmp/bin"
cp "$bin/syslog_bridge" "$suite_tmp/bin/"

kills() {
    mkdir "$tmp/x"
    "$tools/bridge_storm" "$suite_tmp/bin/syslog_bridge" "$tmp/x" $((100 * factor)) >"$tmp/out" 2>&1 ||
        fail "$(cat "$tmp/out"; tail -n 5 "$tmp/x/log")"
    tail -n 3 "$tmp/out"
}

peer() { timeout 60 "$tools/bridge_peer" "$tmp/run/bridge.sock" "$@"; }
account_holds() { "$bin/vaktctl" --bridge "$tmp/run/bridge.sock" account >"$tmp/account" 2>&1 || fail "$(cat "$tmp/account")"; }
descriptors() { find "/proc/$bridge/fd" -type l | wc -l; }
private_kb() { awk '/^Pss_Anon/ { print $2 }' "/proc/$bridge/smaps_rollup"; }

no_more_descriptors() { [ "$(descriptors)" -le "$fds" ]; }

# What comes over a second name of the same socket each time: reloads open and close it.
conf() {
    printf 'ring = 1048576;\ngroup = %s;\nblack_box = { size = 65536; sync_interval = 1; pmsg = true; };\nfeed = "%s";\n' \
        "$(id -g)" "$tmp/feed" >"$tmp/conf.new"
    printf 'sources = ( { type = "fifo"; path = "%s"; }, { type = "socket"; path = "%s"; mode = "0600"; rate = { per_second = 50000; burst = 50000; }; }, { type = "kmsg"; }, { type = "udp"; address = "127.0.0.1"; port = %s; }%s );\n' \
        "$tmp/f" "$tmp/s" "$port" "$1" >>"$tmp/conf.new"
    mv "$tmp/conf.new" "$tmp/conf"
}
round() {
    timeout 120 "$top/build/test/bench/log_load" fifo "$tmp/f" 20000 50 >"$tmp/load" &
    fifo_load=$!
    timeout 120 "$top/build/test/bench/log_load" socket "$tmp/s" 10000 16 >"$tmp/load2" &
    socket_load=$!
    timeout 120 "$top/build/test/bench/log_load" udp "$port" 2000 8 >"$tmp/load3"
    logger -u "$tmp/s" -p kern.crit "round $1"
    account_holds
    # One that reads nothing, one that is killed while it reads, one that talks nonsense, one that goes on where it was.
    spawn "$tools/bridge_peer" "$tmp/run/bridge.sock" hello open=oldest credit=1000000 quiet rest=60000 >"$tmp/killed"
    killed=$spawned
    peer hello raw=ffffffff0102 refused >"$tmp/nonsense" 2>&1 || :
    peer hello=goes-on open=acked window=1000 quiet rest=200 ack >"$tmp/goes-on"
    kill -KILL "$killed" 2>/dev/null || :
    wait "$killed" 2>/dev/null || :
    wait "$fifo_load"
    wait "$socket_load"
    if [ $(($1 % 2)) -eq 0 ]; then conf ''; else conf ", { type = \"socket\"; name = \"more\"; path = \"$tmp/more\"; mode = \"0600\"; }"; fi
    kill -HUP "$bridge"
    account_holds
}

lives_long() {
    port=$((30000 + $$ % 20000))
    mkfifo "$tmp/f" "$tmp/feed"
    : >"$tmp/pmsg"
    : >"$tmp/kmsg"
    mkdir "$tmp/run" "$tmp/state"
    conf ''
    spawn "$suite_tmp/bin/syslog_bridge" --foreground --config "$tmp/conf" --socket "$tmp/run/bridge.sock" --state "$tmp/state" \
        --run "$tmp/run" --pmsg "$tmp/pmsg" --kmsg "$tmp/kmsg" 2>"$tmp/log"
    bridge=$spawned
    eventually 20 test -S "$tmp/run/bridge.sock"
    # A client that takes nothing at all is there all the time.
    spawn "$tools/bridge_peer" "$tmp/run/bridge.sock" hello=still open=now rest=3600000 >"$tmp/still"
    rounds=$((4 * factor))
    n=0
    while [ "$n" -lt "$rounds" ]; do
        n=$((n + 1))
        round "$n"
        if [ "$n" -eq 2 ]; then
            fds=$(descriptors)
            kb=$(private_kb)
        fi
    done
    eventually 20 no_more_descriptors
    printf 'after %s rounds: %s descriptors (%s after two), %s kB of its own (%s)\n' "$rounds" "$(descriptors)" "$fds" "$(private_kb)" "$kb"
    # A busy machine lets its bounded buffers be filled for the first time in a later round.
    [ "$(private_kb)" -le $((kb + 1024)) ] || fail 'it grows'
    kill -0 "$bridge" || fail 'it is gone'
}

check 'killed at random under load: each record once, or named in a gap' kills
check 'rounds of floods, faults and reloads: the account adds up and nothing grows' lives_long
finish
