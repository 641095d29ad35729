# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# For whole-program suites (test/prog/*.sh), which run from the top of the tree under scripts/confine.sh:
#
#   . test/prog/lib.sh
#   suite ferrule
#   check "a line becomes one packet" a_line_becomes_one_packet
#   finish
#
# check runs a function in a subshell under set -eu, in a scratch folder of its own ($tmp); exit 0 is passed, 77 (skip) is
# skipped, anything else failed and its output is shown. What spawn started is ended, by pid, when the check is over.
#
# VAKT_OTP=DIR: with that Erlang/OTP (code:root_dir()) in place of the system's.

suite() {
    suite_name=$1
    passed=0
    failed=0
    skipped=0
    top=$(pwd)
    # shellcheck disable=SC2034 # for the suites
    bin=${VAKT_BIN:-$top/build/bin}
    # shellcheck disable=SC2034 # for the suites
    otp_root=${VAKT_OTP:-/usr/lib/erlang}
    [ -z "${VAKT_OTP:-}" ] || PATH=$VAKT_OTP/bin:$PATH
    # Short, since socket paths must fit 107 bytes; under build/ only, since nothing else may be touched.
    suite_tmp=$(mktemp -d "$top/build/t.XXXXXX")
    chmod 0755 "$suite_tmp"
    trap 'rm -rf "$suite_tmp"' EXIT
    trap 'exit 130' INT TERM
}

check() {
    sentence=$1
    shift
    tmp=$suite_tmp/$((passed + failed + skipped))
    mkdir "$tmp"
    (
        set -eu
        trap 'end_spawned' EXIT
        "$@"
    ) >"$suite_tmp/log" 2>&1 </dev/null
    case $? in
        0)
            passed=$((passed + 1))
            printf '  ok    %s\n' "$sentence"
            ;;
        77)
            skipped=$((skipped + 1))
            printf '  skip  %s: %s\n' "$sentence" "$(tail -n 1 "$suite_tmp/log")"
            ;;
        *)
            failed=$((failed + 1))
            printf '  FAIL  %s\n' "$sentence"
            sed 's/^/        | /' "$suite_tmp/log"
            ;;
    esac
    rm -rf "$tmp"
}

finish() {
    printf '%s: %s passed, %s failed, %s skipped\n' "$suite_name" "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ]
}

skip() {
    printf '%s\n' "$*"
    exit 77
}

fail() {
    printf 'failed: %s\n' "$*"
    exit 1
}

# equal EXPECTED ACTUAL [WHAT]
equal() {
    [ "$1" = "$2" ] || fail "${3:-value}: expected [$1], got [$2]"
}

# in_memory NAME: an empty directory in $memory_dir, with no disk behind it where confine.sh has given us one: what is timed to the second
# is not to wait for what others bring to the disk (a file is made only after the journal's commit, 6 s in a full run).
in_memory() {
    memory_dir=$suite_tmp/$1
    if [ "${VAKT_CONFINED:-}" = 1 ] && [ "$(id -u)" -eq 0 ]; then memory_dir=/dev/shm/$1; fi
    mkdir "$memory_dir"
}

# eventually SECONDS COMMAND [ARGUMENT ...]: until the command succeeds; fails when it has not within that time.
# The limit is a parameter, since a command may wait for something eventually itself.
eventually() {
    set -- "$(($(date +%s) + $1))" "$@"
    until without_two "$@"; do
        if [ "$(date +%s)" -gt "$1" ]; then
            shift 2
            fail "never came true: $*"
        fi
        sleep 0.02
    done
}
without_two() {
    shift 2
    "$@"
}

# spawn COMMAND ...: in the background; its pid is in $spawned and it is ended with the check.
spawn() {
    "$@" &
    spawned=$!
    printf '%s\n' "$spawned" >>"$tmp/.spawned"
}

end_spawned() {
    [ -f "$tmp/.spawned" ] || return 0
    while read -r pid; do
        kill "$pid" 2>/dev/null || continue
        ended=0
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            kill -0 "$pid" 2>/dev/null || { ended=1; break; }
            sleep 0.05
        done
        [ "$ended" -eq 1 ] || kill -KILL "$pid" 2>/dev/null || :
    done <"$tmp/.spawned"
}
