#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: test-erl.sh [MODULE ...]
# Compiles test/erl into build/test-erl and runs EUnit (*_tests) and Common Test (*_SUITE) against the real programs of
# build/bin. Common Test's own logs are in build/test-erl/logs. Needs build/bin, the application and fake_syslogd built.
set -eu
cd "$(dirname "$0")/.."
VAKT_TOP=$(pwd)
export VAKT_TOP
app=$VAKT_TOP/$(make -s print-APP)
out=build/test-erl
rm -rf "$out"
mkdir -p "$out/tmp"
trap 'rm -rf "$out/tmp"' EXIT
erlc -Werror +debug_info -o "$out" -pa "$app/ebin" test/erl/*.erl
status=0
# No terminal, no break handler, no crash dump outside of build.
ERL_CRASH_DUMP=$VAKT_TOP/$out/erl_crash.dump erl -noinput -pa "$app/ebin" -pa "$out" -kernel logger_level warning \
    -s vakt_report main -extra "$VAKT_TOP/$out" "$@" </dev/null || status=$?
exit "$status"
