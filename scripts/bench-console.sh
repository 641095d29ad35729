#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: bench-console.sh
# Measures our run_erl and to_erl beside OTP's (where this machine has them), in turns: how fast a node can print with a viewer
# and without one, and how soon a key's echo is back; with the log on disk, and on a tmpfs, where OTP's O_SYNC costs nothing.
# BENCH_ROUNDS (3), BENCH_CONSOLE_MB (50; a tenth for OTP's on disk, or nobody would wait), BENCH_ECHOS (1000). Fails on no time.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)
rounds=${BENCH_ROUNDS:-3}
megabytes=${BENCH_CONSOLE_MB:-50}
echos=${BENCH_ECHOS:-1000}
otp_run_erl=$(command -v run_erl || :)
otp_to_erl=$(command -v to_erl || :)

work=$(mktemp -d "$top/build/bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
: >"$work/results"

# measure DISK NAME RUN_ERL TO_ERL MEGABYTES: DISK is disk or memory
measure() {
    # shellcheck disable=SC2016 # for the shell there
    scripts/confine.sh sh -eu -c '
        place=$1
        shift
        [ "$place" != memory ] || place=/dev/shm
        scratch=$(mktemp -d "$place/vakt.XXXXXX")
        "$1" "$2" "$3" "$4" "$scratch" "$5" "$6" || :
        rm -rf "$scratch"' measure "$([ "$1" = memory ] && printf memory || printf %s "$work")" \
        "$top/build/test/bench/console_bench" "$2" "$3" "$4" "$5" "$echos" | sed "s/^/$1 /" >>"$work/results"
}
# middle DISK NAME KIND KEY: the middle of all rounds; KIND may be two words
middle() {
    awk -v d="$1" -v n="$2" -v k="$3" -v key="$4" '$1 == d && $2 == n && ($3 == k || $3 " " $4 == k) {
        for (i = 4; i <= NF; i++) { split($i, f, "="); if (f[1] == key) print f[2] } }' "$work/results" |
        sort -n | awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : "-" }'
}

printf '\nconsole: %s processors, load %s; %s rounds, %s MB, %s echos\n' \
    "$(getconf _NPROCESSORS_ONLN)" "$(cut -d' ' -f1 /proc/loadavg)" "$rounds" "$megabytes" "$echos"
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    for disk in disk memory; do
        measure "$disk" ours "$top/build/bin/run_erl" "$top/build/bin/to_erl" "$megabytes"
        [ -n "$otp_run_erl$otp_to_erl" ] || continue
        few=$megabytes
        [ "$disk" = memory ] || few=$(((megabytes + 9) / 10))
        measure "$disk" otp "$otp_run_erl" "$otp_to_erl" "$few"
    done
done

for disk in disk memory; do
    for name in ours otp; do
        for viewer in 0 1; do
            kind="print viewer=$viewer"
            printf '  %-9s %-5s prints, %s: %7s MB/s; CPU of run_erl %s s and to_erl %s s for %s MB\n' "log: $disk" "$name" \
                "$([ "$viewer" = 1 ] && printf 'a viewer ' || printf 'no viewer')" "$(middle $disk $name "$kind" rate)" \
                "$(middle $disk $name "$kind" run_erl_cpu)" "$(middle $disk $name "$kind" to_erl_cpu)" "$(middle $disk $name "$kind" MB)"
        done
        printf '  %-9s %-5s echo: half within %s us, 99 of 100 within %s us; CPU of both and the node %s us a key\n' "log: $disk" "$name" \
            "$(middle $disk $name echo p50_us)" "$(middle $disk $name echo p99_us)" "$(middle $disk $name echo all_cpu_us)"
    done
    # demand WORDS OURS OTPS: ours at least as good, where more is better
    demand() {
        awk -v w="$1" -v a="$2" -v b="$3" 'BEGIN {
            if (b == "-" || a == "-") { printf "  demand: %s: not measured\n", w; exit }
            printf "  demand: %s: %.1f times OTP\047s: %s\n", w, a / b, (a >= b) ? "met" : "NOT MET in this run" }'
    }
    demand "log: $disk, printing with a viewer" "$(middle $disk ours 'print viewer=1' rate)" "$(middle $disk otp 'print viewer=1' rate)"
    demand "log: $disk, printing with none" "$(middle $disk ours 'print viewer=0' rate)" "$(middle $disk otp 'print viewer=0' rate)"
    demand "log: $disk, echos in the same time" "$(middle $disk otp echo p50_us)" "$(middle $disk ours echo p50_us)"
done
