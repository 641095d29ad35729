#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: bench-inside.sh
# Measures the heart inside the emulator beside the heart that is a process, each with a simulated board, in one run of about 15 s: a
# beat, until what pets has heard it (the pets themselves have a rhythm of their own, see src/keeper/petting.h), and silence to the
# verdict. Who plays the emulator is a harness, so what erts adds to either is not in it. Events a second inside are
# bench-bridge.sh's. Fails on no time. BENCH_HEARTS (5): how many of each kind run at once.
set -eu
cd "$(dirname "$0")/.."
[ "${VAKT_CONFINED:-}" = 1 ] || exec scripts/confine.sh scripts/bench-inside.sh
top=$(pwd)
work=$(mktemp -d "$top/build/bench.XXXXXX")
hearts=''
finish() {
    # shellcheck disable=SC2086 # pids
    [ -z "$hearts" ] || kill $hearts 2>/dev/null || :
    wait
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
unset HEART_COMMAND HEART_KILL_SIGNAL HEART_NO_KILL HW_WD_DISABLE HEART_WATCHDOG_DRIVER

# heart KIND FOLDER WHAT ...: in a folder of its own, since it is where its board is
heart() (
    mkdir -p "$2/run"
    cd "$2"
    kind=$1
    shift 2
    case $kind in
        inside) exec "$top/build/test/prog/heart_drv_harness" "$@" ;;
        process) exec "$top/build/test/bench/heart_answers" "$top/build/bin/heart" "$@" ;;
    esac
)

printf 'heart inside the emulator, and as a process: a simulated board each, -ht 11, %s of each kind\n' "${BENCH_HEARTS:-5}"
# In turns, so that what disturbs the machine disturbs both.
for n in 1 2 3 4 5; do
    for kind in inside process; do
        heart $kind "$work/$kind.$n" beats 2000 2>/dev/null | sed -n "s/^output \\([0-9]*\\) ns.* back \\([0-9]*\\) ns\$/$kind beat \\1e-9\\n$kind answer \\2e-9/p"
    done
done >"$work/said"
for n in $(seq "${BENCH_HEARTS:-5}"); do
    for kind in inside process; do
        heart $kind "$work/$kind.p$n" silence >"$work/$kind.p$n.said" 2>/dev/null &
        hearts="$hearts $!"
    done
done
for pid in $hearts; do wait "$pid" || :; done
hearts=''
for kind in inside process; do
    cat "$work/$kind".p*.said | sed "s/^/$kind /"
done >>"$work/said"

sort -k1,2 -k3,3g "$work/said" | awk '
    $3 < 0 { never[$1, $2]++; next }
    { v[$1, $2, ++n[$1, $2]] = $3 }
    # In units of 1 / scale s.
    function row(key, what, unit, scale,   i, kind, middle) {
        for (i = 1; i <= 2; i++) {
            kind = i == 1 ? "inside" : "process"
            if (!n[kind, key]) { printf "  %-44s %-8s never\n", what, kind; continue }
            middle = v[kind, key, int((n[kind, key] + 1) / 2)]
            printf "  %-44s %-8s median %9.3f  least %9.3f  most %9.3f %s (%d%s)\n", what, kind, middle * scale, v[kind, key, 1] * scale, v[kind, key, n[kind, key]] * scale, unit, n[kind, key], never[kind, key] ? ", never " never[kind, key] : ""
            half[kind, key] = middle
        }
        if (half["inside", key] > 0 && half["process", key] > 0)
            printf "  %-44s %-8s %.3f\n", what, "ratio", half["inside", key] / half["process", key]
    }
    END {
        row("beat", "a beat, until the VM may go on", "us", 1e6)
        row("answer", "until what pets has heard it and answered", "us", 1e6)
        row("verdict", "silence to the verdict, from the last beat", "s", 1)
    }'
