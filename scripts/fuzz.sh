#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: fuzz.sh [TARGET ...]
# Builds test/fuzz/*_fuzz.cpp with libFuzzer, address and undefined sanitizers, and runs each for FUZZ_SECONDS (default 60)
# from the seeds in test/data/fuzz/TARGET. A crash leaves its input in build/fuzz/crash/.
set -eu
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-60}
passed=0
failed=0
skipped=0
if ! command -v clang++ >/dev/null 2>&1; then
    printf '  skip  all targets: clang++ is not installed\n'
    printf 'fuzz: 0 passed, 0 failed, %s skipped\n' "$(find test/fuzz -name '*_fuzz.cpp' | wc -l)"
    exit 0
fi
make -s -j"$(getconf _NPROCESSORS_ONLN)" SANITIZE=fuzz CXX=clang++ fuzzers
mkdir -p build/fuzz/crash
for source in test/fuzz/*_fuzz.cpp; do
    [ -f "$source" ] || continue
    target=$(basename "$source" .cpp)
    if [ $# -gt 0 ]; then
        case " $* " in *" $target "*) ;; *) continue ;; esac
    fi
    corpus=build/fuzz/corpus/$target
    mkdir -p "$corpus"
    seeds=test/data/fuzz/$target
    [ -d "$seeds" ] || seeds=
    log=build/fuzz/$target.log
    # shellcheck disable=SC2086 # no seeds is no word
    if "build/fuzz/bin/$target" -max_total_time="$seconds" -max_len=70000 -rss_limit_mb=2048 \
        -artifact_prefix="build/fuzz/crash/$target-" "$corpus" $seeds >"$log" 2>&1; then
        passed=$((passed + 1))
        printf '  ok    %s: %s\n' "$target" "$(sed -n 's/^\(Done [0-9]* runs\).*/\1/p' "$log")"
    else
        failed=$((failed + 1))
        printf '  FAIL  %s\n' "$target"
        tail -n 30 "$log"
    fi
done
printf 'fuzz: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
