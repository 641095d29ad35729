#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: run-suite.sh NAME COMMAND [ARGUMENT ...]
# Runs one suite and shows it when it is over: several run at once and none shall talk into another. Its whole log stays in
# build/log/NAME.log; build/log/NAME.result gets "SECONDS PASSED FAILED SKIPPED" from its last line, "NAME: N passed, N failed,
# N skipped". A suite that ends badly without such a line, or is not over after SUITE_SECONDS (default 4500: lint has what the others
# leave), counts as one failure.
set -eu
name=$1
shift
log=build/log/$name.log
began=$(date +%s)
code=0
# In a session of its own: the kernel divides the processors between sessions (autogroup), and within one that computes much, lint's or a
# compiler's, others' children waited for seconds for their first turn. So Ctrl-C, which reaches this session alone, is passed on.
setsid timeout -k 10 "${SUITE_SECONDS:-4500}" "$@" >"$log" 2>&1 </dev/null &
suite=$!
trap 'kill "$suite" 2>/dev/null; wait "$suite"; exit 130' INT TERM HUP
wait "$suite" || code=$?
trap - INT TERM HUP
[ "$code" -eq 0 ] || printf 'exit status %s\n' "$code" >>"$log"
line=$(sed -n 's/^\([a-z_-]*: \)\{0,1\}\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed, \([0-9][0-9]*\) skipped$/\2 \3 \4/p' "$log" | tail -n 1)
[ -n "$line" ] || { line='0 1 0'; printf '%s: ended without its count\n' "$name" >>"$log"; }
case $line in *' 0 '*) [ "$code" -eq 0 ] || line="${line%% *} 1 ${line##* }" ;; esac
printf '%s %s\n' "$(($(date +%s) - began))" "$line" >"build/log/$name.result"
{
    flock 9
    printf '== %s\n' "$name"
    cat "$log"
} 9>build/log/.shown
