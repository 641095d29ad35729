# shellcheck shell=sh
# shellcheck disable=SC2154 # what the libraries set
# SPDX-License-Identifier: Apache-2.0
# A user's session on the board BOARD, recorded; what scripts/board/record.sh runs.
board=${BOARD:-qemu-x86_64}
. test/prog/lib.sh
. test/board/lib.sh
. test/board/faults.sh
suite board_record
machine "$board"
out=$top/build/board/$board

# does COMMAND REGEX: typed on the console, letter by letter as a user does, until the answer is there.
does() {
    mark
    letters=$1
    while [ -n "$letters" ]; do
        rest=${letters#?}
        printf '%s' "${letters%"$rest"}" 1<>"$machine/console.in"
        letters=$rest
        sleep 0.05
    done
    sleep 0.5
    types '\r'
    says 300 "$2"
}

a_session_is_recorded() {
    ln "$machine/console" "$machine/followed"
    escript scripts/board/cast.escript "$machine/followed" "$out/demo.cast" &
    follower=$!
    power_on
    says 900 '^board: ready'
    types '\r'
    says 60 'otpuser@board'
    does 'vaktctl --no-colour status' '^ *board .*VM [0-9]'
    says 60 'otpuser@board:~[$] '
    does 'to_erl' 'Attaching'
    types '\r'
    says 60 '[0-9]> '
    does '{ok, R} = vakt:last_reset(), maps:with([cause, confidence], R).' '#\{'
    mark
    types '\004'
    says 60 'Quit'
    # shellcheck disable=SC2016 # the guest's
    does 'logger -p user.crit "the last words"; kill -STOP $(pidof beam.smp)' 'given up'
    says 900 '^board: reset cause=vm_hang confidence=high'
    says 900 '^board: ready'
    types '\r'
    says 60 'otpuser@board'
    does 'vaktctl --no-colour reset' 'vm_hang'
    says 60 'otpuser@board:~[$] '
    power_cut
    rm "$machine/followed"
    wait "$follower"
    # What a terminal would show as plain lines.
    tr -d '\r' <"$machine/console" | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' >"$out/demo.txt"
}
check "a session on $board is recorded" a_session_is_recorded
power_cut
finish
