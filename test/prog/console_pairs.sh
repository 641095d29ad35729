#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: console_pairs.sh
# Ours and OTP's run_erl and to_erl in all four pairings, on a real terminal, with a real Erlang node: the same actions each time.
. test/prog/lib.sh
suite console_pairs
. test/prog/lib-console.sh

typed() {
    keys view -l "$1"
    keys view Enter
}
# gives EXPRESSION PATTERN: asked again when nothing comes, since what is typed while the node changes shells may be lost.
gives() {
    typed "$1"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        ! shows view "$2" || return 0
        sleep 0.1
    done
    return 1
}

# pair RUN_ERL TO_ERL
pair() {
    run_erl=$1
    to_erl=$2
    command -v erl >/dev/null 2>&1 || skip 'erl is not installed'
    [ -n "$run_erl" ] || skip 'OTP has no run_erl here'
    [ -n "$to_erl" ] || skip 'OTP has no to_erl here'
    TERM=xterm console 'exec erl -boot start_clean'
    eventually 60 log_has 'Eshell'
    attach view

    # A command is evaluated, and the state stays the node's.
    typed 'X = 41+1.'
    eventually 30 shows view '^42'
    # The window's size is the node's, also when it changes.
    eventually 30 gives 'io:columns().' '^{ok,80}'
    mux resize-window -t view -x 100 -y 30
    eventually 30 gives 'io:columns().' '^{ok,100}'
    # The shell's own key, and out of it again.
    keys view C-g
    eventually 30 shows view '^ -->'
    typed c
    eventually 30 gives 'X + 1000.' '^1042'
    # The break menu, and on.
    keys view C-c
    eventually 30 shows view 'BREAK: (a)bort'
    typed c
    eventually 30 gives 'X + 2000.' '^2042'
    # No letter beyond ASCII is harmed on its way to the terminal.
    eventually 30 gives 'io:format("~ts~n", [[229,228,246]]).' '^åäö'

    keys view C-d
    put_back view 0
    kill -0 "$console" || fail 'detaching ended the node'

    # Whoever comes next finds it as it was; also after one who was killed.
    terminal killed 80 24 "exec '$to_erl' '$pipe'"
    eventually 20 is_raw killed
    kill -KILL "$(mux display-message -p -t killed '#{pane_pid}')"
    attach again
    keys again -l 'X + 3000.'
    keys again Enter
    eventually 30 shows again '^3042'
    ! log_has winsize || fail "an escape sequence reached the node: $(logged)"
    keys again -l 'halt().'
    keys again Enter
    put_back again 0
    eventually 30 shows again End
}

check 'our run_erl and our to_erl' pair "$run_erl" "$to_erl"
check "our run_erl and OTP's to_erl" pair "$run_erl" "$otp_to_erl"
check "OTP's run_erl and our to_erl" pair "$otp_run_erl" "$to_erl"
check "OTP's run_erl and OTP's to_erl" pair "$otp_run_erl" "$otp_to_erl"
finish
