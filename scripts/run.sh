#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: [DAEMON=rsyslog|syslog-ng|inetutils] [DURATION=seconds] run.sh
# The main job, live: a private syslog daemon, mod_syslog, ferrule and an Erlang VM with vakt, all inside build/run. Shows
# each step, then events as they arrive in Erlang, until Ctrl-C or DURATION is over; then stops it all and prints the account.
# Exit status 0 only if the account is right: sent = read = delivered + lost, and the configuration is as it was.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)
dir=$top/build/run
daemon=${DAEMON:-rsyslog}
case ${DURATION:-0} in
    *[!0-9]*)
        printf 'run: DURATION must be whole seconds, not "%s"\n' "$DURATION" >&2
        exit 2
        ;;
esac
case $daemon in
    rsyslog | syslog-ng | inetutils) ;;
    *)
        printf 'run: DAEMON must be rsyslog, syslog-ng or inetutils, not "%s"\n' "$daemon" >&2
        exit 2
        ;;
esac

bold='' dim='' green='' red='' off=''
columns=80
colour=0
if [ -t 1 ]; then
    columns=$(stty size 2>/dev/null </dev/tty | awk '{print $2}') || columns=80
    [ "${columns:-0}" -gt 20 ] || columns=80
    if [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
        colour=1
        esc=$(printf '\033')
        bold=${esc}[1m dim=${esc}[2m green=${esc}[32m red=${esc}[31m off=${esc}[0m
    fi
else
    columns=0
fi
step() { printf '%s==%s %s\n' "$bold" "$off" "$*"; }
die() {
    printf '%srun: %s%s\n' "$red" "$*" "$off" >&2
    exit 1
}

syslogd=''
vm=''
sleeper=''
ended() { ! kill -0 "$1" 2>/dev/null; }
# wait_for SECONDS COMMAND ...: false when the time is over or the VM has ended
wait_for() {
    limit=$(($(date +%s) + $1))
    shift
    until "$@"; do
        [ "$(date +%s)" -le "$limit" ] || return 1
        [ -z "$vm" ] || ! ended "$vm" || return 1
        sleep 0.02
    done
}
stop_all() {
    trap '' INT TERM
    [ -z "$sleeper" ] || kill "$sleeper" 2>/dev/null || :
    if [ -n "$vm" ]; then
        kill -TERM "$vm" 2>/dev/null || :
        wait "$vm" 2>/dev/null || :
        vm=''
    fi
    if [ -n "$syslogd" ]; then
        kill -TERM "$syslogd" 2>/dev/null || :
        wait "$syslogd" 2>/dev/null || :
        syslogd=''
    fi
}
trap stop_all EXIT
stopping=0
trap 'stopping=1' INT TERM

# One run at a time in this folder: a second one would take the first one's socket.
mkdir -p "$dir"
exec 9>"$dir/.lock"
flock -n 9 || die "another make run is live in $dir"
find "$dir" -mindepth 1 ! -name .lock -delete

# ---- 1: a real syslog daemon, private --------------------------------------------------------------------------------
scripts/private-syslogd.sh --prepare "$daemon" "$dir" >"$dir/prepare.log" 2>&1 || {
    cat "$dir/prepare.log" >&2
    die "could not prepare $daemon"
}
# A session of its own, so that Ctrl-C reaches this script alone and the stop is orderly.
setsid scripts/private-syslogd.sh "$daemon" "$dir" >"$dir/syslogd.log" 2>&1 9>&- &
syslogd=$!
daemon_up() { [ -S "$dir/log" ] && [ -s "$dir/syslog.pid" ]; }
wait_for 20 daemon_up || {
    cat "$dir/syslogd.log" >&2
    die "$daemon did not start"
}
# A socket's name has 107 bytes. In a deeper folder the way through the daemon's own working directory is short.
socket=$dir/log
if [ "${#socket}" -gt 107 ]; then socket=/proc/$syslogd/cwd/log; fi
step "syslog daemon   $daemon, private, pid $(cat "$dir/syslog.pid")"
step "its socket      $socket"

# ---- 2, 3: Erlang with vakt, which has mod_syslog enable the way ------------------------------------------------------
lines() { if [ -f "$dir/messages" ]; then wc -l <"$dir/messages"; else echo 0; fi; }
before=0
[ "$daemon" = rsyslog ] || before=$(lines)
cp "$dir/syslog.conf" "$dir/syslog.conf.before"
setsid escript scripts/live.escript "$dir" "$top/build/lib" "$columns" "$colour" 2>"$dir/vm.log" 9>&- </dev/null &
vm=$!
printf "%s\n" "$vm" >"$dir/vm.pid"
wait_for 30 test -f "$dir/enabled" || {
    cat "$dir/vm.log" >&2
    die 'the way through Erlang did not come up'
}

# ---- 4: one real message shows the way works --------------------------------------------------------------------------
logger -u "$socket" -p user.notice -t vakt "the way works: logger, $daemon, FIFO, ferrule, Erlang"
wait_for 20 test -f "$dir/first" || {
    cat "$dir/vm.log" >&2
    die 'the message did not arrive in Erlang'
}
step "${green}a message sent with logger arrived in Erlang${off}. Send your own from another terminal:"
printf "  logger -u %s -p kern.err 'your text'\n" "$socket"
if [ "${DURATION:-0}" -gt 0 ]; then
    step "live for $DURATION s"
else
    step 'live; Ctrl-C ends it'
fi
: >"$dir/show"

# ---- 5: live -------------------------------------------------------------------------------------------------------------
if [ "$stopping" -eq 0 ]; then
    # tail ends when the VM does; timeout 0 is no limit
    timeout "${DURATION:-0}" tail -f --pid="$vm" /dev/null &
    sleeper=$!
    # wait returns early when a trapped signal comes
    while [ "$stopping" -eq 0 ] && ! ended "$sleeper" && ! ended "$vm"; do
        wait "$sleeper" 2>/dev/null || :
    done
fi

# ---- 6: stop, and the account ----------------------------------------------------------------------------------------------
trap '' INT TERM
printf '\n'
step 'stopping: let what is under way arrive, disable, end the VM and the daemon'
sent() { echo $(($(lines) - before)); }
delivered() { cat "$dir/delivered" 2>/dev/null || echo 0; }
arrived() { kill -USR1 "$vm" 2>/dev/null; sleep 0.05; [ "$(delivered)" -ge "$(sent)" ]; }
ended "$vm" || wait_for 5 arrived || :
total=$(sent)
vm_pid=$vm
vm_code=0
kill -TERM "$vm_pid" 2>/dev/null || :
wait "$vm_pid" 2>/dev/null || vm_code=$?
vm=''
stop_all
read=$(sed -n 's/.*read=\([0-9]*\).*/\1/p' "$dir/vm.log" | awk '{ n += $1 } END { print n + 0 }')
got=$(delivered)
lost=$(cat "$dir/lost" 2>/dev/null || echo 0)
printf '%saccount%s  sent %s, read %s, delivered %s, lost %s\n' "$bold" "$off" "$total" "$read" "$got" "$lost"

wrong=''
[ "$vm_code" -eq 0 ] || wrong="$wrong; the VM ended with status $vm_code (${dim}$dir/vm.log${off})"
[ "$total" -eq "$read" ] || wrong="$wrong; sent and read differ"
[ "$read" -eq $((got + lost)) ] || wrong="$wrong; read is not delivered + lost"
[ ! -e "$dir/syslog.otp" ] || wrong="$wrong; the FIFO is still there"
cmp -s "$dir/syslog.conf" "$dir/syslog.conf.before" || wrong="$wrong; syslog.conf is not as it was"
if [ -n "$wrong" ]; then
    printf '%sthe account is wrong%s%s\n' "$red" "$off" "$wrong"
    exit 1
fi
printf '%sthe account is right%s; the way is disabled and syslog.conf is as it was\n' "$green" "$off"
