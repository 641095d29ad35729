#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run_erl: words, log and end beside those of OTP's; a log whose disk is full, frozen, or gone; what is left when it is killed.
# shellcheck disable=SC2016 # what is quoted is for the shell that run_erl starts

. test/prog/lib.sh
suite run_erl

otp=$(erl -noshell -eval 'io:format("~s", [code:root_dir()]), halt().' 2>/dev/null)/bin/run_erl
beside_otp() { [ -x "$otp" ] || skip "OTP's run_erl is not installed"; }

# What is compared byte for byte has no time of day in it.
RUN_ERL_LOG_ALIVE_FORMAT=stamp
export RUN_ERL_LOG_ALIVE_FORMAT

# in_memory: $tmp/m is a tmpfs of its own, SIZE bytes large (OTP's run_erl waits for the disk with each write).
in_memory() {
    mkdir "$tmp/m"
    if [ "$(id -u)" -eq 0 ]; then mount -t tmpfs -o "size=${1:-64m}" vakt-log "$tmp/m"; fi
    trap 'end_spawned; if [ "$(id -u)" -eq 0 ]; then umount -l "$tmp/m"; fi' EXIT
}

# ran PROGRAM NAME COMMAND ...: in $tmp/m/NAME, to its end; its status is in $status, its words in $tmp/m/NAME.err.
ran() {
    program=$1
    name=$2
    shift 2
    mkdir -p "$tmp/m/$name"
    status=0
    "$program" "$tmp/m/$name.pipe" "$tmp/m/$name" "$@" 2>"$tmp/m/$name.err" || status=$?
}

# without_time FILE: OTP's words, without the line of the source, the process and the time.
without_time() { sed 's/^run_erl:[0-9]* \[[0-9]*\] ... ... .. ..:..:.. ....$/run_erl/; s/^run_erl \[[0-9]*\] ... ... .. ..:..:.. ....$/run_erl/' "$1"; }

# log_text DIRECTORY: what was logged, in the order of the files from 1 on, without their headers of 4 lines.
log_text() {
    n=1
    while [ -f "$1/erlang.log.$n" ]; do
        tail -n +5 "$1/erlang.log.$n"
        n=$((n + 1))
    done
}

# the_same DIRECTORY DIRECTORY: logs, and the status files but for process and time.
the_same() {
    diff -r -x run_erl.log "$1" "$2" || fail "the logs of $1 and $2 differ"
    without_time "$1/run_erl.log" >"$tmp/one"
    without_time "$2/run_erl.log" >"$tmp/two"
    cmp "$tmp/one" "$tmp/two"
}

has() { grep -q -e "$1" "$2" 2>/dev/null; }
no_pipes() { for end in r w s; do [ ! -e "$1.$end" ] || fail "$1.$end is left behind"; done; }
ended() { case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in '' | Z* | X*) return 0 ;; *) return 1 ;; esac }

# writer_of PID: the child that writes the log, in $writer.
writer_of() {
    tr ' ' '\n' <"/proc/$1/task/$1/children" >"$tmp/children"
    while read -r child; do
        case $(cat "/proc/$child/comm") in run_erl) writer=$child; return 0 ;; esac
    done <"$tmp/children"
    fail "run_erl $1 has no child that writes"
}

# ---- beside OTP's ----

words_and_status_are_otps() {
    beside_otp
    in_memory
    for program in "$bin/run_erl" "$otp"; do
        name=$(dirname "$program" | sed 's|/.*lib/erlang/.*|otp|; s|/.*build/.*|ours|')
        ran "$program" "$name" 'printf "one\ntwo"; exit 3' and 'more words'
        equal 1 "$status" "status of $name"
        no_pipes "$tmp/m/$name.pipe"
        equal 'run_erl Erlang closed the connection.' "$(without_time "$tmp/m/$name.err" | xargs)" "words of $name"
        # No argument, and one too few.
        for few in '' "a b"; do
            status=0
            # shellcheck disable=SC2086 # words
            "$program" $few 2>"$tmp/usage" || status=$?
            equal 1 "$status" 'status of a wrong call'
            sed "s|$program|run_erl|" "$tmp/usage" >>"$tmp/m/$name.usage"
        done
    done
    the_same "$tmp/m/ours" "$tmp/m/otp"
    cmp "$tmp/m/ours.usage" "$tmp/m/otp.usage"
}

complaints_are_otps() {
    beside_otp
    in_memory
    for settings in 'RUN_ERL_LOG_GENERATIONS=1' 'RUN_ERL_LOG_MAXSIZE=999' 'RUN_ERL_LOG_MAXSIZE=x RUN_ERL_LOG_ACTIVITY_MINUTES=0' \
        'RUN_ERL_LOG_GENERATIONS=1 RUN_ERL_LOG_MAXSIZE=10 RUN_ERL_LOG_ACTIVITY_MINUTES=no' \
        "RUN_ERL_LOG_ALIVE_FORMAT=$(printf '%0257d' 0)" 'RUN_ERL_LOG_GENERATIONS=2 RUN_ERL_LOG_MAXSIZE=1000'; do
        for program in "$bin/run_erl" "$otp"; do
            rm -rf "$tmp/m/x" "$tmp/m/x.err"
            (
                # shellcheck disable=SC2163,SC2086 # words
                export $settings
                ran "$program" x true
            )
            without_time "$tmp/m/x.err" >"$tmp/said.$(basename "$(dirname "$program")")"
        done
        cmp "$tmp/said.bin" "$tmp/said.$(basename "$(dirname "$otp")")"
    done
}

# In ours, and not in OTP's, where it overruns an array.
too_many_generations_are_1000() {
    in_memory
    RUN_ERL_LOG_GENERATIONS=1000000 ran "$bin/run_erl" x 'echo well'
    has 'Maximum RUN_ERL_LOG_GENERATIONS is 1000' "$tmp/m/x.err"
    has well "$tmp/m/x/erlang.log.1"
}

# Each line is in the log before the next is written, so that both read the same pieces.
paced='stty -opost; n=0; while [ $n -lt 60 ]; do n=$((n + 1)); printf "line %s %0'
paced_end='d\n" $n 0; until grep -qs "line $n " "$LOGS"/erlang.log.*; do sleep 0.005; done; done'

logs_rotate_as_otps() {
    beside_otp
    in_memory
    for setting in '2 1000 90' '3 1000 400' '5 2000 300' '4 1000 1500'; do
        # shellcheck disable=SC2086 # words
        set -- $setting
        export RUN_ERL_LOG_GENERATIONS="$1" RUN_ERL_LOG_MAXSIZE="$2"
        for program in "$bin/run_erl" "$otp"; do
            if [ "$program" = "$otp" ]; then name=otp; else name=ours; fi
            rm -rf "$tmp/m/$name"
            LOGS=$tmp/m/$name ran "$program" "$name" "$paced$3$paced_end"
            # The second time it goes on with what is there.
            LOGS=$tmp/m/$name ran "$program" "$name" 'echo and again'
        done
        equal "$(($1 - 1))" "$(find "$tmp/m/ours" -name 'erlang.log.*' | wc -l)" "files of $1 generations"
        the_same "$tmp/m/ours" "$tmp/m/otp"
    done
}

any_logs_are_gone_on_with_as_otps_does() {
    beside_otp
    in_memory
    export RUN_ERL_LOG_GENERATIONS=3
    for there in '' 1 2 3 '1 2' '1 3' '2 3' '1 2 3' '1 4 7'; do
        for program in "$bin/run_erl" "$otp"; do
            if [ "$program" = "$otp" ]; then name=otp; else name=ours; fi
            rm -rf "$tmp/m/$name"
            mkdir "$tmp/m/$name"
            for n in $there; do printf 'old %s\n' "$n" >"$tmp/m/$name/erlang.log.$n"; done
            ran "$program" "$name" 'echo new'
        done
        the_same "$tmp/m/ours" "$tmp/m/otp" || fail "with $there"
    done
}

# With a clock that is 240 times as fast.
times_after_silence_are_otps() {
    beside_otp
    in_memory
    for program in "$bin/run_erl" "$otp"; do
        if [ "$program" = "$otp" ]; then name=otp; else name=ours; fi
        LD_PRELOAD=$top/build/test/preload/fast_clock.so CLOCK_FACTOR=240 RUN_ERL_LOG_ALIVE_MINUTES=100000 RUN_ERL_LOG_ACTIVITY_MINUTES=1 \
            ran "$program" "$name" 'echo one; sleep 0.6; echo two'
    done
    cmp "$tmp/m/ours/erlang.log.1" "$tmp/m/otp/erlang.log.1"
    printf '\n=====\n===== LOGGING STARTED stamp\n=====\none\r\n\n===== stamp\ntwo\r\n' | cmp - "$tmp/m/ours/erlang.log.1"
}

a_silent_node_is_alive() {
    beside_otp
    in_memory
    for program in "$bin/run_erl" "$otp"; do
        if [ "$program" = "$otp" ]; then name=otp; else name=ours; fi
        LOG=$tmp/m/$name/erlang.log.1 LD_PRELOAD=$top/build/test/preload/fast_clock.so CLOCK_FACTOR=240 RUN_ERL_LOG_ALIVE_MINUTES=1 \
            ran "$program" "$name" 'until [ "$(grep -cs ALIVE "$LOG")0" -ge 20 ]; do sleep 0.01; done'
        printf '\n=====\n===== LOGGING STARTED stamp\n=====\n\n===== ALIVE stamp\n\n===== ALIVE stamp\n' >"$tmp/expected"
        head -c "$(wc -c <"$tmp/expected")" "$tmp/m/$name/erlang.log.1" | cmp - "$tmp/expected"
    done
}

one_pipe_has_one_run_erl() {
    beside_otp
    in_memory
    mkdir "$tmp/m/log"
    spawn "$bin/run_erl" "$tmp/m/pipe" "$tmp/m/log" 'until [ -e "$0/end" ]; do sleep 0.02; done' "$tmp/m"
    eventually 20 has LOGGING "$tmp/m/log/erlang.log.1"
    for program in "$bin/run_erl" "$otp"; do
        status=0
        "$program" "$tmp/m/pipe" "$tmp/m/log" true 2>"$tmp/said" || status=$?
        equal 1 "$status" status
        equal "Erlang already running on pipe $tmp/m/pipe." "$(cat "$tmp/said")" words
    done
    touch "$tmp/m/end"
    wait "$spawned" || :
    no_pipes "$tmp/m/pipe"
}

numbers_are_given_to_pipes() {
    mkdir "$tmp/log" "$tmp/p"
    touch "$tmp/p/erlang.pipe.7.r" "$tmp/p/erlang.pipe.99999999999.r"
    "$bin/run_erl" "$tmp/p/" "$tmp/log" 'ls -1 "$0"' "$tmp/p" 2>/dev/null || :
    tr -d '\r' <"$tmp/log/erlang.log.1" | grep -x 'erlang.pipe.8.w'
    mkdir "$tmp/own"
    chmod 0755 "$tmp/own"
    VAKT_CONSOLE_DIR=$tmp/own "$bin/run_erl" -p /tmp/ "$tmp/log" 'ls -1 "$0"' "$tmp/own" 2>/dev/null || :
    tr -d '\r' <"$tmp/log/erlang.log.1" | grep -x 'erlang.pipe.1.w'
    equal 700 "$(stat -c %a "$tmp/own")" 'mode of the private directory'
    [ "$(id -u)" -eq 0 ] || return 0
    chown 1:1 "$tmp/own"
    status=0
    VAKT_CONSOLE_DIR=$tmp/own "$bin/run_erl" -p /tmp/ "$tmp/log" true 2>"$tmp/said" || status=$?
    equal 1 "$status" 'status with another one'"'"'s directory'
    has 'belongs to uid 1' "$tmp/said"
}

what_is_wrong_at_the_start_leaves_nothing() {
    mkdir "$tmp/log"
    status=0
    "$bin/run_erl" "$tmp/pipe" "$tmp/absent" 'touch "$0/started"' "$tmp" 2>"$tmp/said" || status=$?
    equal 1 "$status" status
    equal "run_erl errno=2 'No such file or directory' Can't access log directory '$tmp/absent'" \
        "$(without_time "$tmp/said" | tr '\n' ' ' | sed 's/ $//')" words
    [ ! -e "$tmp/started" ] || fail 'the command was started'
    no_pipes "$tmp/pipe"
    status=0
    "$bin/run_erl" "$tmp/absent/" "$tmp/log" true 2>"$tmp/said" || status=$?
    equal 1 "$status" status
    has "Can't access pipe directory '$tmp/absent/'." "$tmp/said"
}

# ---- the log is what the node wrote ----

long_random_lines_are_logged_byte_for_byte() {
    in_memory
    head -c 3000000 /dev/urandom | base64 -w 0 | fold -w 40000 >"$tmp/m/lines"
    head -c 1000000 /dev/urandom >>"$tmp/m/lines"
    RUN_ERL_LOG_MAXSIZE=100000000 ran "$bin/run_erl" one 'stty -opost; cat "$0"' "$tmp/m/lines"
    log_text "$tmp/m/one" | cmp - "$tmp/m/lines"
    RUN_ERL_LOG_GENERATIONS=1000 RUN_ERL_LOG_MAXSIZE=10000 ran "$bin/run_erl" many 'stty -opost; cat "$0"' "$tmp/m/lines"
    log_text "$tmp/m/many" | cmp - "$tmp/m/lines"
    largest=$(stat -c %s "$tmp"/m/many/erlang.log.* | sort -n | tail -n 1)
    [ "$largest" -le 10000 ] || fail "a file has $largest bytes"
}

a_real_node_types_and_prints() {
    beside_otp
    in_memory
    mkdir "$tmp/m/log"
    mkfifo "$tmp/m/keys"
    RUN_ERL_LOG_MAXSIZE=100000000 RUN_ERL_EXIT_STATUS=child spawn "$bin/run_erl" "$tmp/m/pipe" "$tmp/m/log" 'exec erl'
    node=$spawned
    eventually 60 has '1> ' "$tmp/m/log/erlang.log.1"
    exec 8<>"$tmp/m/keys"
    spawn sh -c 'exec "$0" "$1" <"$2"' "$(dirname "$otp")/to_erl" "$tmp/m/pipe" "$tmp/m/keys" >"$tmp/m/seen" 2>&1
    for _ in 1 2 3; do printf 'io:format("~%s~n", [lists:duplicate(10000, 10)]).\r\n' s >&8; done
    printf 'F = fun(F, 0) -> ok; (F, N) -> io:format("\\"~%s\\"~n", [[35 | [rand:uniform(25) + 65 || _ <- lists:seq(1, rand:uniform(2048))]]]), F(F, N - 1) end, F(F, 1000).\r\n' s >&8
    printf '"done" ++ " it".\r\nhalt(5).\r\n' >&8
    eventually 120 ended "$node"
    exec 8>&-
    status=0
    wait "$node" || status=$?
    equal 5 "$status" "the node's status"
    for what in log/erlang.log.1 seen; do
        newlines=$(wc -l <"$tmp/m/$what")
        [ "$newlines" -gt 31000 ] || fail "$what has $newlines newlines"
        equal 1000 "$(tr -d '\r' <"$tmp/m/$what" | grep -c '^"#[A-Z]*"$')" "random lines in $what"
    done
}

# ---- a disk that does not take it ----

what_a_full_disk_does_not_take_is_counted() {
    [ "$(id -u)" -eq 0 ] || skip 'a small file system needs root'
    in_memory 300k
    mkdir "$tmp/m/log"
    head -c 200000 /dev/zero >"$tmp/m/ballast"
    RUN_ERL_LOG_MAXSIZE=10000000 spawn "$bin/run_erl" "$tmp/pipe" "$tmp/m/log" \
        'stty -opost; head -c 500000 /dev/zero; touch "$0/full"; until [ -e "$0/more" ]; do sleep 0.02; done; printf after' "$tmp" 2>"$tmp/said"
    eventually 30 has 'No space left on device' "$tmp/said"
    eventually 30 test -e "$tmp/full"
    rm "$tmp/m/ballast"
    touch "$tmp/more"
    eventually 30 ended "$spawned"
    counted=$(sed -n 's/^===== NOT LOGGED: \([0-9]*\) bytes (No space left on device) stamp$/\1/p' "$tmp/m/log/erlang.log.1")
    equal 500000 "$((counted + $(tr -d -c '\000' <"$tmp/m/log/erlang.log.1" | wc -c)))" 'bytes logged and counted'
    equal after "$(tail -n 1 "$tmp/m/log/erlang.log.1")" 'what came after'
    has 'The log is written again.' "$tmp/said"
}

a_node_starts_with_a_full_disk() {
    [ "$(id -u)" -eq 0 ] || skip 'a small file system needs root'
    in_memory 64k
    mkdir "$tmp/m/log"
    cat /dev/zero >"$tmp/m/ballast" 2>/dev/null || :
    "$bin/run_erl" "$tmp/pipe" "$tmp/m/log" 'echo lost; touch "$0/started"; rm "$0/m/ballast"; sleep 0.2; echo found' "$tmp" 2>"$tmp/said" || :
    [ -e "$tmp/started" ] || fail 'it did not start'
    tr -d '\r' <"$tmp/m/log/erlang.log.1" | grep -x found
    has 'NOT LOGGED' "$tmp/m/log/erlang.log.1"
}

a_frozen_disk_does_not_stop_the_node() {
    in_memory
    mkdir "$tmp/m/log"
    RUN_ERL_LOG_MAXSIZE=100000000 spawn "$bin/run_erl" "$tmp/pipe" "$tmp/m/log" \
        'stty -opost; until [ -e "$0/go" ]; do sleep 0.02; done; head -c 8000000 /dev/zero; touch "$0/printed"; until [ -e "$0/more" ]; do sleep 0.02; done; printf after' "$tmp"
    eventually 20 has LOGGING "$tmp/m/log/erlang.log.1"
    writer_of "$spawned"
    kill -STOP "$writer"
    touch "$tmp/go"
    eventually 60 test -e "$tmp/printed"
    kill -CONT "$writer"
    eventually 60 has 'NOT LOGGED' "$tmp/m/log/erlang.log.1"
    touch "$tmp/more"
    eventually 30 ended "$spawned"
    counted=$(sed -n 's/.*NOT LOGGED: \([0-9]*\) bytes (the log was too slow) stamp$/\1/p' "$tmp/m/log/erlang.log.1" | awk '{ all += $1 } END { print all }')
    [ "$counted" -gt 4000000 ] || fail "only $counted bytes were passed over"
    equal 8000000 "$((counted + $(tr -d -c '\000' <"$tmp/m/log/erlang.log.1" | wc -c)))" 'bytes logged and counted'
    equal after "$(tail -n 1 "$tmp/m/log/erlang.log.1" | tr -d '\000')" 'what came after'
}

headers() { [ "$(grep -c LOGGING "$2")" -eq "$1" ]; }
a_writer_that_is_killed_is_made_again() {
    in_memory
    mkdir "$tmp/m/log"
    spawn "$bin/run_erl" "$tmp/pipe" "$tmp/m/log" 'until [ -e "$0/go" ]; do sleep 0.02; done; echo after' "$tmp" 2>"$tmp/said"
    eventually 20 has LOGGING "$tmp/m/log/erlang.log.1"
    writer_of "$spawned"
    kill -KILL "$writer"
    eventually 20 headers 2 "$tmp/m/log/erlang.log.1"
    has 'Args before exec' "$tmp/m/log/run_erl.log"
    touch "$tmp/go"
    eventually 20 has after "$tmp/m/log/erlang.log.1"
    has 'The writer of the log has ended' "$tmp/said"
}

# What a power cut leaves: a hole is made before the file that it is for, nothing is written with O_SYNC, and all that was written
# is on the disk when it ends.
files_reach_the_disk_in_order() {
    in_memory
    mkdir "$tmp/m/log"
    RUN_ERL_LOG_GENERATIONS=3 RUN_ERL_LOG_MAXSIZE=1000 \
        strace -f -y -qq -e trace=unlinkat,openat,write,fsync -o "$tmp/m/trace" "$bin/run_erl" "$tmp/m/pipe" "$tmp/m/log" \
        'for n in 1 2 3 4; do printf "%s %0900d\n" $n 0; sleep 0.05; done' 2>/dev/null || :
    awk '
        /unlinkat\(.*"erlang.log/ { match($0, /erlang.log.[0-9]*/); hole = substr($0, RSTART, RLENGTH); holes++ }
        /openat\(.*"erlang.log/ {
            match($0, /erlang.log.[0-9]*/)
            number = substr($0, RSTART + 11, 1)
            if (hole != "erlang.log." (number % 3 + 1)) bad = "no hole before " $0
            if (/O_SYNC|O_DSYNC/) bad = "a file that waits for the disk: " $0
            dirty["directory"] = 1
        }
        /write\(.*\/erlang.log/ { match($0, /<[^>]*>/); dirty[substr($0, RSTART, RLENGTH)] = 1 }
        /fsync\(.*\/log>/ { delete dirty["directory"]; syncs++ }
        /fsync\(.*\/erlang.log/ { match($0, /<[^>]*>/); delete dirty[substr($0, RSTART, RLENGTH)]; syncs++ }
        END {
            for (file in dirty) bad = file " was not synced"
            if (holes < 4) bad = holes " holes only"
            if (syncs > 20) bad = syncs " syncs"
            if (bad) { print bad; exit 1 }
        }' "$tmp/m/trace" || fail 'the order is not safe'
}

# ---- processes ----

all_is_there() { [ "$(cat "$2"/erlang.log.* | tr -d -c x | wc -c)" -eq "$1" ]; }
killed_outright_the_log_is_whole_and_the_node_is_told() {
    in_memory
    mkdir "$tmp/m/log"
    "$bin/run_erl" "$tmp/pipe" "$tmp/m/log" \
        'trap "touch $0/hangup; exit" HUP; head -c 300000 /dev/zero | tr "\000" x; touch "$0/printed"; while :; do sleep 0.02; done' "$tmp" &
    pid=$!
    eventually 30 test -e "$tmp/printed"
    kill -KILL "$pid"
    eventually 20 test -e "$tmp/hangup"
    eventually 20 all_is_there 300000 "$tmp/m/log"
    # The pipes are left, and nobody is there.
    "$bin/run_erl" "$tmp/pipe" "$tmp/m/log" 'echo again' 2>/dev/null || :
    eventually 20 again_is_logged "$tmp/m/log"
}
again_is_logged() { cat "$1"/erlang.log.* | tr -d '\r' | grep -qx again; }

a_node_ends_when_run_erl_is_killed() {
    mkdir "$tmp/log"
    "$bin/run_erl" "$tmp/pipe" "$tmp/log" 'echo $$ >"$0/pid"; exec erl' "$tmp" &
    pid=$!
    eventually 60 has '1> ' "$tmp/log/erlang.log.1"
    kill -KILL "$pid"
    eventually 30 ended "$(cat "$tmp/pid")"
}

what_a_child_leaves_behind_has_5_seconds() {
    mkdir "$tmp/log"
    began=$(date +%s)
    status=0
    "$bin/run_erl" "$tmp/pipe" "$tmp/log" \
        'trap "" HUP; { echo child; n=0; while echo $n; do n=$((n + 1)); sleep 0.1; done; touch "$0/refused"; } & sleep 0.1; echo parent; exit 1' "$tmp" 2>"$tmp/said" || status=$?
    equal 1 "$status" status
    [ "$(($(date +%s) - began))" -ge 4 ] || fail 'it did not wait'
    has 'What the node left behind still has its terminal.' "$tmp/said"
    # What came in the meantime is logged, too.
    tr -d '\r' <"$tmp/log/erlang.log.1" | grep -x 20
    no_pipes "$tmp/pipe"
    eventually 10 test -e "$tmp/refused"
}

# ignored LOG MASK: what the node ignores. glibc's posix_spawn leaves its two own signals, 32 and 33, ignored in what it starts (so
# it is under make, and not from a shell); nobody can ask glibc to change that.
ignored() { tr -d '\r' <"$1" | grep "SigIgn:.*0000000[01][08]000000$2\$" || { cat "$1"; fail "not the signals ignored: $2"; }; }
nothing_is_handed_to_the_node() {
    mkdir "$tmp/log"
    exec 5</dev/null 9>&1
    "$bin/run_erl" "$tmp/pipe" "$tmp/log" 'ls -1 /proc/$$/fd; tty; cut -d" " -f5,6,8 /proc/$$/stat; echo $$; grep SigIgn /proc/self/status' 2>/dev/null || :
    # dash keeps its script on 10 when that is a file; with -c there is none.
    equal '0 1 2' "$(tr -d '\r' <"$tmp/log/erlang.log.1" | grep -x '[0-9][0-9]\{0,1\}' | xargs)" 'descriptors'
    tr -d '\r' <"$tmp/log/erlang.log.1" | grep '^/dev/pts/'
    # Group, session and the terminal's foreground group are its own.
    tr -d '\r' <"$tmp/log/erlang.log.1" | awk 'NF == 3 && $1 == $2 && $2 == $3 && $1 > 99 { good = 1 } END { exit !good }'
    ignored "$tmp/log/erlang.log.1" 0
}

no_key_stops_a_node() {
    mkdir "$tmp/log"
    "$bin/run_erl" "$tmp/pipe" "$tmp/log" 'stty -a' 2>/dev/null || :
    grep -q -e '-ixon -ixoff' "$tmp/log/erlang.log.1"
    RUN_ERL_ENABLE_FLOWCNTRL=1 "$bin/run_erl" "$tmp/pipe" "$tmp/log" 'stty -a' 2>/dev/null || :
    grep -q -e ' ixon -ixoff' "$tmp/log/erlang.log.1"
    rm -f "$tmp"/log/*
    RUN_ERL_DISABLE_FLOWCNTRL=1 RUN_ERL_ENABLE_FLOWCNTRL=1 "$bin/run_erl" "$tmp/pipe" "$tmp/log" 'stty -a' 2>/dev/null || :
    grep -q -e '-ixon -ixoff' "$tmp/log/erlang.log.1"
}

the_status_is_the_childs_when_asked_for() {
    mkdir "$tmp/log"
    for end in 'exit 0:0' 'exit 7:7' 'kill -KILL $$:137'; do
        status=0
        RUN_ERL_EXIT_STATUS=child "$bin/run_erl" "$tmp/pipe" "$tmp/log" "${end%:*}" 2>/dev/null || status=$?
        equal "${end#*:}" "$status" "status after ${end%:*}"
    done
}

asked_to_end_it_asks_the_node() {
    mkdir "$tmp/log"
    "$bin/run_erl" "$tmp/pipe" "$tmp/log" 'trap "echo in order; exit 4" TERM; touch "$0/ready"; while :; do sleep 0.02; done' "$tmp" 2>"$tmp/said" &
    pid=$!
    eventually 20 test -e "$tmp/ready"
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    equal 0 "$status" status
    equal '' "$(cat "$tmp/said")" words
    has 'in order' "$tmp/log/erlang.log.1"
    no_pipes "$tmp/pipe"
}

asked_twice_it_leaves() {
    mkdir "$tmp/log"
    "$bin/run_erl" "$tmp/pipe" "$tmp/log" \
        'trap "touch $0/asked" TERM; trap "touch $0/hangup; exit" HUP; touch "$0/ready"; while :; do sleep 0.02; done' "$tmp" 2>/dev/null &
    pid=$!
    eventually 20 test -e "$tmp/ready"
    kill -TERM "$pid"
    eventually 20 test -e "$tmp/asked"
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    equal 0 "$status" status
    eventually 20 test -e "$tmp/hangup"
}

a_daemon_is_there_when_its_starter_leaves() {
    mkdir "$tmp/log"
    "$bin/run_erl" -daemon "$tmp/pipe" "$tmp/log" 'trap "exit" TERM; echo "$PPID" >"$0/pid"; umask; pwd; grep SigIgn /proc/self/status; while :; do sleep 0.02; done' "$tmp" 3</dev/null
    [ -p "$tmp/pipe.w" ] || fail 'there is no pipe to write to'
    [ -p "$tmp/pipe.r" ] || fail 'there is no pipe to read from'
    eventually 20 has SigIgn "$tmp/log/erlang.log.1"
    pid=$(cat "$tmp/pid")
    printf '%s\n' "$pid" >>"$tmp/.spawned"
    equal '/dev/null /dev/null /dev/null' "$(readlink "/proc/$pid/fd/0" "/proc/$pid/fd/1" "/proc/$pid/fd/2" | xargs)" 'its standard descriptors'
    # A session of its own that it does not lead, the directory and umask of who started it, SIGHUP ignored.
    # shellcheck disable=SC2046 # fields
    set -- $(sed 's/.*) //' "/proc/$pid/stat")
    [ "$4" != "$pid" ] || fail 'it leads its session'
    [ "$4" != "$(sed 's/.*) //' "/proc/$$/stat" | cut -d' ' -f4)" ] || fail 'its session is ours'
    equal 0 "$5" 'its terminal'
    tr -d '\r' <"$tmp/log/erlang.log.1" | grep -x "$top"
    tr -d '\r' <"$tmp/log/erlang.log.1" | grep -x "$(umask)"
    ignored "$tmp/log/erlang.log.1" 1
    kill -TERM "$pid"
    eventually 20 test ! -e "$tmp/pipe.w"
}

a_daemons_errors_are_in_the_system_log() {
    [ "$(id -u)" -eq 0 ] || skip 'a /dev/log of its own needs root'
    mkdir "$tmp/log"
    spawn build/test/prog/log_catcher /dev/log "$tmp/messages"
    eventually 20 test -S /dev/log
    status=0
    "$bin/run_erl" -daemon "$tmp/pipe" "$tmp/absent" true 2>"$tmp/said" || status=$?
    equal 1 "$status" status
    has "Can't access log directory '$tmp/absent'" "$tmp/said"
    eventually 20 has "<11>run_erl\[[0-9]*\]: errno=2 'No such file or directory' Can't access log directory '$tmp/absent'" "$tmp/messages"
    RUN_ERL_LOG_GENERATIONS=1 "$bin/run_erl" -daemon "$tmp/pipe" "$tmp/log" true
    eventually 20 has ': Minimum RUN_ERL_LOG_GENERATIONS is 2' "$tmp/messages"
    eventually 20 has ': Erlang closed the connection.' "$tmp/messages"
}

# switches PID ...: how often they were woken.
switches() {
    for pid in "$@"; do cat /proc/"$pid"/task/*/status; done | awk '/^(non)?voluntary_ctxt_switches/ { all += $2 } END { print all }'
}
quiet() {
    before=$(switches "$@")
    sleep 2.5
    [ "$before" = "$(switches "$@")" ]
}
without_anything_to_do_nothing_wakes() {
    mkdir "$tmp/log"
    spawn "$bin/run_erl" "$tmp/pipe" "$tmp/log" 'echo here; exec sleep 1000'
    eventually 20 has here "$tmp/log/erlang.log.1"
    writer_of "$spawned"
    # What was written is brought to the disk, and then there is nothing.
    eventually 30 quiet "$spawned" "$writer"
}

check "words, status file and exit status are OTP's" words_and_status_are_otps
check "complaints of the environment are OTP's" complaints_are_otps
check 'more than 1000 generations are 1000' too_many_generations_are_1000
check "logs rotate as OTP's, byte for byte, and a second run goes on with them" logs_rotate_as_otps
check "any logs that are there are gone on with as OTP's does" any_logs_are_gone_on_with_as_otps_does
check "what comes after a silence has a time, as in OTP's" times_after_silence_are_otps
check "a silent node is ALIVE, as in OTP's" a_silent_node_is_alive
check "one pipe has one run_erl, ours or OTP's" one_pipe_has_one_run_erl
check 'a directory gives the next number; -p has its own' numbers_are_given_to_pipes
check 'what is wrong at the start is said, and nothing is left or started' what_is_wrong_at_the_start_leaves_nothing
check 'long random lines are logged byte for byte, in one file and in many' long_random_lines_are_logged_byte_for_byte
check 'a real node: 30,000 newlines and long random lines, typed and seen through to_erl' a_real_node_types_and_prints
check 'what a full disk does not take is counted, and told in its place' what_a_full_disk_does_not_take_is_counted
check 'a node starts though the disk is full' a_node_starts_with_a_full_disk
check 'a frozen disk does not stop the node; what is passed over is counted' a_frozen_disk_does_not_stop_the_node
check 'a writer that is killed is made again' a_writer_that_is_killed_is_made_again
check 'a hole comes before its file, and all is synced at the end' files_reach_the_disk_in_order
check 'killed outright, the log is whole, the node is told, the pipe is free' killed_outright_the_log_is_whole_and_the_node_is_told
check 'a real node ends when run_erl is killed outright' a_node_ends_when_run_erl_is_killed
check 'what a child leaves behind has 5 seconds' what_a_child_leaves_behind_has_5_seconds
check 'the node is given a session, a terminal, and nothing else' nothing_is_handed_to_the_node
check 'no key stops a node unless that is asked for' no_key_stops_a_node
check "the status is the child's when asked for" the_status_is_the_childs_when_asked_for
check 'asked to end, it asks the node and leaves with 0' asked_to_end_it_asks_the_node
check "asked twice, it takes the node's terminal" asked_twice_it_leaves
check 'a daemon is there when its starter leaves' a_daemon_is_there_when_its_starter_leaves
check "a daemon's errors are in the system log, and its first ones said" a_daemons_errors_are_in_the_system_log
check 'with nothing to do nothing wakes' without_anything_to_do_nothing_wakes
finish
