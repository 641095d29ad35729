#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: test.sh [SUITE ...]
# Builds, then runs every suite (or those named) and adds up their last lines, "NAME: N passed, N failed, N skipped".
# A suite that ends badly without such a line counts as one failure. Logs stay in build/log/.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build/log
jobs=$(getconf _NPROCESSORS_ONLN)
wanted=" $* "

passed=0
failed=0
skipped=0
bad_suites=''
shares=''

# run_suite NAME COMMAND ...
run_suite() {
    name=$1
    shift
    case $wanted in '  ' | *" $name "*) ;; *) return 0 ;; esac
    printf '== %s\n' "$name"
    log=build/log/$name.log
    began=$(date +%s)
    code=0
    { "$@" 2>&1 || printf 'exit status %s\n' "$?" >"$log.code"; } </dev/null | tee "$log"
    if [ -f "$log.code" ]; then
        code=1
        rm -f "$log.code"
    fi
    took=$(($(date +%s) - began))
    line=$(sed -n 's/^\([a-z_-]*: \)\{0,1\}\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed, \([0-9][0-9]*\) skipped$/\2 \3 \4/p' "$log" | tail -n 1)
    [ -n "$line" ] || { line='0 1 0'; printf '%s: ended without its count\n' "$name"; }
    p=${line%% *}
    s=${line##* }
    f=${line#* }
    f=${f%% *}
    if [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    passed=$((passed + p))
    failed=$((failed + f))
    skipped=$((skipped + s))
    [ "$f" -eq 0 ] || bad_suites="$bad_suites $name"
    shares="$shares$(printf '%6s s  %-22s %s passed, %s failed, %s skipped' "$took" "$name" "$p" "$f" "$s")
"
}

# CppUTest says "OK (N tests, M ran, ... I ignored ...)"; this adds the count line in our form.
unit() {
    code=0
    "$1" -s -v >"build/log/$(basename "$(dirname "$(dirname "$1")")")-unit.raw" 2>&1 || code=$?
    raw=build/log/$(basename "$(dirname "$(dirname "$1")")")-unit.raw
    [ "$code" -eq 0 ] || cat "$raw"
    grep -E '^(OK|Errors) \(' "$raw" || { printf 'the runner died\n'; return 1; }
    grep -E '^(OK|Errors) \(' "$raw" | tail -n 1 | awk -v suite="$2" '{
        f = 0; t = 0; i = 0
        n = split($0, w, /[ (,]+/)
        for (k = 2; k <= n; k++) {
            if (w[k] ~ /^failures?$/) f = w[k-1]
            if (w[k] ~ /^tests?$/) t = w[k-1]
            if (w[k] == "ignored") i = w[k-1]
        }
        printf "%s: %d passed, %d failed, %d skipped\n", suite, t - f - i, f, i
    }'
    return "$code"
}

build() { make -j"$jobs" "$@"; }

printf '== build\n'
began=$(date +%s)
build test-bins
build SANITIZE=asan test-bins
shares="$(printf '%6s s  %-22s' "$(($(date +%s) - began))" build)
"

run_suite lint scripts/lint.sh
run_suite unit unit build/test/unit unit
run_suite unit-asan unit build/asan/test/unit unit-asan
if [ -x scripts/test-erl.sh ]; then run_suite erl scripts/confine.sh scripts/test-erl.sh; fi
for script in test/prog/*.sh; do
    case $script in */lib.sh | */lib-*.sh) continue ;; esac
    run_suite "$(basename "$script" .sh)" scripts/confine.sh sh "$script"
done
run_suite fuzz env FUZZ_SECONDS="${FUZZ_SECONDS:-10}" scripts/fuzz.sh
run_suite soak env SOAK_FACTOR=1 scripts/soak.sh

printf '\n== time and result of each suite\n%s\n' "$shares"
[ -z "$bad_suites" ] || printf 'failed in:%s (build/log/NAME.log)\n' "$bad_suites"
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
