#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: run-board.sh DIR WAY DAEMON COLUMNS COLOUR
# What a simulated board of make run does when its power comes: its disk is DIR, and its sockets are reached by WAY, a shorter
# name of DIR where that is needed. Starts the syslog daemon, wd_keeper, and the Erlang VM under heart; the programs' words go
# to DIR/*.log. Ends when the VM has ended in order; a reset ends it anywhere.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
dir=$1 way=$2 daemon=$3 columns=$4 colour=$5
cd "$dir"
# As after any boot: /run is empty, /var is not.
rm -rf vakt syslog.pid vm.pid vm.code
mkdir -p vakt state pstore

eventually() {
    tries=1500
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { printf 'run-board: never came true: %s\n' "$*" >&2; exit 1; }
        sleep 0.02
    done
}

"$top/scripts/private-syslogd.sh" "$daemon" "$dir" >>syslogd.log 2>&1 &
"$top/build/bin/wd_keeper" --foreground --config "$dir/keeper.conf" --socket "$way/vakt/keeper.sock" --state "$dir/state" \
    --run "$dir/vakt" --pstore "$dir/pstore" --pmsg "$dir/pmsg" --boot-id "$dir/boot_id" --end-command "$dir/no-reboot" \
    >>keeper.log 2>&1 &
daemon_up() { [ -S log ] && [ -s syslog.pid ]; }
eventually daemon_up
eventually test -S vakt/keeper.sock
if [ ! -f before ]; then
    touch messages
    wc -l <messages >before.new
    mv before.new before
fi

erts=$(basename "$(echo "$dir"/otp/erts-*)")
ROOTDIR=$dir/otp BINDIR=$dir/otp/$erts/bin EMU=beam PROGNAME=erl
VAKT_KEEPER_SOCKET=$way/vakt/keeper.sock VAKT_LEASE=live HEART_BEAT_TIMEOUT=11 HEART_BEAT_BOOT_DELAY=11
export ROOTDIR BINDIR EMU PROGNAME VAKT_KEEPER_SOCKET VAKT_LEASE HEART_BEAT_TIMEOUT HEART_BEAT_BOOT_DELAY
unset HEART_COMMAND HEART_NO_KILL HW_WD_DISABLE ERL_CRASH_DUMP_SECONDS
"$BINDIR/erlexec" -boot no_dot_erlang -noshell -noinput -heart -pa "$dir" -pa "$(echo "$top"/build/lib/vakt-*/ebin)" \
    -s live start -extra "$dir" "$columns" "$colour" 2>>vm.log </dev/null &
vm=$!
printf '%s\n' "$vm" >vm.new
mv vm.new vm.pid
code=0
wait "$vm" || code=$?
printf '%s\n' "$code" >vm.new
mv vm.new vm.code
# One that did not leave in order is heart's and the keeper's affair.
wait
