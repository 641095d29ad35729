#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The driver heart for long, outside the emulator: SOAK_FACTOR times 250 cycles with a stop after every eighth, which hold no more
# descriptors and threads in the end than after the first stop, and crashes. The long form makes the harness with ThreadSanitizer, too,
# where test/prog/heart_drv_threads.sh then finds it.
. test/prog/lib.sh
suite heart_drv_soak
factor=${SOAK_FACTOR:-1}
harness=$top/build/test/prog/heart_drv_harness
raced=$top/build/tsan/test/prog/heart_drv_harness

# try PROGRAM WORD ...: in the check's folder
try() {
    cd "$tmp"
    mkdir -p run
    timeout $((60 * factor)) "$@" >out 2>err || fail "exit status $?: $(tail -n 50 out err)"
    cat out
}
cycles() { try "$1" cycles "$2"; }
crashes() {
    for _ in $(seq "$factor"); do try "$1" crash; done
}
free_of_races() {
    [ "$factor" -gt 1 ] || skip 'the long form alone makes it with ThreadSanitizer (SOAK_FACTOR)'
    make -s SANITIZE=tsan build/tsan/test/prog/heart_drv_harness
    TSAN_OPTIONS=exitcode=9
    export TSAN_OPTIONS
    cycles "$raced" $((50 * factor))
    crashes "$raced"
    if grep -q ThreadSanitizer err; then fail "$(cat err)"; fi
}

check "$((250 * factor)) cycles, with stops: nothing is held that was not in the beginning" cycles "$harness" $((250 * factor))
check "crashes, one in a process: each is rebooted" crashes "$harness"
check "cycles, stops and crashes as ThreadSanitizer sees them" free_of_races
finish
