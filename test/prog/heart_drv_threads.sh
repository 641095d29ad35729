#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The driver heart outside the emulator, which heart_drv_harness plays: cycles, stops and a crash, plain, under valgrind, and as
# ThreadSanitizer sees it (make SANITIZE=tsan build/tsan/test/prog/heart_drv_harness; skipped where that was not made).
. test/prog/lib.sh
suite heart_drv_threads

harness=$top/build/test/prog/heart_drv_harness

# try PROGRAM WORD ...: in a folder of its own
try() {
    cd "$tmp"
    mkdir -p run
    timeout 120 "$@" >out 2>err || fail "exit status $?: $(cat out err)"
    cat out
}
cycles() { try "$harness" cycles 200; }
crash() { try "$harness" crash; }
checked() {
    command -v valgrind >/dev/null 2>&1 || skip 'valgrind is not installed'
    try valgrind -q --error-exitcode=9 "$harness" cycles 10
    try valgrind -q --error-exitcode=9 "$harness" crash
}
raced() {
    tsan=$top/build/tsan/test/prog/heart_drv_harness
    [ -x "$tsan" ] || skip 'it was not made with ThreadSanitizer'
    TSAN_OPTIONS=exitcode=9
    export TSAN_OPTIONS
    try "$tsan" cycles 100
    try "$tsan" crash
    if grep -q ThreadSanitizer err; then fail "$(cat err)"; fi
}

check "cycles and stops, again and again" cycles
check "a crash from another thread is noted and rebooted" crash
check "the same under valgrind" checked
check "the same under ThreadSanitizer" raced
finish
