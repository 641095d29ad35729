# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2034 # set by lib.sh and by the suite; used there
# For suites with a real syslog daemon; after lib.sh and suite:  . test/prog/lib-daemons.sh
#
# $daemon names it. fresh makes its folder $own, start_daemon runs it ($syslogd), open_way is mod_syslog otp until the daemon
# holds the FIFO, start_reader runs the real ferrule ($ferrule) as a port; each packet becomes a line of $own/got.

tools=$top/build/test/prog

fresh() {
    own=$tmp/d
    conf=$own/syslog.conf
    mkdir "$own"
    : >"$own/got"
    scripts/private-syslogd.sh --prepare "$daemon" "$own" || skip "no $daemon (scripts/get-daemons.sh test fetches it)"
}

start_daemon() {
    spawn scripts/private-syslogd.sh "$daemon" "$own" >>"$own/out" 2>&1
    syslogd=$spawned
    eventually 20 is_up
}
# The probe that succeeds ends the wait, so exactly one is logged.
is_up() {
    kill -0 "$syslogd" 2>/dev/null || fail "$daemon ended: $(cat "$own/out")"
    [ "$(cat "$own/syslog.pid" 2>/dev/null)" = "$syslogd" ] && [ -S "$own/log" ] && say "daemon $syslogd is up" 2>/dev/null
}

# end PID [SIGNAL]: a process that this check spawned; returns when it is gone.
end() {
    kill "-${2:-TERM}" "$1"
    wait "$1" 2>/dev/null || :
}

# say WORDS: one message, user.notice, tag probe.   raw FORMAT: a datagram that is just what printf makes of FORMAT.
say() { printf '<13>probe: %s' "$*" | "$tools/log_sender" -i "$own/log"; }
# shellcheck disable=SC2059 # the format is the point
raw() { printf "$1" | "$tools/log_sender" -i "$own/log"; }
# A daemon that stops its senders is found by the time that is over.
bulk() { timeout 120 "$tools/log_sender" -t bulk "$@" "$own/log" >/dev/null; }

# Lines with these words: in what Erlang would get, and in the daemon's plain file.
got() { grep -aqF -- "$1" "$own/got"; }
in_messages() { grep -aqF -- "$1" "$own/messages"; }
got_count() { grep -acF -- "$1" "$own/got" || :; }
messages_count() { grep -acF -- "$1" "$own/messages" || :; }
logged() { [ "$(messages_count "$1")" -ge "$2" ]; }
arrived() { [ "$(got_count "$1")" -ge "$2" ]; }

mod() { "$bin/mod_syslog" "$1" "$own" "$conf"; }

# A HUP is carried out when the daemon comes to it, and some open the FIFO with the first message only.
open_way() {
    if [ "$daemon" = busybox ]; then return 0; fi
    equal 0 "$(mod otp)" 'mod_syslog otp'
    eventually 20 takes_fifo
}
takes_fifo() { holds_fifo "$syslogd" || { say "does the daemon hold the FIFO?" && holds_fifo "$syslogd"; }; }
# holds_fifo PID: it has the FIFO of now open, not one that was removed.
holds_fifo() {
    for held in /proc/"$1"/fd/*; do
        [ "$(readlink "$held")" != "$own/syslog.otp" ] || return 0
    done
    return 1
}
holds_no_fifo() { ! holds_fifo "$1"; }

# $reader_as: words before the command (an absolute path first), for a reader of other rights.
reader_as=''
start_reader() {
    rm -f "$own/ferrule.pid"
    # shellcheck disable=SC2086 # words
    spawn "$tools/packet_dump" "$own/ferrule.pid" $reader_as "$bin/ferrule" "$own" >>"$own/got" 2>>"$own/ferrule.err"
    reader=$spawned
    eventually 20 test -s "$own/ferrule.pid"
    ferrule=$(cat "$own/ferrule.pid")
    eventually 20 holds_fifo "$ferrule"
}

# fed WORDS: sent until it has come out at the other end once.
fed() {
    eventually 30 comes_through "$1"
}
comes_through() {
    if gone "$syslogd"; then fail "$daemon ended: $(tail -n 3 "$own/out")"; fi
    got "$1" || { say "$1" && got "$1"; }
}
# gone PID: ended, whether or not its parent has looked yet.
gone() { ! [ -d "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null; }

# The way of a line stands: folder, daemon, FIFO, reader.
# busybox has no rule to lead to a FIFO: its only file is one, and it wants the reader first.
begin() {
    fresh
    if [ "$daemon" = busybox ]; then
        mkfifo -m 0640 "$own/syslog.otp"
        ln -s syslog.otp "$own/messages"
        start_reader
        start_daemon
    else
        start_daemon
        open_way
        start_reader
    fi
    fed 'the way stands'
}

# What a refusal must not change: every file of the folder, what is in it, whose it is, and that it is the same file.
fingerprint() {
    find "$own" -mindepth 1 ! -name syslog.otp.lock ! -name got ! -name 'ferrule.*' ! -name out -printf '%P %y %i %m %u %g %n\n' |
        sort
    find "$own" -type f -name 'syslog.*' ! -name syslog.otp.lock -exec cksum {} + | sort
}

# account: since the words "the way stands", logged = arrived + what ferrule says it lost + what the daemon says it dropped
# for the FIFO. inetutils counts nothing: there the plain file alone tells.
since_the_way_stands() { awk 'index($0, "the way stands") { on = 1 } on && !/vakt\[ferrule\]: / { n++ } END { print n + 0 }' "$1"; }
account_of() {
    ferrule_lost=$(sed -n 's/^.*vakt\[ferrule\]: \([0-9]*\) lines lost.*/\1/p' "$own/got" | awk '{ n += $1 } END { print n + 0 }')
    lines_got=$(since_the_way_stands "$own/got")
    lines_logged=$(since_the_way_stands "$own/messages")
    case $daemon in
        rsyslog) dropped=$(rsyslog_dropped) ;;
        syslog-ng) dropped=$(syslog_ng_dropped) ;;
        *) dropped=0 ;;
    esac
}
accounted() {
    account_of
    [ "$lines_logged" -eq $((lines_got + ferrule_lost + dropped)) ]
}
eventually_accounted() {
    if (eventually 30 accounted) >/dev/null; then account_text; else fail "the account is wrong: $(account_text)"; fi
}
account_text() {
    account_of
    printf '%s: logged %s, arrived %s, ferrule lost %s, %s dropped %s\n' "$daemon" "$lines_logged" "$lines_got" \
        "$ferrule_lost" "$daemon" "$dropped"
}

# rsyslog counts what its queues discard when impstats is loaded (one line a second, never reset), syslog-ng at level 1.
with_statistics() {
    for file in syslog.conf syslog.conf.ORIG syslog.conf.OTP; do
        case $daemon in
            rsyslog)
                printf 'module(load="impstats" interval="1" resetCounters="off" log.syslog="off" log.file="%s")\n' \
                    "$own/statistics" | cat - "$own/$file"
                ;;
            syslog-ng) sed 's/stats-freq(0)/stats-freq(0); stats-level(1)/' "$own/$file" ;;
            *) cat "$own/$file" ;;
        esac >"$own/with"
        cat "$own/with" >"$own/$file"
    done
    rm "$own/with"
}
rsyslog_dropped() {
    awk '/ompipe queue: / { full = 0; for (i = 1; i <= NF; i++) if (split($i, a, "=") == 2 && a[1] ~ /^discarded/) full += a[2]; n = full }
        END { print n + 0 }' "$own/statistics" 2>/dev/null || printf 0
}
syslog_ng_dropped() {
    control=$(find "$top/build/daemons/syslog-ng" -name syslog-ng-ctl -type f 2>/dev/null | head -n 1)
    libraries=$(find "$top/build/daemons/syslog-ng" -name 'lib*.so*' -exec dirname {} + | sort -u | tr '\n' ':')
    (cd "$own" && LD_LIBRARY_PATH=$libraries "${control:-syslog-ng-ctl}" stats -c control) |
        awk -F ';' '$2 ~ /d_vakt/ && $5 == "dropped" { n += $6 } END { print n + 0 }'
}
