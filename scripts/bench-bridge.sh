#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: bench-bridge.sh
# Measures the resident way: each source through syslog_bridge to a C++ client and to an Erlang subscriber that matches on parsed
# fields, beside the classic way (ferrule, lines parsed in Erlang) and rsyslog's ways into the same consumer, in turns, so that what
# disturbs the machine disturbs all of them; believe the ratios. Says at the end which demand is met; fails on no time.
# BENCH_ROUNDS (5), BENCH_EVENTS (2000000) through the FIFO, BENCH_SECONDS of latency (20) and at rest (60).
set -eu
cd "$(dirname "$0")/.."
rounds=${BENCH_ROUNDS:-5}
events=${BENCH_EVENTS:-2000000}
seconds=${BENCH_SECONDS:-20}
top=$(pwd)
tools=$top/build/test/bench
ebin=$(echo "$top"/build/lib/vakt-*/ebin)

work=$(mktemp -d "$top/build/b.XXXXXX")
bridge=''
daemon=''
end() {
    [ -z "$1" ] || { kill "$1" 2>/dev/null || :; wait "$1" 2>/dev/null || :; }
}
finish() {
    end "$daemon"
    end "$bridge"
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
: >"$work/results"
erlc -o "$work" test/bench/resident_bench.erl

# Within a minute, or it is said what was waited for in vain.
eventually() {
    limit=$(($(date +%s) + 60))
    until "$@"; do
        [ "$(date +%s)" -le "$limit" ] || { printf 'never came true: %s\n' "$*"; cat "$work"/*.log; exit 1; } >&2
        sleep 0.02
    done
}
spread() { sort -n | awk '{ v[NR] = $1 } END { if (NR == 0) { print "- - -"; exit } print v[int((NR + 1) / 2)], v[1], v[NR] }'; }
# column CASE CONSUMER KEY
column() { awk -v c="$1" -v p="$2" -v k="$3" '$1 == c && $2 == p { for (i = 3; i <= NF; i++) { split($i, f, "="); if (f[1] == k) print f[2] } }' "$work/results"; }
median() { column "$1" "$2" "$3" | spread | cut -d' ' -f1; }
# CPU seconds of a process so far
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / hz }' "/proc/$1/stat"; }

# ---- the bridge ------------------------------------------------------------------------------------------------------------
mkdir "$work/run" "$work/state" "$work/inside"
mkfifo "$work/syslog.otp"
port=$((20000 + $$ % 20000))
cat >"$work/bridge.conf" <<END
ring = 67108864;
group = $(id -g);
sources = (
    { type = "fifo"; path = "$work/syslog.otp"; },
    { type = "socket"; path = "$work/log"; mode = "0600"; buffer = 8388608; },
    { type = "udp"; address = "127.0.0.1"; port = $port; buffer = 8388608; }
);
END
"$top/build/bin/syslog_bridge" --foreground --config "$work/bridge.conf" --socket "$work/run/bridge.sock" --state "$work/state" \
    --run "$work/run" --pmsg "$work/none" 2>"$work/bridge.log" &
bridge=$!
eventually test -S "$work/run/bridge.sock"
where() { case $1 in inside-fifo) printf '%s' "$work/inside/fifo" ;; inside-socket) printf '%s' "$work/inside/log" ;; fifo) printf '%s' "$work/syslog.otp" ;; socket) printf '%s' "$work/log" ;; udp) printf '%s' "$port" ;; esac; }

# consume CONSUMER COUNT: in the background, into $work/said; returns when it is ready
consume() {
    # Not the word of the one before.
    : >"$work/said"
    case $1 in
        c) "$tools/bridge_client" "$work/run/bridge.sock" "$2" >"$work/said" & ;;
        *) VAKT_BENCH_DIR=$work/inside VAKT_BRIDGE_SOCKET=$work/run/bridge.sock VAKT_LEASE=bench-$1 erl -noinput -boot start_clean -pa "$ebin" "$work" \
            -eval "resident_bench:$1($2)" >"$work/said" & ;;
    esac
    consumer=$!
    eventually grep -q ready "$work/said"
}
# measure CASE CONSUMER COUNT COMMAND ...
# in words of its own: its callers' loops have `name`, `who` and `count`.
measure() {
    measured=$1 consumer_kind=$2 wanted=$3
    shift 3
    consume "$consumer_kind" "$wanted"
    before=$(cpu $bridge)
    "$@" >"$work/load"
    wait "$consumer" || :
    after=$(cpu $bridge)
    printf '%s %s %s bridge=%s\n' "$measured" "$consumer_kind" "$(grep events= "$work/said")" \
        "$(awk -v a="$after" -v b="$before" 'BEGIN { print a - b }')" |
        awk '{ for (i = 3; i <= NF; i++) { split($i, f, "="); v[f[1]] = f[2] }
               n = v["events"] ? v["events"] : 1
               printf "%s rate=%.0f cpu=%.4f bridgecpu=%.4f\n", $0, v["events"] / v["seconds"], (v["user"] + v["sys"]) * 1e6 / n, v["bridge"] * 1e6 / n }' \
        >>"$work/results"
}
part() { printf '%s' $((events / $1)); }

printf 'machine: %s processors, load %s; %s rounds, messages of 120 bytes\n' \
    "$(getconf _NPROCESSORS_ONLN)" "$(cut -d' ' -f1 /proc/loadavg)" "$rounds"
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    # inside: the same without a bridge's process.
    for who in c batches events inside inside_events; do
        case $who in inside*) at=inside- ;; *) at='' ;; esac
        case $who in *events) n=$(part 4) ;; *) n=$events ;; esac
        measure fifo-100 "$who" "$n" "$tools/log_load" fifo "$(where "${at}fifo")" "$n" 100
        measure fifo-1 "$who" "$(part 4)" "$tools/log_load" fifo "$(where "${at}fifo")" "$(part 4)" 1
        measure socket "$who" "$(part 4)" "$tools/log_load" socket "$(where "${at}socket")" "$(part 4)" 64
    done
    # At a tenth of what a loopback can take: RFC 5426 loses what nobody reads in time, and the bench waits for each.
    measure udp c "$(part 40)" "$tools/log_load" udp "$(where udp)" "$(part 40)" 8 20000
done
printf '\nthrough the bridge: median events/s (least to most), CPU of the bridge and of the consumer, us an event\n'
for name in fifo-100 fifo-1 socket udp; do
    for who in c batches events; do
        [ -n "$(column $name $who rate)" ] || continue
        # shellcheck disable=SC2046 # three numbers
        printf '  %-10s %-8s %9d (%d to %d)  bridge %s, consumer %s, lost %s\n' $name $who $(column $name $who rate | spread) \
            "$(median $name $who bridgecpu)" "$(median $name $who cpu)" "$(column $name $who lost | awk '{ n += $1 } END { print n + 0 }')"
    done
done
printf '\nthe same inside the emulator, without the bridge: and how long a scheduler was held up at most, us by the clock (of its processor)\n'
for name in fifo-100 fifo-1 socket; do
    for who in inside inside_events; do
        [ -n "$(column $name $who rate)" ] || continue
        # shellcheck disable=SC2046 # three numbers
        printf '  %-10s %-13s %9d (%d to %d)  CPU %s, lost %s, held up %s (%s)\n' $name $who $(column $name $who rate | spread) \
            "$(median $name $who cpu)" "$(column $name $who lost | awk '{ n += $1 } END { print n + 0 }')" \
            "$(column $name $who slowest | sort -n | tail -n 1)" "$(column $name $who slowestcpu | sort -n | tail -n 1)"
    done
    of=batches
    awk -v n="$name" -v a="$(median $name inside rate)" -v b="$(median $name $of rate)" 'BEGIN { if (b > 0) printf "  %-10s inside / bridge, in batches: %.2f\n", n, a / b }'
done

# ---- the classic way, and rsyslog's --------------------------------------------------------------------------------------------
classic() { # classic MODE COUNT: resident_bench:MODE, a port program of its own
    own=$work/own
    rm -rf "$own"
    mkdir "$own"
    mkfifo "$own/syslog.otp"
    exec 7<>"$own/syslog.otp"
    erl -noinput -boot start_clean -pa "$ebin" "$work" -eval \
        "resident_bench:classic(\"$top/build/bin/ferrule\",\"$tools/log_load\",\"$own\",$1,$2)" 2>/dev/null 7>&- >"$work/said"
    exec 7>&-
    awk -v c="classic-$1" '/events=/ { for (i = 1; i <= NF; i++) { split($i, f, "="); v[f[1]] = f[2] }
        printf "%s erlang %s rate=%.0f\n", c, $0, v["events"] / v["seconds"] }' "$work/said" >>"$work/results"
}
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    classic lines "$(part 4)"
    classic parsed "$(part 4)"
done
printf '\nthe classic way into Erlang, 100 lines a write: events/s\n'
for name in classic-lines classic-parsed; do
    # shellcheck disable=SC2046
    printf '  %-15s %9d (%d to %d)\n' $name $(column $name erlang rate | spread)
done

if [ -d build/daemons/rsyslog ]; then
    mkdir "$work/rsyslog"
    scripts/private-syslogd.sh --prepare rsyslog "$work/rsyslog"
    cat >"$work/rsyslog/syslog.conf" <<END
global(workDirectory="$work/rsyslog")
module(load="imuxsock" SysSock.Use="off")
module(load="omprog")
input(type="imuxsock" Socket="log" RateLimit.Interval="0" ruleset="pipe")
input(type="imuxsock" Socket="prog" RateLimit.Interval="0" ruleset="prog")
template(name="line" type="string" string="<%PRI%>%TIMESTAMP% %HOSTNAME% %syslogtag%%msg%\n")
ruleset(name="pipe") { action(type="ompipe" pipe="$work/syslog.otp" template="line") }
ruleset(name="prog") { action(type="omprog" binary="/bin/dd of=$work/syslog.otp bs=65536 conv=notrunc status=none" template="line") }
END
    scripts/private-syslogd.sh rsyslog "$work/rsyslog" 2>"$work/rsyslog.log" &
    daemon=$!
    eventually test -s "$work/rsyslog/syslog.pid"
    eventually test -S "$work/rsyslog/prog"
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        measure direct c "$(part 20)" "$tools/log_load" socket "$work/log" "$(part 20)" 64
        measure rsyslog-omprog c "$(part 20)" "$tools/log_load" socket "$work/rsyslog/prog" "$(part 20)" 64
        # A full pipe is loss that rsyslog does not count, so this way gets no more than the others take of it, and is asked what came.
        measure rsyslog-ompipe c "$(part 100)" "$tools/log_load" socket "$work/rsyslog/log" "$(part 100)" 8 20000
    done
    printf '\na message socket to the C++ client: by itself, and through rsyslog; messages/s\n'
    for name in direct rsyslog-omprog rsyslog-ompipe; do
        # shellcheck disable=SC2046
        printf '  %-15s %9d (%d to %d)\n' $name $(column $name c rate | spread)
    done
    end "$daemon"
    daemon=''
fi

# ---- latency -------------------------------------------------------------------------------------------------------------------
# latency NAME WHO RATE LINES: messages that many a second, LINES a write
latency() {
    count=$((seconds * $3))
    case $2 in inside*) from=$(where "inside-$1") ;; *) from=$(where "$1") ;; esac
    measure "latency-$1-$4" "$2" "$count" "$tools/log_load" "$1" "$from" "$count" "$4" "$3"
    printf '  %-7s %-13s %s %s %s   CPU of the bridge %s, of the consumer %s us an event\n' "$1" "$2" "$(median "latency-$1-$4" "$2" p50)" \
        "$(median "latency-$1-$4" "$2" p99)" "$(median "latency-$1-$4" "$2" p999)" "$(median "latency-$1-$4" "$2" bridgecpu)" "$(median "latency-$1-$4" "$2" cpu)"
}
printf '\nlatency from the write to the consumer, us: p50, p99, p99.9\nat 10,000 a second, 10 a write\n'
for name in fifo socket; do
    for who in c batches events inside inside_events; do latency $name $who 10000 10; done
done
# So close together that they are let gather.
printf 'at 4,000 a second, 1 a write\n'
for who in c batches inside; do latency fifo $who 4000 1; done

# ---- memory, at rest -------------------------------------------------------------------------------------------------------------
# What is its own and not the ring: private pages of everything but the ring's file.
own_kb() {
    awk '/^[0-9a-f]+-[0-9a-f]+ / { ring = /bridge\.ring/ } /^Private_(Clean|Dirty):/ && !ring { n += $2 } END { print n + 0 }' "/proc/$1/smaps"
}
switches() { awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$1/status"; }
own=$(own_kb $bridge)
sleep 3 # beyond what is let gather, folded and synchronised
before=$(switches $bridge)
sleep "${BENCH_REST:-60}"
woken=$(($(switches $bridge) - before))
printf '\nat rest, after all that: %s kB of its own besides the ring; woken %s times in %s s\n' "$own" "$woken" "${BENCH_REST:-60}"

# ---- the demands -------------------------------------------------------------------------------------------------------------------
printf '\ndemands\n'
verdict() { if [ "$1" -eq 1 ]; then printf '  met      %s\n' "$2"; else printf '  NOT MET  %s\n' "$2"; fi; }
at_least() { awk -v a="$1" -v b="$2" 'BEGIN { print (a >= b) }'; }
rate=$(median fifo-100 batches rate)
verdict "$(at_least "$rate" 2000000)" "$rate parsed events/s into an Erlang subscriber, at least 2 million"
for who in c batches events; do
    p99=$(median latency-fifo-10 $who p99)
    verdict "$(at_least 1000 "$p99")" "p99 of $p99 us at 10,000 a second ($who), under 1 ms"
done
verdict "$((woken <= ${BENCH_REST:-60} / 15 + 1))" "woken $woken times with nothing to read: by its metrics alone"
verdict "$(at_least 4096 "$own")" "$own kB of its own besides the ring, under 4096"
