#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: to_erl.sh
# to_erl: what it says and chooses, its terminal on every way out, several viewers, what is held and missed.
. test/prog/lib.sh
suite to_erl
. test/prog/lib-console.sh

says() { grep -qxF -- "$1" "$tmp/said" || fail "not said: $1; but: $(cat "$tmp/said")"; }
refused() { if "$to_erl" "$@" >"$tmp/said" 2>&1 </dev/null; then fail "not refused: $*"; fi; }

# ---- words ---------------------------------------------------------------------------------------------------------
words_of_otp() {
    refused -h
    says "	-F	Force connection even though pipe is locked by other to_erl process."
    refused -x
    says "Invalid option '-x'"
    refused "$tmp/none"
    says "No running Erlang on pipe $tmp/none: No such file or directory"
    refused "$tmp/none/"
    says "Can't access pipe directory $tmp/none/: No such file or directory"
    mkfifo "$tmp/left.r" "$tmp/left.w"
    refused "$tmp/left"
    says "No running Erlang on pipe $tmp/left: No such device or address"
    mkdir "$tmp/dir"
    refused "$tmp/dir/"
    says "No running Erlang on pipe $tmp/dir/erlang.pipe: No such file or directory"
    for n in 2 10 9; do mkfifo "$tmp/dir/erlang.pipe.$n.r"; done
    : >"$tmp/dir/erlang.pipe.x.r"
    refused "$tmp/dir/"
    grep -q "on pipe $tmp/dir/erlang.pipe.10: " "$tmp/said" || fail "not the highest: $(cat "$tmp/said")"
}

same_words_as_otp() {
    [ -n "$otp_to_erl" ] || skip 'OTP has no to_erl here'
    mkfifo "$tmp/left.r" "$tmp/left.w"
    mkdir "$tmp/dir"
    : >"$tmp/dir/erlang.pipe.7.w"
    for argument in "$tmp/none" "$tmp/none/" "$tmp/left" "$tmp/dir/" -x; do
        refused "$argument"
        ours=$(cat "$tmp/said")
        to_erl=$otp_to_erl
        refused "$argument"
        to_erl=$bin/to_erl
        equal "$(cat "$tmp/said")" "$ours" "words for $argument"
    done
}

private_place() {
    VAKT_CONSOLE_DIR=$tmp/own
    export VAKT_CONSOLE_DIR
    refused -p
    says "No running Erlang on pipe $tmp/own/erlang.pipe: No such file or directory"
    equal 700 "$(stat -c %a "$tmp/own")" mode
    [ "$(id -u)" -eq 0 ] || return 0
    chown 1234 "$tmp/own"
    refused -p
    grep -q 'belongs to uid 1234' "$tmp/said" || fail "$(cat "$tmp/said")"
}

# ---- a script ------------------------------------------------------------------------------------------------------
a_script() {
    console 'exec sh'
    # Its very first line is the shell's, not a form feed before it.
    # shellcheck disable=SC2016 # for the shell there
    printf 'echo $((40+2))and; echo yes >%s\n' "$tmp/done" | "$to_erl" "$pipe" >"$tmp/out" 2>"$tmp/said"
    eventually 20 test -s "$tmp/done"
    says "Attaching to $pipe (^D to exit)"
    says "[EOF]"
    eventually 20 log_has '42and'
    # From a file, nothing of which can be waited for; and as far as a Ctrl-D.
    printf 'echo one >>%s\n\004echo two >>%s\n' "$tmp/file" "$tmp/file" >"$tmp/in"
    "$to_erl" "$pipe" <"$tmp/in" >/dev/null 2>"$tmp/said"
    says "[Quit]"
    eventually 20 test -s "$tmp/file"
    equal one "$(cat "$tmp/file")" 'what came before Ctrl-D'
}

a_script_of_a_megabyte() {
    console "exec sh -c 'stty raw -echo; exec head -c 1000000 >$tmp/got; exec sleep 1000'"
    eventually 20 log_has 'LOGGING STARTED'
    eventually 20 test -e "$tmp/got"
    i=0
    while [ "$i" -lt 20000 ]; do i=$((i + 1)); printf '%049d\n' "$i"; done >"$tmp/sent"
    "$to_erl" "$pipe" <"$tmp/sent" >/dev/null 2>&1
    eventually 60 cmp -s "$tmp/sent" "$tmp/got"
}

# press_and_see NAME: whether it has ended, for which something must be shown.
press_and_see() {
    keys "$1" Enter
    test -s "$tmp/$1.after"
}

# ---- every way out ---------------------------------------------------------------------------------------------------
ways_out() {
    console 'exec cat'
    attach quit
    keys quit -l 'hello'
    keys quit Enter
    eventually 20 shows quit hello
    keys quit C-d
    put_back quit 0
    shows quit Quit || fail "$(screen quit)"
    for number in 15 1 3 6 11 10; do
        attach "signal$number"
        kill -"$number" "$(viewer_pid "signal$number")"
        put_back "signal$number" $((128 + number))
    done
    terminal full 80 24 "$(noted full '>/dev/full')"
    eventually 20 press_and_see full
    put_back full 1
    shows full 'Error in writing to terminal' || fail "$(screen full)"
    attach broken
    kill -INT "$(viewer_pid broken)"
    eventually 20 shows broken 'Break'
    keys broken C-d
    put_back broken 0
}

the_node_ends() {
    console 'exec sh'
    attach node
    keys node exit Enter
    put_back node 0
    shows node 'End' || fail "$(screen node)"
}

run_erl_is_killed() {
    console 'exec cat'
    attach killed
    kill -KILL "$console"
    put_back killed 0
    shows killed 'End' || fail "$(screen killed)"
}

stopped_and_on_again() {
    console 'exec cat'
    terminal job 80 24 'sh -i'
    keys job -l "stty -a >$tmp/before; '$to_erl' '$pipe'"
    keys job Enter
    eventually 20 is_raw job
    shell=$(mux display-message -p -t job '#{pane_pid}')
    pid=$(tr -d ' ' <"/proc/$shell/task/$shell/children")
    [ -n "$pid" ] || fail "no to_erl below $shell"
    kill -TSTP "$pid"
    eventually 20 is_cooked job
    keys job -l "stty -a >$tmp/stopped; fg"
    keys job Enter
    eventually 20 is_raw job
    cmp "$tmp/before" "$tmp/stopped"
    keys job -l 'still here'
    keys job Enter
    eventually 20 log_has 'still here'
    keys job C-d
    eventually 20 is_cooked job
    keys job -l "stty -a >$tmp/after"
    keys job Enter
    eventually 20 test -s "$tmp/after"
    eventually 20 cmp "$tmp/before" "$tmp/after"
}

held() {
    console 'exec cat'
    attach view
    keys view C-s
    eventually 20 shows view 'Held'
    keys view -l 'unseen'
    keys view Enter
    eventually 20 log_has unseen
    ! shows view unseen || fail 'shown while held'
    keys view C-q
    eventually 20 shows view unseen
    ! log_has 'Held' || fail 'the node was told'
    keys view C-d
    put_back view 0
}

# has_read NAME BYTES: the to_erl on that terminal, whether it shows them or not.
has_read() {
    pane=$(mux display-message -p -t "$1" '#{pane_pid}')
    for process in "$pane" $(cat "/proc/$pane/task/$pane/children"); do
        if [ "$(cat "/proc/$process/comm")" = to_erl ]; then
            [ "$(awk '/^rchar/ { print $2 }' "/proc/$process/io")" -ge "$2" ]
            return
        fi
    done
    return 1
}
held_too_long() {
    console "stty -echo; read go; stty -opost; seq 1 400000; echo 'it is over'; exec sleep 1000"
    attach view ">$tmp/view.out"
    keys view C-s
    eventually 20 shows view 'Held'
    keys view -l 'go'
    keys view Enter
    eventually 60 log_has '^it is over'
    printed=$({ seq 1 400000; echo 'it is over'; } | wc -c)
    # What to_erl has not read yet waits in run_erl, and is not lost.
    eventually 60 has_read view "$printed"
    ! grep -q '^1$' "$tmp/view.out" || fail 'shown while held'
    keys view C-q
    eventually 20 grep -q '^it is over' "$tmp/view.out"
    missed=$(sed -n 's/.*to_erl: \([0-9]*\) bytes are not shown.*/\1/p' "$tmp/view.out")
    sed '1,/bytes are not shown/d' "$tmp/view.out" >"$tmp/rest"
    # What was shown of the line that it typed itself comes before.
    [ $((missed + $(wc -c <"$tmp/rest"))) -ge "$printed" ] || fail "$missed missed, $(wc -c <"$tmp/rest") shown, $printed printed"
    seq "$(head -n 1 "$tmp/rest")" 400000 >"$tmp/should"
    echo 'it is over' >>"$tmp/should"
    cmp "$tmp/rest" "$tmp/should"
}

# ---- whom it believes ------------------------------------------------------------------------------------------------
locked() {
    [ -n "$otp_run_erl" ] || skip 'OTP has no run_erl here'
    run_erl=$otp_run_erl
    console 'exec sh'
    background first
    # Of OTP's run_erl it reads the FIFO, so the next one finds it taken.
    if "$to_erl" "$pipe" </dev/null >"$tmp/out" 2>"$tmp/said"; then fail 'it is not taken'; fi
    says "Another to_erl process already attached to pipe $pipe."
    # shellcheck disable=SC2016 # for the shell there
    echo 'echo $((40+2))forced' | "$to_erl" -F "$pipe" >/dev/null 2>"$tmp/said"
    says 'But we proceed anyway by force (-F).'
    eventually 20 log_has '42forced'
}

a_foreign_socket() {
    [ "$(id -u)" -eq 0 ] || skip 'needs root'
    console 'exec sh'
    mkdir -m 0777 "$tmp/other" "$tmp/other/log"
    chmod 0777 "$tmp/other/log"
    spawn setpriv --reuid 1234 --clear-groups "$run_erl" "$tmp/other/pipe" "$tmp/other/log" 'exec cat'
    eventually 20 test -S "$tmp/other/pipe.s"
    mv "$tmp/other/pipe.s" "$pipe.s"
    # shellcheck disable=SC2016 # for the shell there
    echo 'echo $((40+2))here' | "$to_erl" "$pipe" >/dev/null 2>&1
    eventually 20 log_has '42here'
    ! grep -q here "$tmp/other/log/erlang.log.1" || fail 'another user was told'
}

check 'it says what OTP says and chooses as OTP does' words_of_otp
check 'word by word' same_words_as_otp
check 'a private directory is made, and refused when it is another user'"'"'s' private_place
check 'a script types from a pipe and from a file, and sees the answer' a_script
check 'a megabyte from a file arrives whole' a_script_of_a_megabyte
check 'the terminal is put back after Ctrl-D, signals and a screen that is full' ways_out
check 'the terminal is put back when the node ends' the_node_ends
check 'the terminal is put back when run_erl is killed' run_erl_is_killed
check 'the terminal is put back while it is stopped' stopped_and_on_again
check 'Ctrl-S holds the view and not the node' held
check 'of what is printed while it is held the end is shown, and the rest counted' held_too_long
check "OTP's run_erl has one viewer, or more by force" locked
check 'a socket that another user has put there is not believed' a_foreign_socket
finish
