#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: bench.sh
# Measures ferrule beside a byte-at-a-time reader and a bare read-memchr-copy-write loop (test/bench), in turns, so that
# what disturbs the machine disturbs all of them; believe the ratios. Says at the end which demand is met; fails on no time.
# BENCH_ROUNDS (7), BENCH_LINES (2000000), BENCH_SECONDS of watching an idle ferrule (60).
set -eu
cd "$(dirname "$0")/.."
rounds=${BENCH_ROUNDS:-7}
lines=${BENCH_LINES:-2000000}
seconds=${BENCH_SECONDS:-60}
top=$(pwd)
tools=$top/build/test/bench
width=120

work=$(mktemp -d "$top/build/bench.XXXXXX")
idle_pid=
finish() {
    [ -z "$idle_pid" ] || kill "$idle_pid" 2>/dev/null || :
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
: >"$work/results"

path() { case $1 in ferrule) printf '%s' "$top/build/bin/ferrule" ;; *) printf '%s' "$tools/$1" ;; esac; }
# The byte reader gets fewer lines, or nobody would wait for it.
share() { case $1 in byte_reader) printf '%s' $((lines / 100)) ;; *) printf '%s' "$lines" ;; esac; }
# median FILE-FILTERED-COLUMN: middle, least and most of the numbers on standard input
spread() { sort -n | awk '{ v[NR] = $1 } END { if (NR == 0) { print "- - -"; exit } print v[int((NR + 1) / 2)], v[1], v[NR] }'; }
# column CASE PROGRAM KEY
column() { awk -v c="$1" -v p="$2" -v k="$3" '$1 == c && $2 == p { for (i = 3; i <= NF; i++) { split($i, f, "="); if (f[1] == k) print f[2] } }' "$work/results"; }
median() { column "$1" "$2" "$3" | spread | cut -d' ' -f1; }
row() { printf '  %-26s %-12s %s\n' "$1" "$2" "$3"; }

# record CASE PROGRAM OUTPUT: adds the rates to what a measurement printed
record() {
    printf '%s\n' "$3" | awk -v c="$1" -v p="$2" '{
        for (i = 1; i <= NF; i++) { split($i, f, "="); v[f[1]] = f[2] }
        extra = sprintf("rate=%.0f", v["lines"] / v["seconds"])
        if ("user" in v) extra = extra sprintf(" cpu=%.4f calls=%.4f", (v["user"] + v["sys"]) * 1e6 / v["lines"], v["io"] / v["lines"])
        print c, p, $0, extra }' >>"$work/results"
}

printf 'machine: %s processors, load %s; %s rounds, lines of %s bytes\n' \
    "$(getconf _NPROCESSORS_ONLN)" "$(cut -d' ' -f1 /proc/loadavg)" "$rounds" "$width"

# ---- FIFO to pipe ------------------------------------------------------------------------------------------------------
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    for batch in 100 1; do
        for program in ferrule bare_loop byte_reader; do
            record "drain-$batch" "$program" "$("$tools/port_bench" "$tools/feeder" "$(share $program)" $width $batch \
                "$(path $program)" 2>/dev/null)"
        done
    done
done
printf '\nFIFO to pipe: median (least to most)\n'
for batch in 100 1; do
    for program in ferrule bare_loop byte_reader; do
        text=$(column "drain-$batch" $program rate | spread | awk '{ printf "%10d lines/s (%d to %d)", $1, $2, $3 }')
        text="$text$(column "drain-$batch" $program cpu | spread | awk '{ printf "  %8.3f us CPU/line (%.3f to %.3f)", $1, $2, $3 }')"
        text="$text  $(median "drain-$batch" $program calls) reads and writes/line (/proc/PID/io)"
        row "$batch a write upstream" $program "$text"
    done
done

# ---- system calls, all of them ---------------------------------------------------------------------------------------
if command -v strace >/dev/null 2>&1 && strace -o "$work/none" true 2>/dev/null; then
    printf '\nsystem calls a line (strace -f -c, which slows all and so changes how much comes at once)\n'
    for batch in 100 1; do
        for program in ferrule bare_loop byte_reader; do
            count=20000
            [ $program != byte_reader ] || count=500
            "$tools/port_bench" "$tools/feeder" $count $width $batch /usr/bin/env strace -f -c -o "$work/strace" \
                "$(path $program)" >/dev/null 2>&1 || :
            calls=$(awk '$NF == "total" { print ($3 ~ /^[0-9.]+$/ ? $4 : $3) }' "$work/strace")
            row "$batch a write upstream" $program "$(awk -v n="${calls:-0}" -v l=$count 'BEGIN { printf "%.4f", n / l }')"
        done
    done
fi

# ---- into Erlang -------------------------------------------------------------------------------------------------------
if command -v erlc >/dev/null 2>&1; then
    erlc -o "$work" test/bench/erl_bench.erl
    own=$work/own
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        for mode in binary list; do
            for program in ferrule bare_loop byte_reader; do
                # A FIFO of its own for each, since a reader ends only some time after its VM.
                rm -rf "$own"
                mkdir "$own"
                mkfifo "$own/syslog.otp"
                exec 7<>"$own/syslog.otp"
                record "erlang-$mode" "$program" "$(cd "$work" && erl -noinput -boot start_clean -eval \
                    "erl_bench:main([\"$(path $program)\",\"$tools/feeder\",\"$own\",\"$mode\",\"$(($(share $program) / 4))\",\"100\"])" \
                    2>/dev/null 7>&-)"
                exec 7>&-
            done
        done
    done
    printf '\nFIFO to a counting Erlang process, {packet,2}, 100 a write upstream\n'
    for mode in binary list; do
        for program in ferrule bare_loop byte_reader; do
            row "$mode" $program "$(column "erlang-$mode" $program rate | spread | awk '{ printf "%10d lines/s (%d to %d)", $1, $2, $3 }')"
        done
    done
fi

# ---- at rest -------------------------------------------------------------------------------------------------------------
printf '\nat rest\n'
own=$work/rest
mkdir "$own"
mkfifo "$own/syslog.otp" "$work/in"
memory() { awk '/^Rss:/ { r = $2 } /^Pss:/ { p = $2 } END { printf "RSS %s kB, PSS %s kB", r, p }' "/proc/$1/smaps_rollup"; }
switches() { awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$1/status"; }
for program in byte_reader ferrule; do
    sh -c "exec '$(path $program)' '$own' <'$work/in' >/dev/null 2>/dev/null" &
    idle_pid=$!
    exec 8>"$work/in" 9<>"$own/syslog.otp"
    printf 'begin\n' >&9
    while [ "$(readlink "/proc/$idle_pid/exe")" != "$(path $program)" ]; do sleep 0.1; done
    sleep 1
    row 'memory, after one line' $program "$(memory "$idle_pid")"
    "$tools/feeder" "$own/syslog.otp" $((lines / 100)) $width 100
    sleep 3 # beyond the time an unfinished line is held
    row 'memory, after a flood' $program "$(memory "$idle_pid")"
    if [ $program = ferrule ]; then
        before=$(switches "$idle_pid")
        sleep "$seconds"
        woken=$(($(switches "$idle_pid") - before))
        row "woken in $seconds s" $program "$woken times (voluntary_ctxt_switches)"
    fi
    kill "$idle_pid"
    wait "$idle_pid" 2>/dev/null || :
    idle_pid=
    exec 8>&- 9>&-
done

# ---- the parsers -----------------------------------------------------------------------------------------------------------
printf '\nparsers, one core\n'
build/test/bench/parse_bench | tee "$work/parsers" | sed 's/^/  /'

# ---- the demands -----------------------------------------------------------------------------------------------------------
printf '\ndemands\n'
verdict() { if [ "$1" -eq 1 ]; then printf '  met      %s\n' "$2"; else printf '  NOT MET  %s\n' "$2"; fi; }
# ratio CASE OTHER: the median of each round's own ratio
ratio() {
    column "$1" ferrule rate >"$work/a"
    column "$1" "$2" rate >"$work/b"
    paste "$work/a" "$work/b" | awk '{ print $1 / $2 }' | spread
}
for batch in 100 1; do
    # shellcheck disable=SC2046 # three numbers
    set -- $(ratio "drain-$batch" bare_loop)
    verdict "$(awk -v r="$1" 'BEGIN { print (r >= 0.8) }')" \
        "$(printf '%s a write: %.2f of the bare loop (%.2f to %.2f), at least 0.8' $batch "$1" "$2" "$3")"
    # shellcheck disable=SC2046
    set -- $(ratio "drain-$batch" byte_reader)
    verdict "$(awk -v r="$1" 'BEGIN { print (r >= 100) }')" \
        "$(printf '%s a write: %.0f times the byte reader (%.0f to %.0f), at least 100' $batch "$1" "$2" "$3")"
done
lost=$(awk '$2 == "ferrule" { for (i = 3; i <= NF; i++) { split($i, f, "="); if (f[1] == "lost") n += f[2] } } END { print n + 0 }' "$work/results")
verdict "$((lost == 0))" "$lost of the lines of all rounds lost, 0"
verdict "$((woken == 0))" "woken $woken times in $seconds s with nothing to read, 0"
slowest=$(awk '/million lines/ { for (i = 2; i <= NF; i++) if ($i == "million") print $(i - 1) }' "$work/parsers" | sort -n | head -n 1)
verdict "$(awk -v r="$slowest" 'BEGIN { print (r > 3) }')" "the slowest form of message: $slowest million lines/s, over 3"
