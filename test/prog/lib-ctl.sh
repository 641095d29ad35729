# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2034 # set by lib.sh; used by the suites
# For suites of vaktctl; after lib.sh and suite:  . test/prog/lib-ctl.sh

ctl=$bin/vaktctl
# Relative, since a socket's path must fit 107 bytes however deep this tree lies.
near=${suite_tmp#"$top/"}

# run STATUS ARGUMENT ...: vaktctl; its output is in $tmp/out and $tmp/err.
run() {
    wanted=$1
    shift
    code=0
    "$ctl" "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
    [ "$code" -eq "$wanted" ] || fail "vaktctl $*: status $code, not $wanted: $(cat "$tmp/out" "$tmp/err")"
}
says() { grep -q -e "$1" "$tmp/out" || fail "not said: $1; but: $(cat "$tmp/out")"; }
complains() { grep -q -e "$1" "$tmp/err" || fail "no complaint: $1; but: $(cat "$tmp/err")"; }
there() { [ -S "$1" ]; }
