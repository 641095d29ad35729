#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: bench-erl.sh
# Measures how fast parsed events come to an Erlang subscriber that matches on severity, app and text, the resident way, from a
# feeder that plays the bridge: in batches, one by one, and, for what the socket alone costs, packets that nobody looks into.
# In turns, so that what disturbs the machine disturbs all. Says whether the demand is met; fails on no time.
# BENCH_ROUNDS (5), BENCH_EVENTS (4000000), BENCH_BYTES of a message (120).
set -eu
cd "$(dirname "$0")/.."
command -v erlc >/dev/null 2>&1 || exit 0
rounds=${BENCH_ROUNDS:-5}
events=${BENCH_EVENTS:-4000000}
bytes=${BENCH_BYTES:-120}
app=$(make -s print-APP)
feeder=$(pwd)/build/test/bench/bridge_feeder
work=$(mktemp -d "$(pwd)/build/bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
erlc -o "$work" test/bench/bridge_bench.erl
: >"$work/results"
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    for mode in raw batch single; do
        count=$events
        [ $mode != single ] || count=$((events / 4))
        printf '%s ' $mode >>"$work/results"
        erl -noinput -kernel logger_level warning -pa "$app/ebin" "$work" -s bridge_bench main \
            -extra "$feeder" "$work/sock" $mode "$count" "$bytes" >>"$work/results" 2>/dev/null || printf 'failed\n' >>"$work/results"
    done
done
printf 'to an Erlang subscriber, resident, %s bytes a message: median of %s (least to most)\n' "$bytes" "$rounds"
spread() { sort -n | awk '{ v[NR] = $1 } END { if (NR == 0) { print "0 0 0"; exit } print v[int((NR + 1) / 2)], v[1], v[NR] }'; }
column() { awk -v m="$1" -v what="$2" '$1 == m && NF > 4 { for (i = 2; i <= NF; i++) { split($i, f, "="); v[f[1]] = f[2] }
    printf "%.4f\n", (what == "rate" ? v["events"] / v["seconds"] : v[what] * 1e6 / v["events"]) }' "$work/results" | spread; }
for mode in raw batch single; do
    # shellcheck disable=SC2046 # nine numbers
    set -- $(column $mode rate) $(column $mode cpu) $(column $mode feeder_cpu)
    printf '  %-8s %9.0f events/s (%.0f to %.0f)  %.3f us CPU/event (%.3f to %.3f), feeder %.3f\n' $mode "$1" "$2" "$3" "$4" "$5" "$6" "$7"
done
# shellcheck disable=SC2046 # three numbers
set -- $(column batch rate)
awk -v r="$1" 'BEGIN { printf "  demand: 2000000 parsed events/s in batches: %s\n", (r >= 2e6) ? "met" : "NOT MET in this run" }'
