#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: run-board.sh DIR SHORT DAEMON WAY COLUMNS COLOUR
# What a simulated board of make run does when its power comes: its disk is DIR, and its sockets are reached by SHORT, a shorter
# name of DIR where that is needed. Starts the syslog daemon (DAEMON none: no such), wd_keeper, the resident way's bridge (WAY
# classic: no such), and the Erlang VM under heart; the programs' words go to DIR/*.log. Ends when the VM has ended in order; a
# reset ends it anywhere.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
dir=$1 short=$2 daemon=$3 way=$4 columns=$5 colour=$6
cd "$dir"
# As after any boot: /run is empty, /var is not.
rm -rf vakt syslog.pid bridge.pid bridge.killed vm.pid vm.code
mkdir -p vakt state pstore

eventually() {
    tries=1500
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { printf 'run-board: never came true: %s\n' "$*" >&2; exit 1; }
        sleep 0.02
    done
}

[ "$daemon" = none ] || "$top/scripts/private-syslogd.sh" "$daemon" "$dir" >>syslogd.log 2>&1 &
"$top/build/bin/wd_keeper" --foreground --config "$dir/keeper.conf" --socket "$short/vakt/keeper.sock" --state "$dir/state" \
    --run "$dir/vakt" --pstore "$dir/pstore" --pmsg "$dir/pmsg" --boot-id "$dir/boot_id" --end-command "$dir/no-reboot" \
    >>keeper.log 2>&1 &
daemon_up() { [ "$daemon" = none ] || { [ -S log ] && [ -s syslog.pid ]; }; }
eventually daemon_up
eventually test -S vakt/keeper.sock
if [ ! -f before ]; then
    touch messages
    wc -l <messages >before.new
    mv before.new before
fi

# As the bridge's unit does it: one that was killed is started again.
start_bridge() {
    "$top/build/bin/syslog_bridge" --foreground --config "$dir/bridge.conf" --socket "$short/vakt/bridge.sock" \
        --state "$dir/state" --run "$dir/vakt" --boot-id "$dir/boot_id" --pmsg "$dir/pmsg" >>bridge.log 2>&1 &
    bridge=$!
    printf '%s\n' "$bridge" >bridge.new
    mv bridge.new bridge.pid
}
keep_bridge() {
    leaving=''
    trap 'leaving=yes; kill -TERM "$bridge" 2>/dev/null || :' TERM
    start_bridge
    while :; do
        code=0
        wait "$bridge" || code=$?
        # the wait may have been ended by the trap
        ! kill -0 "$bridge" 2>/dev/null || continue
        [ -z "$leaving" ] || exit 0
        printf '%s\n' "$code" >>bridge.killed
        sleep 1
        start_bridge
    done
}

# On a real board the bridge's unit does this once; here, as the classic way does it at every start.
if [ "$way" = resident ]; then
    if [ "$daemon" != none ]; then
        said=$("$top/build/bin/mod_syslog" otp "$dir" "$dir/syslog.conf" 2>>syslogd.log) || :
        [ "$said" = 0 ] || { printf 'run-board: mod_syslog otp said "%s"\n' "$said" >&2; exit 1; }
    fi
    keep_bridge &
    bridge_keeper=$!
    eventually test -S vakt/bridge.sock
fi

erts=$(basename "$(echo "$dir"/otp/erts-*)")
ROOTDIR=$dir/otp BINDIR=$dir/otp/$erts/bin EMU=beam PROGNAME=erl
VAKT_KEEPER_SOCKET=$short/vakt/keeper.sock VAKT_BRIDGE_SOCKET=$short/vakt/bridge.sock VAKT_LEASE=live HEART_BEAT_TIMEOUT=11 HEART_BEAT_BOOT_DELAY=11
export ROOTDIR BINDIR EMU PROGNAME VAKT_KEEPER_SOCKET VAKT_BRIDGE_SOCKET VAKT_LEASE HEART_BEAT_TIMEOUT HEART_BEAT_BOOT_DELAY
unset HEART_COMMAND HEART_NO_KILL HW_WD_DISABLE ERL_CRASH_DUMP_SECONDS
"$BINDIR/erlexec" -boot no_dot_erlang -noshell -noinput -heart -pa "$dir" -pa "$(echo "$top"/build/lib/vakt-*/ebin)" \
    -s live start -extra "$dir" "$way" "$columns" "$colour" 2>>vm.log </dev/null &
vm=$!
printf '%s\n' "$vm" >vm.new
mv vm.new vm.pid
code=0
wait "$vm" || code=$?
# It left in order: so does the way, and the bridge says its account.
if [ "$way" = resident ] && [ "$code" -eq 0 ]; then
    [ "$daemon" = none ] || "$top/build/bin/mod_syslog" nootp "$dir" "$dir/syslog.conf" >>syslogd.log 2>&1 || :
    kill -TERM "$bridge_keeper"
    wait "$bridge_keeper" || :
fi
printf '%s\n' "$code" >vm.new
mv vm.new vm.code
# One that did not leave in order is heart's and the keeper's affair.
wait
