#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# heart as the VM sees it, against the golden bytes and against everything that goes wrong with the hearts people use
# today. OTP's own heart, where this machine has one, goes through the same golden cases, and is shown to fail where ours
# must not. All cases run at once (build/test/prog/heart_peer), each with processes of its own: most of them wait 11 s.
. test/prog/lib.sh
suite heart

otp=$(find "$otp_root" /usr/local/lib/erlang -path '*/erts-*/bin/heart' 2>/dev/null | sort | tail -n 1) || :
in_memory run
run=$memory_dir
"$top/build/test/prog/heart_peer" run "$run" "$bin/heart" "$otp" &

result_of() {
    eventually 120 test -f "$run/$1/code"
    cat "$run/$1/log"
    [ ! -s "$run/$1/stderr" ] || cat "$run/$1/stderr"
    exit "$(cat "$run/$1/code")"
}
is() { check "$2" result_of "$1"; }

printf ' golden bytes\n'
is golden 'answers byte for byte as OTP 25 does'
is golden-otp "reference: OTP's heart answers the same bytes"
is arguments 'takes arguments and says what it accepted as OTP does'
is arguments-otp "reference: OTP's heart says the same"
is our-arguments 'a last argument without its number is refused in words, -wt is accepted again'
is last-argument-otp "reference: OTP's heart crashes on it"
is debug 'HEART_DEBUG says what OTP says'
is debug-otp "reference: OTP's heart says the same"

printf ' deadlines\n'
is silence 'a silent VM is given up after 11 s, in the words of OTP'
is chatter 'a silent VM whose port chatters is given up no earlier and no later'
is starved 'heart starved for 14 s with beats queued gives no healthy VM up'
is starved-otp "reference: OTP's heart does"
is half 'half a message does not hold the deadline up'
is half-otp "reference: OTP's heart never acts then"
is header 'half a header does not hold the deadline up'
is half-close 'half a message and the end of file is the end of file'
is unread 'answers nobody reads do not hold the deadline up'
is wake-ups 'it sleeps between beats'
is stop-continue 'being stopped and continued changes nothing'
is big 'a message of 65535 bytes is passed over in a handful of reads'

printf ' what it says\n'
is stderr-pipe 'a full pipe as stderr holds nothing up, and its flags stay'
is stderr-tty 'a terminal stopped by Ctrl-S holds nothing up'
is stderr-socket 'a full socket as stderr holds nothing up'

printf ' ends of the VM\n'
is shut-down 'SHUT_DOWN ends it with 0 and runs nothing'
is closed 'a closed port is acted on at once'
is zombie 'a VM that is dead and not collected is dead: no waiting'
is zombie-otp "reference: OTP's heart waits for it"
is grace 'a VM that lives on after closing has 5 s, then it is killed'
is stopped-vm 'a VM stopped by SIGSTOP is given up on time and killed'
is abort 'HEART_KILL_SIGNAL=SIGABRT aborts it'
is spared 'HEART_NO_KILL=TRUE spares it'
is no-command 'without a command nobody is killed, and it says so'
is no-command-otp "reference: OTP's heart does the same"
is stranger "a stranger with the VM's old number is not killed"
is broken-stdin 'a port that cannot be read is acted on at once'
is broken-pipe 'a VM that dies before the answer is acted on, SIGPIPE or not'

printf ' crash dumps\n'
is crash-3 'ERL_CRASH_DUMP_SECONDS=3 waits 3 s'
is crash-unset 'without it there is no wait'
is crash-for-ever 'a negative one waits until the dump is there'
is crash-byte 'any byte ends the wait'

printf ' the heart command\n'
is command-missing 'one that is not there: said, status 0'
is command-fails 'one that fails: said, status 0'
is command-fails-otp "reference: OTP's heart says the same"
is command-empty 'an empty one is run'
is command-hangs 'one that hangs has its limit, is left alone and not ended'
is command-clean 'it starts clean: session, signals, scheduling, oom_score_adj, descriptors; its output is the port'

printf ' signals\n'
is asked 'SIGTERM is noted, and SHUT_DOWN still ends in order'
is asked-closed 'SIGTERM is noted, and the end of file is still acted on'
is asked-otp "reference: OTP's heart dies of it and nobody guards"

finish
