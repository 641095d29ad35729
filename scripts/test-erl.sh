#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: [VAKT_OTP=DIR] test-erl.sh [MODULE ...]
# Compiles test/erl into build/test-erl and runs EUnit (*_tests) and Common Test (*_SUITE) against the real programs of
# build/bin. Common Test's own logs are in build/test-erl/logs. Needs build/bin, the application and fake_syslogd built.
# VAKT_OTP: with that Erlang/OTP (code:root_dir()) in place of the system's.
set -eu
cd "$(dirname "$0")/.."
VAKT_TOP=$(pwd)
export VAKT_TOP
[ -z "${VAKT_OTP:-}" ] || PATH=$VAKT_OTP/bin:$PATH
app=$VAKT_TOP/$(make -s print-APP)
out=build/test-erl
rm -rf "$out"
mkdir -p "$out/tmp"
trap 'rm -rf "$out/tmp"' EXIT
erlc -Werror +debug_info -o "$out" -pa "$app/ebin" test/erl/*.erl
# No terminal, no break handler, no crash dump outside of build; what the VM logs is in its own file, and what the programs say on stderr. Common Test's chatter is
# left out, and the exit status carried past the pipe.
{
    status=0
    ERL_CRASH_DUMP=$VAKT_TOP/$out/erl_crash.dump erl -noinput -pa "$app/ebin" -pa "$out" \
        -kernel logger "[{handler,default,logger_std_h,#{config=>#{file=>\"$VAKT_TOP/$out/vm.log\"}}}]" \
        -s vakt_report main -extra "$VAKT_TOP/$out" "$@" </dev/null 2>"$out/stderr.log" || status=$?
    printf '%s' "$status" >"$out/status"
} | sed -u -e '/^Testing .*: /d' -e '/^Updating .* done$/d' -e '/^$/d' -e '/^CWD set to: /d' -e '/^Common Test/d' -e '/^- - - - /d'
exit "$(cat "$out/status")"
