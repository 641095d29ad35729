#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: run-unit.sh SUITE RUNNER
# A CppUTest runner as a suite: it says "OK (N tests, M ran, ... I ignored ...)", this adds the count line in our form. Every
# test's name is in build/log/SUITE.raw, and shown when something failed.
set -eu
suite=$1
runner=$2
code=0
raw=build/log/$suite.raw
"$runner" -s -v >"$raw" 2>&1 || code=$?
[ "$code" -eq 0 ] || cat "$raw"
grep -E '^(OK|Errors) \(' "$raw" || { printf 'the runner died\n'; exit 1; }
grep -E '^(OK|Errors) \(' "$raw" | tail -n 1 | awk -v suite="$suite" '{
    f = 0; t = 0; i = 0
    n = split($0, w, /[ (,]+/)
    for (k = 2; k <= n; k++) {
        if (w[k] ~ /^failures?$/) f = w[k-1]
        if (w[k] ~ /^tests?$/) t = w[k-1]
        if (w[k] == "ignored") i = w[k-1]
    }
    printf "%s: %d passed, %d failed, %d skipped\n", suite, t - f - i, f, i
}'
exit "$code"
