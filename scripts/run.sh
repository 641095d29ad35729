#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: [DAEMON=rsyslog|syslog-ng|inetutils|none] [WAY=resident|classic] [DURATION=seconds] run.sh
# The main jobs, live, all inside build/run: a simulated board (soft_board) on which run-board.sh starts a private syslog daemon,
# syslog_bridge, wd_keeper and an Erlang VM with vakt under heart. With DAEMON=none the bridge has the log socket itself; with
# WAY=classic there is no bridge, and Erlang has its own port program. Shows each step, then what the daemon logs as it arrives in Erlang, and what
# keeper and heart say when the VM hangs (vaktctl drill hang-vm from another terminal), until Ctrl-C or DURATION is over; then
# stops it all and prints the account. Exit status 0 only if the account is right: sent = delivered + lost + lost while the board
# was being reset (without a reset that is 0, and read = delivered + lost; with a reset and DAEMON=none nobody can tell what was sent),
# and the configuration is as it was.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)
dir=$top/build/run
daemon=${DAEMON:-rsyslog}
way=${WAY:-resident}
case ${DURATION:-0} in
    *[!0-9]*)
        printf 'run: DURATION must be whole seconds, not "%s"\n' "$DURATION" >&2
        exit 2
        ;;
esac
case $daemon in
    rsyslog | syslog-ng | inetutils | none) ;;
    *)
        printf 'run: DAEMON must be rsyslog, syslog-ng, inetutils or none, not "%s"\n' "$daemon" >&2
        exit 2
        ;;
esac
case $way:$daemon in
    resident:* | classic:[!n]*) ;;
    *)
        printf 'run: WAY must be resident or, with a DAEMON, classic, not "%s"\n' "$way" >&2
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

board=''
sleeper=''
viewer=''
ended() { ! kill -0 "$1" 2>/dev/null; }
# wait_for SECONDS COMMAND ...: false when the time is over or the board has ended
wait_for() {
    limit=$(($(date +%s) + $1))
    shift
    until "$@"; do
        [ "$(date +%s)" -le "$limit" ] || return 1
        [ -z "$board" ] || ! ended "$board" || return 1
        sleep 0.02
    done
}
stop_all() {
    trap '' INT TERM
    [ -z "$sleeper" ] || kill "$sleeper" 2>/dev/null || :
    if [ -n "$board" ]; then
        kill -TERM "$board" 2>/dev/null || :
        wait "$board" 2>/dev/null || :
        board=''
    fi
    # It ends when the board has, having shown the last words.
    [ -z "$viewer" ] || wait "$viewer" 2>/dev/null || :
    viewer=''
}
trap stop_all EXIT
stopping=0
trap 'stopping=1' INT TERM

# One run at a time in this folder: a second one would take the first one's socket.
mkdir -p "$dir"
exec 9>"$dir/.lock"
flock -n 9 || die "another make run is live in $dir"
find "$dir" -mindepth 1 ! -name .lock -delete

# ---- 1: what is on the board's disk -----------------------------------------------------------------------------------
if [ "$daemon" != none ]; then
    scripts/private-syslogd.sh --prepare "$daemon" "$dir" >"$dir/prepare.log" 2>&1 || {
        cat "$dir/prepare.log" >&2
        die "could not prepare $daemon; DAEMON=none make run goes without a syslog daemon"
    }
    cp "$dir/syslog.conf" "$dir/syslog.conf.before"
fi
# The machine's Erlang, with our heart in the place of OTP's.
otp=$(erl -noshell -boot no_dot_erlang -eval 'io:put_chars(code:root_dir()), halt().') || die 'there is no erl'
erts=$(find "$otp/" -maxdepth 1 -name 'erts-*' | sort | tail -n 1)
mkdir -p "$dir/otp/${erts##*/}/bin"
ln -s "$otp"/* "$dir/otp/" 2>/dev/null || :
ln -s "$erts"/bin/* "$dir/otp/${erts##*/}/bin/"
ln -sf "$top/build/bin/heart" "$dir/otp/${erts##*/}/bin/heart"
erlc -o "$dir" scripts/live.erl
touch "$dir/keeper.log" "$dir/bridge.log" "$dir/vm.log" "$dir/board.log"
# reboot(2) is refused on this board, so that the ladder is seen down to its last step.
cat >"$dir/no-reboot" <<'END'
#!/bin/sh
printf 'wd_keeper: reboot(2) is refused on this board: it is for the hardware now\n' >&2
exit 1
END
chmod 0755 "$dir/no-reboot"
# A socket's name has 107 bytes. In a deeper folder the way through the board's own working directory is short.
deep=0
[ $((${#dir} + 17)) -le 107 ] || deep=1
device=$dir/board
socket=$dir/log
if [ "$deep" -eq 1 ]; then
    device=/proc/self/cwd/board
    socket=/proc/self/cwd/log
fi
cat >"$dir/keeper.conf" <<END
// The shortest times that heart(3) allows: a silent VM is given up after 11 s, the board is reset after 22 s.
leases = ( { name = "live"; user = $(id -u); required = true; boot_deadline = 60; beat_timeout = 11; boot_delay = 11; } );
devices = ( { driver = "soft"; path = "$device"; timeout = 10; } );
rights = ( { user = $(id -u); may = [ "snooze", "reboot", "drill" ]; } );
// These two want root.
real_time_priority = 0;
oom_exempt = false;
END
if [ "$daemon" = none ]; then
    source="type = \"socket\"; path = \"$socket\"; mode = \"0600\";"
else
    source="type = \"fifo\"; path = \"$dir/syslog.otp\";"
fi
cat >"$dir/bridge.conf" <<END
sources = ( { $source auth = true; } );
group = $(id -g);
END

# ---- 2: the power comes -----------------------------------------------------------------------------------------------
# A session of its own, so that Ctrl-C reaches this script alone and the stop is orderly.
# shellcheck disable=SC2016 # for the inner shell, whose pid is the board's
setsid sh -c '
    top=$0 dir=$1 daemon=$2 way=$3 columns=$4 colour=$5 short=$1
    [ "$6" -eq 0 ] || short=/proc/$$/cwd
    cd "$dir"
    printf "%s\n" "$short" >short.new
    mv short.new short
    exec "$top/build/bin/soft_board" --socket board --log board.log --boot-id boot_id --flags-file flags --pstore pstore \
        --pmsg pmsg --console messages -- "$top/scripts/run-board.sh" "$dir" "$short" "$daemon" "$way" "$columns" "$colour"
' "$top" "$dir" "$daemon" "$way" "$columns" "$colour" "$deep" 2>"$dir/boot.log" 9>&- </dev/null &
board=$!
failed_boot() {
    cat "$dir/boot.log" "$dir/syslogd.log" "$dir/bridge.log" "$dir/keeper.log" "$dir/vm.log" >&2 2>/dev/null || :
    die "$*"
}
daemon_up() { [ -S "$dir/log" ] && [ -s "$dir/$1.pid" ]; }
if [ "$daemon" = none ]; then
    wait_for 20 daemon_up bridge || failed_boot 'syslog_bridge did not start'
else
    wait_for 20 daemon_up syslog || failed_boot "$daemon did not start"
fi
short=$(cat "$dir/short")
socket=$short/log
step "simulated board soft_board, pid $board; its watchdog counts 10 s"
if [ "$daemon" = none ]; then
    step 'syslog daemon   none: the bridge has the log socket'
else
    step "syslog daemon   $daemon, private, pid $(cat "$dir/syslog.pid")"
fi
step "its socket      $socket"
lines() { if [ -f "$dir/messages" ]; then wc -l <"$dir/messages"; else echo 0; fi; }
wait_for 20 test -S "$dir/vakt/keeper.sock" || failed_boot 'wd_keeper did not start'
step "wd_keeper       lease live: 11 s beat timeout, reset 11 s later"
if [ "$way" = resident ]; then
    wait_for 20 test -S "$dir/vakt/bridge.sock" || failed_boot 'syslog_bridge did not start'
    [ "$daemon" = none ] || step 'mod_syslog otp  printed 0: FIFO made, daemon told'
    step "syslog_bridge   pid $(cat "$dir/bridge.pid"), keeps what comes while the VM is away"
fi

# ---- 3: Erlang with vakt, which has mod_syslog enable the way -----------------------------------------------------------
wait_for 30 test -f "$dir/enabled" || failed_boot 'the way through Erlang did not come up'

# What the daemon logged before there was a way; rsyslog's way is there from its start.
before=0
case $daemon in rsyslog | none) ;; *) before=$(cat "$dir/before") ;; esac

through() {
    [ "$daemon" = none ] || printf '%s, FIFO, ' "$daemon"
    if [ "$way" = resident ]; then printf 'syslog_bridge'; else printf 'ferrule'; fi
}
# ---- 4: one real message shows the way works --------------------------------------------------------------------------
logger -u "$socket" -p user.notice -t vakt "the way works: logger, $(through), Erlang"
wait_for 20 test -f "$dir/first" || failed_boot 'the message did not arrive in Erlang'
step "${green}a message sent with logger arrived in Erlang${off}. Send your own from another terminal:"
printf "  logger -u %s -p kern.err 'your text'\n" "$socket"
step 'Let the VM hang, and see the board reset itself and Erlang told why (about 25 s):'
printf '  %s --socket %s drill hang-vm\n' "$top/build/bin/vaktctl" "$short/vakt/keeper.sock"
if [ "${DURATION:-0}" -gt 0 ]; then
    step "live for $DURATION s"
else
    step 'live; Ctrl-C ends it'
fi
: >"$dir/show"

# ---- 5: live -------------------------------------------------------------------------------------------------------------
# What keeper, heart and the board itself say, from outside the board: a VM that hangs shows nothing.
view() {
    while read -r line; do
        case $line in
            'wd_keeper: '*) who=keeper what=${line#wd_keeper: } ;;
            'heart: '*) who=heart what=$(printf '%s' "$line" | tr -d '\r' | sed 's/^heart: [A-Z][^:]*:[0-9]*:[0-9]* [0-9]*: //') ;;
            [0-9]*' expired') who=board what="${red}the hardware's countdown is over: reset${off}" ;;
            [0-9]*' on '[0-9]*) who=board what="${green}the power is on, boot $(printf '%s' "$line" | cut -d ' ' -f 2)${off}" ;;
            *) continue ;;
        esac
        printf '%s %s%-9s%s %s\n' "$(date +%T.%3N)" "$bold" "$who" "$off" "$what"
    done
}
tail -q -n 0 -F --pid="$board" "$dir/keeper.log" "$dir/vm.log" "$dir/board.log" 2>/dev/null 9>&- | view 9>&- &
viewer=$!
if [ "$stopping" -eq 0 ]; then
    # tail ends when the board does; timeout 0 is no limit
    timeout "${DURATION:-0}" tail -f --pid="$board" /dev/null 9>&- &
    sleeper=$!
    # wait returns early when a trapped signal comes
    while [ "$stopping" -eq 0 ] && ! ended "$sleeper" && ! ended "$board"; do
        wait "$sleeper" 2>/dev/null || :
    done
fi

# ---- 6: stop, and the account ----------------------------------------------------------------------------------------------
trap '' INT TERM
printf '\n'
step 'stopping: let what is under way arrive, disable, end the VM and the board'
sum_of() { awk '{ n += $1 } END { print n + 0 }' /dev/null "$dir/$1".[0-9]* 2>/dev/null || echo 0; }
# received: by the bridge, as its account says
received() { sed 's/^.*received[="]*:*\([0-9]*\).*/\1/' | awk '{ n += $1 } END { print n + 0 }'; }
sent() {
    if [ "$daemon" = none ]; then
        "$top/build/bin/vaktctl" --bridge "$short/vakt/bridge.sock" account --json 2>/dev/null |
            grep -o '"received":[0-9]*' | received
    else
        echo $(($(lines) - before))
    fi
}
arrived() { [ "$(sum_of delivered)" -ge "$(sent)" ]; }
wrong=''
resets=$(grep -c ' expired$' "$dir/board.log" || :)
ended "$board" && wrong="$wrong; the board ended by itself (${dim}$dir/boot.log${off})"
vm=$(cat "$dir/vm.pid" 2>/dev/null || :)
hung=1
total=$(sent)
if [ -n "$vm" ] && [ -z "$wrong" ]; then
    [ "$resets" -gt 0 ] || wait_for 5 arrived || :
    total=$(sent)
    kill -TERM "$vm" 2>/dev/null || :
    # One that hangs, or is being started, cannot stop in order.
    wait_for 10 test -f "$dir/vm.code" && hung=0
fi
vm_code=$(cat "$dir/vm.code" 2>/dev/null || echo 0)
# The ladder's work: SIGKILL or SIGABRT to a VM that was silent.
case $vm_code in 134 | 137) hung=1 vm_code=0 ;; esac
stop_all
if [ "$way" = resident ]; then
    read=$(grep ' received=' "$dir/bridge.log" | received)
else
    read=$(sed -n 's/.*read=\([0-9]*\).*/\1/p' "$dir/vm.log" | awk '{ n += $1 } END { print n + 0 }')
fi
got=$(sum_of delivered)
lost=$(sum_of lost)
killed=''
[ ! -f "$dir/bridge.killed" ] || killed=yes
if [ "$resets" -eq 0 ] && [ "$hung" -eq 0 ] && [ -z "$killed" ]; then
    printf '%saccount%s  sent %s, read %s, delivered %s, lost %s\n' "$bold" "$off" "$total" "$read" "$got" "$lost"
    [ "$total" -eq "$read" ] || wrong="$wrong; sent and read differ"
    [ "$read" -eq $((got + lost)) ] || wrong="$wrong; read is not delivered + lost"
elif [ "$daemon" = none ] && [ "$resets" -gt 0 ]; then
    # No daemon's log lies beside it to be counted, and what a bridge had received it knew alone.
    printf '%saccount%s  delivered %s, lost %s; sent before a reset: known to the bridge of that boot alone; resets %s\n' "$bold" "$off" \
        "$got" "$lost" "$resets"
else
    # What was in the VM, in the bridge, in ferrule or in the daemon when they were killed is nobody's to count one by one.
    gone=$((total - got - lost))
    printf '%saccount%s  sent %s, delivered %s, lost %s, lost with a %s %s; resets %s\n' "$bold" "$off" "$total" "$got" "$lost" \
        "${killed:+bridge that was killed, or a }VM that was hung or dead" "$gone" "$resets"
    [ "$gone" -ge 0 ] || wrong="$wrong; more arrived than was sent"
fi
[ "$vm_code" -eq 0 ] || wrong="$wrong; the VM ended with status $vm_code (${dim}$dir/vm.log${off})"
if [ "$hung" -eq 0 ]; then
    [ ! -e "$dir/syslog.otp" ] || wrong="$wrong; the FIFO is still there"
    [ "$daemon" = none ] || cmp -s "$dir/syslog.conf" "$dir/syslog.conf.before" || wrong="$wrong; syslog.conf is not as it was"
fi
if [ -n "$wrong" ]; then
    printf '%sthe account is wrong%s%s\n' "$red" "$off" "$wrong"
    exit 1
fi
if [ "$daemon" = none ]; then
    printf '%sthe account is right%s\n' "$green" "$off"
elif [ "$hung" -eq 0 ]; then
    printf '%sthe account is right%s; the way is disabled and syslog.conf is as it was\n' "$green" "$off"
else
    printf '%sthe account is right%s; the VM was hung or being started, so nobody disabled the way\n' "$green" "$off"
fi
