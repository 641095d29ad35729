#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: bench-heart.sh
# Measures our heart beside OTP's (where this machine has one) in one run, about 45 s: detection, a closed port, PSS, wake-ups.
# Says which demand is met; fails on no time. BENCH_HEARTS (5): how many of each kind run at once.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)
work=$(mktemp -d "$top/build/bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
otp=$(find /usr/lib/erlang /usr/local/lib/erlang -path '*/erts-*/bin/heart' 2>/dev/null | sort | tail -n 1) || :
build/test/bench/heart_bench "$top/build/bin/heart" "$otp" "${BENCH_HEARTS:-5}" "$work" | tee "$work/said"
awk '/^  silent VM.* ours / {
    for (i = 1; i <= NF; i++) { if ($i == "least") least = $(i + 1); if ($i == "most") most = $(i + 1) }
    printf "  demand: silent VM given up between 11.000 and 11.050 s: %s\n", (least >= 11 && most <= 11.05) ? "met" : "NOT MET in this run"
} /^  a quiet heart.* ours / { printf "  demand: PSS under 300 kB: %s\n", ($6 < 300) ? "met" : "NOT MET" }' "$work/said"
