#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: test.sh [SUITE ...]
# Builds, then runs every suite (or those named), as many at once as there are processors and lint besides, and adds up their
# results (scripts/run-suite.sh). Most suites wait more than they work; lint takes what they leave, and disturbs none.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build/log
rm -f build/log/*.result
jobs=$(getconf _NPROCESSORS_ONLN)
wanted=" $* "

# NAME COMMAND, one suite a line; the longest first, so that the end is not one long suite alone.
suites() {
    printf 'lint env ANALYZER_NODES=75000 scripts/aside.sh scripts/lint.sh\n'
    printf 'fuzz env FUZZ_SECONDS=%s scripts/fuzz.sh\n' "${FUZZ_SECONDS:-4}"
    printf 'soak env SOAK_FACTOR=1 scripts/soak.sh\n'
    if [ -x scripts/test-erl.sh ]; then printf 'erl scripts/confine.sh scripts/test-erl.sh\n'; fi
    for script in test/prog/*.sh; do
        case $script in */lib.sh | */lib-*.sh) continue ;; esac
        printf '%s scripts/confine.sh sh %s\n' "$(basename "$script" .sh)" "$script"
    done
    printf 'unit scripts/confine.sh scripts/run-unit.sh unit build/test/unit\n'
    printf 'unit-asan scripts/confine.sh scripts/run-unit.sh unit-asan build/asan/test/unit\n'
}

printf '== build\n'
began=$(date +%s)
make -j"$jobs" test-bins
make -j"$jobs" SANITIZE=asan sanitized-test-bins
built=$(($(date +%s) - began))

suites | while read -r name command; do
    case $wanted in '  ' | *" $name "*) printf '%s %s\n' "$name" "$command" ;; esac
done >build/log/suites
[ -s build/log/suites ] || { printf 'test: no suite is named%s\n' "$wanted" >&2; exit 2; }
xargs -P $((jobs + 1)) -L 1 scripts/run-suite.sh <build/log/suites

printf '\n== time and result of each suite, %s at once\n%6s s  build\n' "$((jobs + 1))" "$built"
passed=0
failed=0
skipped=0
while read -r name _; do
    result=build/log/$name.result
    [ -s "$result" ] || printf '0 0 1 0\n' >"$result" # it did not even come to an end
    read -r took p f s <"$result"
    printf '%6s s  %-22s %s passed, %s failed, %s skipped\n' "$took" "$name" "$p" "$f" "$s"
    [ "$f" -eq 0 ] || printf '          FAILED: build/log/%s.log\n' "$name"
    passed=$((passed + p))
    failed=$((failed + f))
    skipped=$((skipped + s))
done <build/log/suites
for daemon in rsyslog syslog-ng inetutils busybox journald; do
    [ -d "build/daemons/$daemon" ] || printf '          no copy of %s could be had: what needs it was skipped\n' "$daemon"
done
printf '%6s s  the whole\n' "$(($(date +%s) - began))"
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
