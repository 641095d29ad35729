#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: console_viewers.sh
# run_erl's viewers: several at once, stopped ones, hostile ones, deleted pipes; none of them holds up the node or the others.
. test/prog/lib.sh
suite console_viewers
. test/prog/lib-console.sh

complained() { grep -q -- "$1" "$tmp/complaints"; }

# A node that takes bytes as they are into $tmp/got.
taker() {
    console "stty raw -echo; printf 'ready> '; exec cat >$tmp/got"
    eventually 20 log_has 'ready>'
}
got() { [ "$(od -An -c "$tmp/got" | tr -d ' \n')" = "$1" ]; }

# ---- several -----------------------------------------------------------------------------------------------------------
one_stopped() {
    # It prints 20 MB in 20 steps, and says itself how far it is. With a breath between them, since those who look write to a disk,
    # which a loaded machine may hold up for longer than 4 MB last.
    console "read go; stty -opost; i=0
        while [ \$i -lt 20 ]; do i=\$((i + 1)); seq -f \"\$i line %.0f of many\" 1 40000; echo \$i >$tmp/progress; sleep 0.1; done
        echo 'it is over'; exec sleep 1000"
    background typing
    background looking -r
    background stopped
    kill -STOP "$viewer"
    types looking 'never\n'
    types typing 'go\n'
    eventually 90 grep -qsx 20 "$tmp/progress"
    for name in typing looking; do eventually 60 sees "$name" '^it is over'; done
    i=0
    while [ "$i" -lt 20 ]; do i=$((i + 1)); seq -f "$i line %.0f of many" 1 40000; done >"$tmp/printed"
    for name in typing looking; do
        # Behind what it typed itself and the end of that line.
        grep -a 'line .* of many$' "$tmp/$name.seen" | cmp - "$tmp/printed" || fail "$name has not seen all"
        ! sees "$name" 'are not shown' || fail "$name has missed something"
    done
    ! sees typing never || fail 'a viewer that may only look has typed'
    kill -CONT "$viewer"
    eventually 30 sees stopped '^it is over'
    # What it saw and what it was told that it missed is all there was.
    missed=$(sed -n 's/.*run_erl: \([0-9]*\) bytes are not shown.*/\1/p' "$tmp/stopped.seen" | awk '{ n += $1 } END { print n + 0 }')
    [ "$missed" -gt 0 ] || fail 'it has missed nothing'
    # The notice stands between two line ends of its own.
    seen=$(sed 's/\[run_erl: [0-9]* bytes are not shown\]//' "$tmp/stopped.seen" | wc -c)
    notices=$(grep -ac 'bytes are not shown' "$tmp/stopped.seen")
    equal "$(wc -c <"$tmp/typing.seen")" $((seen - 4 * notices + missed)) 'seen and missed'
    memory=$(awk '/^VmHWM/ { print $2 }' "/proc/$console/status")
    [ "$memory" -lt 40000 ] || fail "$memory kB"
}

windows() {
    console 'exec sh'
    terminal small 80 24 "exec '$to_erl' '$pipe'"
    eventually 20 is_raw small
    terminal large 100 30 "exec '$to_erl' '$pipe'"
    eventually 20 is_raw large
    terminal look 120 40 "exec '$to_erl' -r '$pipe'"
    eventually 20 is_raw look
    for turn in small:24.80 large:30.100 small:24.80; do
        keys "${turn%:*}" -l "echo; stty size | sed 's/^/$turn /'"
        keys "${turn%:*}" Enter
        eventually 20 log_has "^$turn $(printf '%s' "${turn#*:}" | tr . ' ')"
    done
    # Who only looks changes nothing, and sees what the others do.
    mux resize-window -t look -x 70 -y 20
    keys look -l 'echo lost'
    keys look Enter
    keys large -l 'echo; stty size'
    keys large Enter
    eventually 20 log_has '^30 100'
    eventually 20 shows look '^30 100'
    ! log_has lost || fail 'it has typed'
}

the_prompt() {
    console "stty raw -echo; printf 'one\\r\\ntwo> '; exec sleep 1000"
    eventually 20 log_has 'two>'
    background later
    eventually 20 sees later 'two>'
    ! sees later one || fail 'what was before is shown'
}

too_many() {
    console 'exec cat'
    i=0
    while [ "$i" -lt 16 ]; do
        i=$((i + 1))
        background "viewer$i"
    done
    background beyond
    eventually 20 sees beyond 'too many viewers'
}

# ---- what is said to it --------------------------------------------------------------------------------------------------
form_feed() {
    taker
    # The byte that opens a session is run_erl's; a Ctrl-L within it is the node's.
    { printf '\014\033_version=1\033\134'; printf 'a\014b\033_winsize=9,8\033\134c'; } >"$pipe.w"
    eventually 20 got 'a\fbc'
    printf '\014d' >"$pipe.w"
    eventually 20 got 'a\fbcd'
}

torn_and_unknown() {
    taker
    printf '\014a\033_winsi' >"$pipe.w"
    eventually 20 complained "Missing suffix in ctrl sequence '?_winsi'"
    eventually 20 got a
    printf 'b\033_frob=1\033\134c' >"$pipe.w"
    eventually 20 got abc
    complained "Ignoring unknown ctrl command 'frob=1'" || fail "$(cat "$tmp/complaints")"
    # Keys that begin as a command does come late, and come.
    printf '\033' >"$pipe.w"
    eventually 20 got 'abc033'
    background keys
    types keys '\033_x'
    eventually 20 got 'abc033033_x'
}

# It has come to a standstill: what it wrote is what the pipe and run_erl hold, and no more is read.
is_blocked() { [ "$(awk '{ print $3 }' "/proc/$1/stat")" = S ]; }
ticks() { grep -ac tick "$tmp/looking.seen"; }
ticks_beyond() { [ "$(ticks)" -gt "$1" ]; }

flood() {
    # It prints, and takes nothing of what is typed. A shell that is started in the background has SIGINT ignored.
    cat >"$tmp/node" <<'NODE'
stty raw -echo
trap 'echo interrupted' INT
i=0
while :; do i=$((i + 1)); echo tick $i; sleep 0.05; done
NODE
    console "exec env --default-signal=INT sh $tmp/node"
    background looking
    eventually 20 ticks_beyond 0
    # shellcheck disable=SC2016 # for the shell there
    spawn sh -c 'exec cat /dev/zero >"$0"' "$pipe.w"
    eventually 20 is_blocked "$spawned"
    eventually 30 ticks_beyond $(($(ticks) + 5))
    is_blocked "$spawned" || fail 'it is not held up'
    types looking '\003'
    eventually 20 sees looking interrupted
    memory=$(awk '/^VmHWM/ { print $2 }' "/proc/$console/status")
    [ "$memory" -lt 20000 ] || fail "$memory kB"
}

# ---- pipes -------------------------------------------------------------------------------------------------------------
deleted() {
    console 'exec sh'
    background before
    eventually 20 test -S "$pipe.s"
    rm "$pipe.r" "$pipe.w" "$pipe.s"
    for file in "-p $pipe.r" "-p $pipe.w" "-S $pipe.s"; do
        # shellcheck disable=SC2086 # two words
        eventually 30 test $file
    done
    equal 600 "$(stat -c %a "$pipe.r")" mode
    equal 600 "$(stat -c %a "$pipe.s")" mode
    eventually 20 is_read "$pipe.w"
    background after
    types after "echo \$((40+2))after\\n"
    eventually 20 sees after '42after'
    eventually 20 sees before '42after'
    printf '%s\n' "echo \$((40+3))fifo" >"$pipe.w"
    eventually 20 sees before '43fifo'
    # Under a viewer on the FIFOs, who stays.
    [ -n "$otp_to_erl" ] || return 0
    rm "$pipe.s"
    to_erl=$otp_to_erl
    background classic
    eventually 20 sees classic '.'
    rm "$pipe.r" "$pipe.w"
    eventually 30 test -p "$pipe.w"
    types classic "echo \$((40+4))classic\\n"
    eventually 20 sees classic '44classic'
}

switches() { awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }' "/proc/$console/status" "/proc/$viewer/status"; }
still() {
    before=$(switches)
    sleep 2
    [ "$(switches)" = "$before" ]
}

at_rest() {
    console 'exec sh'
    background one
    background two
    types one "echo \$((40+2))here\\n"
    eventually 20 sees two '42here'
    eventually 30 still
}

check 'one is stopped while the node prints 20 MB: it never waits, the others see all, and what was missed is told' one_stopped
check 'the window is that of who typed last, and may' windows
check 'who comes sees the prompt that stands there' the_prompt
check 'sixteen viewers, and no more' too_many
check 'a handshake is not for the node, and a Ctrl-L is' form_feed
check 'half a command, an unknown one, and keys that begin as one' torn_and_unknown
check 'a viewer that floods is held up, and nobody else' flood
check 'deleted pipes are made again, under viewers that stay' deleted
check 'nothing is woken while nothing happens' at_rest
finish
