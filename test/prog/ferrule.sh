#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ferrule as a whole, between a VM and a syslog daemon that port_peer plays.
set -u
. test/prog/lib.sh
suite ferrule
peer=$top/build/test/prog/port_peer

# play [OPTION ...] <SCRIPT: ferrule on the FIFO of this check
play() {
    [ -p "$tmp/syslog.otp" ] || mkfifo -m 0600 "$tmp/syslog.otp"
    play_as_is "$@"
}
play_as_is() { timeout 100 "$peer" "$tmp/stderr" "$bin/ferrule" "$@" "$tmp"; }

# account KEY ...: the numbers of the last account on stderr, as "1 2 3"
account() {
    sed -n 's/^ferrule: \(read=.*\)/\1/p' "$tmp/stderr" | tail -n 1 | tr ' ' '\n' >"$tmp/numbers"
    for key in "$@"; do sed -n "s/^$key=//p" "$tmp/numbers"; done | tr '\n' ' ' | sed 's/ $//'
}

# adds_up: read = delivered + dropped + empty + queued in every account that was said
adds_up() {
    grep -q '^ferrule: read=' "$tmp/stderr" || fail 'no account was said'
    sed -n 's/^ferrule: read=//p' "$tmp/stderr" | tr '=' ' ' | awk '
        { if ($1 != $3 + $5 + $7 + $11) { print "does not add up: " $0; bad = 1 } } END { exit bad }'
}

# ---- lines ----------------------------------------------------------------------------------------------------------

a_line_is_a_packet() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d one\ntwo\n
expect one
expect two
packet die
exit 0
SCRIPT
    equal '2 2 0 0 0 0 8 0' "$(account read delivered dropped empty cut queued bytes loss_lines)" account
}
check "each line becomes one packet without its newline, and die leaves with 0" a_line_is_a_packet

empty_lines() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d \n\na\n\r\nb\n
expect a
expect b
packet die
exit 0
SCRIPT
    equal '5 2 3' "$(account read delivered empty)" account
    adds_up
}
check "empty lines are counted and not sent" empty_lines

odd_bytes() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d a\0b\x01\x1b[31m\xff\xc3\x28\n
expect a\0b\x01\x1b[31m\xff\xc3\x28
write d with return\r\n
expect with return
write d in\rside\r\r\n
expect in\rside\r
packet die
exit 0
SCRIPT
}
check "NUL, control and 8-bit bytes pass, and one carriage return at the end does not" odd_bytes

a_split_line() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d begin
settle
write d , middle
settle
write d , end\n
expect begin, middle, end
packet die
exit 0
SCRIPT
}
check "a line written in pieces is one packet" a_split_line

a_partial_line() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d no newline
expect no newline
quiet 300
write d \nnext\n
expect next
packet die
exit 0
SCRIPT
    equal '2 2 0' "$(account read delivered empty)" account
}
check "a line without its newline is given after a while, and its late newline is no empty line" a_partial_line

a_partial_line_at_the_end() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d no newline
settle
packet die
expect no newline
exit 0
SCRIPT
    equal '1 1' "$(account read delivered)" account
}
check "a line without its newline is given when ferrule leaves" a_partial_line_at_the_end

long_lines() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
fill d x 1000
write d \n
expect-size 1000 x
fill d x 1001
write d \n
expect-size 1001 x
fill d x 65535
write d \n
expect-size 65535 xx
fill d x 65535
write d \r\n
expect-size 65535 xx
fill d x 65536
write d \n
expect-size 65535 x\_[cut]
fill d x 300000
write d \nnext\n
expect-size 65535 x\_[cut]
expect next
packet die
exit 0
SCRIPT
    equal '7 7 2' "$(account read delivered cut)" account
}
check "65535 bytes are sent whole, one more is cut and marked, and the line after it is whole" long_lines

many_lines() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
lines-behind d 1 200000 120 100
expect-lines 1 200000
join
lines-behind d 200001 230000 60
expect-lines 200001 230000
join
packet die
exit 0
SCRIPT
    equal '230000 230000 0' "$(account read delivered dropped)" account
}
check "230000 lines as fast as they go arrive in order, none lost" many_lines

all_read() { [ "$(awk '/^rchar/ { print $2 }' "/proc/$spawned/io")" -ge 3000000 ]; }
random_bytes() {
    mkfifo "$tmp/syslog.otp" "$tmp/in"
    spawn sh -c "exec '$bin/ferrule' '$tmp' <'$tmp/in' >'$tmp/out' 2>'$tmp/stderr'"
    exec 8>"$tmp/in"
    head -c 3000000 /dev/urandom >"$tmp/bytes"
    timeout 60 dd if="$tmp/bytes" of="$tmp/syslog.otp" bs=777 2>/dev/null || fail 'the FIFO was not read'
    # die is obeyed at once: what is in the FIFO then stays there.
    eventually 60 all_read
    printf '\000\003die' >&8
    exec 8>&-
    wait "$spawned" || fail "left with $?"
    adds_up
    equal '3000000 0 0' "$(account bytes dropped queued)" account
    # Every newline but those of empty lines is a packet's two bytes of length instead; carriage returns at the end are gone.
    newlines=$(tr -dc '\n' <"$tmp/bytes" | wc -c)
    read=$(account read)
    [ "$read" -eq "$newlines" ] || [ "$read" -eq $((newlines + 1)) ] || fail "$read lines of $newlines newlines"
}
check "three million random bytes do no harm" random_bytes

# ---- the FIFO comes and goes ----------------------------------------------------------------------------------------

no_fifo() {
    began=$(date +%s)
    play_as_is <<SCRIPT
exit 1
SCRIPT
    took=$(($(date +%s) - began))
    [ "$took" -ge 9 ] || fail "gave up after $took s"
    grep -q "^ferrule: open $tmp/syslog.otp: No such file or directory; waited 10 s" "$tmp/stderr" || fail "$(cat "$tmp/stderr")"
}
check "without a FIFO it leaves with 1 after 10 s and says what it waited for" no_fifo

a_late_fifo() {
    play_as_is <<SCRIPT
quiet 300
shell mkfifo $tmp/syslog.otp
open d $tmp/syslog.otp rw
write d here\n
expect here
packet die
exit 0
SCRIPT
}
check "it sleeps until the FIFO appears, and reads it then" a_late_fifo

a_late_directory() {
    "$peer" "$tmp/stderr" "$bin/ferrule" "$tmp/own" <<SCRIPT
shell mkdir $tmp/own
shell mkfifo $tmp/own/syslog.otp
open d $tmp/own/syslog.otp rw
write d here\n
expect here
packet die
exit 0
SCRIPT
}
check "the directory may appear late too" a_late_directory

die_before_the_fifo() {
    play_as_is <<SCRIPT
packet die
exit 0
SCRIPT
}
check "die works while it waits for the FIFO" die_before_the_fifo

not_a_fifo() {
    printf 'text\n' >"$tmp/syslog.otp"
    play_as_is <<SCRIPT
exit 1
SCRIPT
    grep -q "is not a FIFO; waited 10 s" "$tmp/stderr" || fail "$(cat "$tmp/stderr")"
}
check "a regular file in the FIFO's place is not read" not_a_fifo

a_long_name() {
    name=$(head -c 3000 /dev/zero | tr '\0' n)
    "$peer" "$tmp/stderr" "$bin/ferrule" "/$name" <<SCRIPT
exit 1
SCRIPT
    grep -q 'File name too long' "$tmp/stderr" || fail "$(cut -c1-200 "$tmp/stderr")"
    name=$(head -c 100000 /dev/zero | tr '\0' n)
    "$peer" "$tmp/stderr" "$bin/ferrule" "/$name" <<SCRIPT
exit 1
SCRIPT
}
check "an argument of 3000 and of 100000 bytes is refused" a_long_name

writers_come_and_go() {
    play <<SCRIPT
open d $tmp/syslog.otp w
write d one\n
close d
expect one
quiet 300
open d $tmp/syslog.otp w
lines d 1 1000 100
close d
expect-lines 1 1000
quiet 300
open d $tmp/syslog.otp rw
write d three\n
expect three
close d
alive
packet die
exit 0
SCRIPT
    equal '1002 1002' "$(account read delivered)" account
}
check "a daemon that closes, leaves and comes back is silence, and what it wrote arrives" writers_come_and_go

read_only() {
    [ "$(id -u)" -eq 0 ] || skip 'needs root to run as somebody who may only read'
    mkfifo -m 0640 "$tmp/syslog.otp"
    chgrp 65534 "$tmp/syslog.otp"
    "$peer" "$tmp/stderr" /usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups "$bin/ferrule" "$tmp" <<SCRIPT
open d $tmp/syslog.otp w
write d one\n
close d
expect one
quiet 500
open d $tmp/syslog.otp w
quiet 300
write d two\ncut short
expect two
close d
expect cut short
quiet 300
open d $tmp/syslog.otp w
lines d 1 1000 100
expect-lines 1 1000
close d
quiet 300
alive
packet die
exit 0
SCRIPT
    equal '1003 1003' "$(account read delivered)" account
}
check "with the right to read alone it neither spins nor leaves when the last writer goes" read_only

a_replaced_fifo() {
    play <<SCRIPT
open old $tmp/syslog.otp rw
write old before\n
expect before
shell mkfifo $tmp/new
shell mv $tmp/new $tmp/syslog.otp
open new $tmp/syslog.otp w
write new after\n
expect after
write old late\n
expect late
close old
quiet 300
write new last\n
expect last
packet die
exit 0
SCRIPT
    equal '4 4' "$(account read delivered)" account
}
check "a FIFO renamed over the old one is found at once, and the old one is read as long as it has a writer" a_replaced_fifo

old_first() {
    play <<SCRIPT
open old $tmp/syslog.otp rw
write old 0\n
expect 0
signal 19
lines old 1 500 100
shell mkfifo $tmp/new
shell mv $tmp/new $tmp/syslog.otp
open new $tmp/syslog.otp rw
lines new 501 1000 100
signal 18
expect-lines 1 1000
packet die
exit 0
SCRIPT
}
check "what the old FIFO holds comes before the new one's lines" old_first

removed_and_made_again() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d one\n
expect one
shell rm $tmp/syslog.otp
quiet 500
write d still\n
expect still
close d
shell mkfifo $tmp/syslog.otp
open d $tmp/syslog.otp rw
write d again\n
expect again
quiet 300
shell rm $tmp/syslog.otp
shell mkfifo $tmp/syslog.otp
shell rm $tmp/syslog.otp
shell mkfifo $tmp/syslog.otp
open e $tmp/syslog.otp rw
write e and again\n
expect and again
packet die
exit 0
SCRIPT
    equal '4 4' "$(account read delivered)" account
    equal 1 "$(wc -l <"$tmp/stderr" | tr -d ' ')" 'lines on stderr'
}
check "a FIFO removed and made again is taken up, without a word" removed_and_made_again

a_file_in_its_place() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d one\n
expect one
shell : >$tmp/file
shell mv $tmp/file $tmp/syslog.otp
stderr is not a FIFO
shell touch $tmp/other
quiet 300
write d still\n
expect still
alive
packet die
exit 0
SCRIPT
    equal 1 "$(grep -c 'is not a FIFO' "$tmp/stderr")" 'times it was said'
}
check "a file in the FIFO's place is said once, and the FIFO at hand is read on" a_file_in_its_place

# ---- a VM that does not take its packets ------------------------------------------------------------------------------

loss_is_said() {
    play --ring 262144 --patience 0 <<SCRIPT
open d $tmp/syslog.otp rw
lines d 1 20000 120
settle
expect-rest 1 20000
packet die
exit 0
SCRIPT
    adds_up
    [ "$(account loss_lines)" -ge 1 ] || fail 'no loss line'
    equal 20000 "$(account read)" read
}
check "a full ring drops the oldest and says in their place how many" loss_is_said

loss_is_counted() {
    play --ring 262144 --patience 0 --no-loss-line <<SCRIPT
open d $tmp/syslog.otp rw
lines d 1 20000 120
settle
expect-gaps 1 20000
packet die
exit 0
SCRIPT
    adds_up
    equal 0 "$(account loss_lines)" loss_lines
    [ "$(account dropped)" -gt 0 ] || fail 'nothing was dropped'
}
check "--no-loss-line counts the loss and says nothing in its place" loss_is_counted

long_lines_are_lost_whole() {
    play --ring 262144 --patience 0 <<SCRIPT
open d $tmp/syslog.otp rw
lines d 1 100 65000
settle
expect-rest 1 100
lines d 101 150 65000
settle
expect-rest 101 150
packet die
exit 0
SCRIPT
    adds_up
}
check "long lines are dropped whole too, and a packet half written goes out whole" long_lines_are_lost_whole

the_ring_is_as_large_as_said() {
    play --ring 16777216 --patience 0 <<SCRIPT
open d $tmp/syslog.otp rw
lines d 1 100000 120
settle
expect-lines 1 100000
packet die
exit 0
SCRIPT
    equal '100000 0' "$(account delivered dropped)" account
}
check "a larger ring keeps what a smaller one would drop" the_ring_is_as_large_as_said

no_wait_for_ever() {
    play --ring 262144 <<SCRIPT
open d $tmp/syslog.otp rw
lines-behind d 1 60000 120
join
expect-rest 1 60000
packet die
exit 0
SCRIPT
    adds_up
}
check "a VM that takes nothing does not hold up the daemon for ever" no_wait_for_ever

a_slow_vm_loses_nothing() {
    play --ring 262144 --patience 60000 <<SCRIPT
open d $tmp/syslog.otp rw
lines-behind d 1 100000 120
expect-lines 1 100000
join
packet die
exit 0
SCRIPT
    equal '100000 100000 0' "$(account read delivered dropped)" account
}
check "a VM that is only slow loses nothing, though the ring is small" a_slow_vm_loses_nothing

die_while_full() {
    play --ring 262144 <<SCRIPT
open d $tmp/syslog.otp rw
lines-behind d 1 60000 120
join
packet die
exit 0
SCRIPT
    adds_up
    [ "$(account queued)" -gt 0 ] || fail 'nothing was queued, so this proves nothing'
}
check "die works while nobody takes the packets, and the account tells what was left" die_while_full

die_while_it_waits() {
    play --ring 262144 --patience 60000 <<SCRIPT
open d $tmp/syslog.otp rw
lines d 1 16000 120
signal 10
stderr ferrule: read=
packet die
exit 0
SCRIPT
    adds_up
    equal 0 "$(account dropped)" dropped
}
check "die and the account work while it waits for a VM that takes nothing" die_while_it_waits

# ---- standard input, output and error; signals --------------------------------------------------------------------------

only_exact_commands() {
    long=$(head -c 2000 /dev/zero | tr '\0' d)
    play <<SCRIPT
open d $tmp/syslog.otp rw
bytes \0\0
packet d
packet di
packet dies
packet only_std
packet only_stdin_
packet $long
write d still here\n
expect still here
alive
bytes \0
bytes \x03
bytes di
bytes e
exit 0
SCRIPT
}
check "the empty packet, beginnings and longer words are no commands, and die may come in pieces" only_exact_commands

only_stdin() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d one\n
expect one
packet only_stdin
quiet 300
write d two\n
quiet 300
alive
packet die
exit 0
SCRIPT
    equal '1 1 4' "$(account read delivered bytes)" account
}
check "only_stdin stops the reading and leaves the lines in the FIFO" only_stdin

closed_stdin() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d one\n
expect one
close-stdin
exit 1
SCRIPT
    equal '1 1' "$(account read delivered)" account
}
check "the end of standard input ends it with 1" closed_stdin

vm_already_gone() {
    mkfifo -m 0600 "$tmp/syslog.otp" "$tmp/in"
    exec 9<>"$tmp/syslog.otp"
    printf 'for the next one\n' >&9
    # Its standard input has ended before it begins.
    code=0
    (
        exec 8<>"$tmp/in"
        exec 7<"$tmp/in"
        exec 8>&-
        exec "$bin/ferrule" "$tmp" <&7 7<&- >"$tmp/out" 2>"$tmp/stderr"
    ) || code=$?
    equal 1 "$code" 'exit status'
    equal '0 0' "$(account read delivered)" account
    read -r line <&9
    equal 'for the next one' "$line" 'what is in the FIFO'
}
check "started for a VM that was killed meanwhile, it leaves the lines in the FIFO" vm_already_gone

closed_stdout() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
close-stdout
write d one\n
exit 1
SCRIPT
    adds_up
}
check "a closed standard output ends it with 1" closed_stdout

signals() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d one\n\n
expect one
settle
signal 10
stderr ferrule: read=2 delivered=1 dropped=0 empty=1 cut=0 queued=0 bytes=5 loss_lines=0
signal 1
write d two\n
expect two
alive
signal 15
exit 0
SCRIPT
    equal '3 2 1' "$(account read delivered empty)" account
    equal 2 "$(wc -l <"$tmp/stderr" | tr -d ' ')" 'lines on stderr'
}
check "SIGUSR1 says the account in one line, SIGHUP ends nothing, SIGTERM leaves with 0" signals

a_full_stderr() {
    mkfifo "$tmp/stderr"
    exec 9<>"$tmp/stderr"
    dd if=/dev/zero of="$tmp/stderr" bs=4096 count=100 oflag=nonblock 2>/dev/null || :
    play <<SCRIPT
open d $tmp/syslog.otp rw
write d one\n
expect one
signal 10
write d two\n
expect two
packet die
exit 0
SCRIPT
    exec 9>&-
}
check "a standard error that takes nothing holds up nothing" a_full_stderr

flags_are_put_back() {
    mkfifo "$tmp/syslog.otp" "$tmp/in" "$tmp/out"
    exec 8<>"$tmp/in" 9<>"$tmp/out"
    printf '\000\003die' >&8
    timeout 20 "$bin/ferrule" "$tmp" <&8 >&9 2>/dev/null
    for fd in 8 9; do
        flags=$(sed -n 's/^flags:[[:space:]]*//p' "/proc/self/fdinfo/$fd")
        [ $((flags & 04000)) -eq 0 ] || fail "descriptor $fd was left non-blocking: $flags"
    done
    exec 8>&- 9>&-
}
check "a shared standard input and output are not left non-blocking" flags_are_put_back

idle() {
    play <<SCRIPT
open d $tmp/syslog.otp rw
lines d 1 1000 100
expect-lines 1 1000
quiet 3000
packet die
exit 0
SCRIPT
}
check "with nothing to read it is not woken" idle

bad_options() {
    for options in '' '--ring 262143' '--ring 1073741825' '--ring x' '--ring -1' '--ring' '--patience 60001' '--patience ' \
        '--nonsense' '/a /b'; do
        code=0
        # shellcheck disable=SC2086 # words
        timeout 20 "$bin/ferrule" $options </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
        equal 2 "$code" "exit status of [$options]"
        [ -s "$tmp/err" ] || fail "[$options] without a word"
        [ ! -s "$tmp/out" ] || fail "[$options] wrote packets"
    done
    "$bin/ferrule" --version | grep -q '^ferrule [0-9]' || fail version
    "$bin/ferrule" --help | grep -q '^usage: ferrule' || fail help
}
check "a wrong option is refused with 2 and a reason" bad_options

# ---- in a real VM -----------------------------------------------------------------------------------------------------

real_port() {
    command -v erl >/dev/null || skip 'erl is not installed'
    mkfifo "$tmp/syslog.otp"
    cat >"$tmp/real_port.erl" <<'ERL'
-module(real_port).
-export([main/1]).
main([Ferrule, Own, Mode]) ->
    Extra = case Mode of "binary" -> [binary]; "list" -> [] end,
    Port = open_port({spawn, "\"" ++ Ferrule ++ "\" " ++ Own}, [{packet, 2}, exit_status] ++ Extra),
    Fifo = open_port({spawn, "sh -c 'seq -f \"line %06.0f\" 1 20000 >" ++ Own ++ "/syslog.otp; cat'"}, []),
    Make = case Mode of "binary" -> fun list_to_binary/1; "list" -> fun(L) -> L end end,
    lists:foreach(fun(N) ->
        Want = Make(lists:flatten(io_lib:format("line ~6..0w", [N]))),
        receive {Port, {data, Got}} -> Want = Got
        after 20000 -> exit({no_line, N}) end
    end, lists:seq(1, 20000)),
    port_close(Fifo),
    Port ! {self(), {command, "only_stdin"}},
    Port ! {self(), {command, "die"}},
    receive {Port, {exit_status, 0}} -> ok after 20000 -> exit(no_exit) end,
    io:put_chars("fine\n"),
    halt(0).
ERL
    (cd "$tmp" && erlc real_port.erl)
    for mode in list binary; do
        out=$(cd "$tmp" && timeout 60 erl -noinput -boot start_clean -eval \
            "real_port:main([\"$bin/ferrule\", \"$tmp\", \"$mode\"])" 2>&1) || fail "$mode: $out"
        case $out in *fine*) ;; *) fail "$mode: $out" ;; esac
    done
}
check "a real port gets 20000 lines in order, as lists and as binaries, and its exit status" real_port

# ---- records ----------------------------------------------------------------------------------------------------------

dump=$top/build/test/prog/record_dump

become_ferrule() { exec "$bin/ferrule" --records "$@" "$tmp" <"$tmp/in" >"$tmp/out" 2>"$tmp/err" 7>&- 8>&- 9>&-; }
become_dump() { exec "$dump" <"$tmp/out" >"$tmp/records" 7>&- 8>&- 9>&-; }
# record_mode [OPTION ...]: ferrule --records on a FIFO; the descriptors 7 (log), 8 (commands) and 9 (its output) are ours
record_mode() {
    mkfifo "$tmp/syslog.otp" "$tmp/in" "$tmp/out"
    exec 7<>"$tmp/syslog.otp" 8<>"$tmp/in" 9<>"$tmp/out"
    spawn become_ferrule "$@"
    ferrule_pid=$spawned
}
# read_records: prints them from here on; ends with ferrule
read_records() {
    spawn become_dump
    dump_pid=$spawned
    eventually 20 [ -e "$tmp/records" ]
    exec 9>&-
}
leave_records() {
    printf '\0\0\0\003die' >&8
    code=0
    wait "$ferrule_pid" || code=$?
    equal 0 "$code" 'exit status'
    wait "$dump_pid" || fail "$(tail -n 1 "$tmp/records")"
}

records_are_parsed() {
    record_mode
    read_records
    printf '<11>Nov 21 18:04:15 board app[77]: it broke\n\n<30>Nov 21 18:04:15 board other: and on\nno head\n' >&7
    eventually 20 grep -q '^record 3 ' "$tmp/records"
    printf '<11>Nov 21 18:04:15 board app[77]: it broke\n' >&7
    eventually 20 grep -q '^record 4 ' "$tmp/records"
    head -c 65540 /dev/zero | tr '\0' x >&7
    printf '\nunfinished' >&7
    eventually 20 grep -q '^record 5 ' "$tmp/records"
    leave_records
    equal 'record 1 0 1 11 app [it broke]
record 2 0 1 30 other [and on]
record 3 0 1 -1  [no head] malformed
record 4 0 1 11 app [it broke]' "$(grep '^record [1-4] ' "$tmp/records")" records
    grep -q '^record 5 .*x\] malformed cut$' "$tmp/records" || fail 'the long line is not marked'
    grep -q '^record 6 .*\[unfinished\]' "$tmp/records" || fail 'the unfinished line is not there'
    grep -q '^ferrule: source fifo .*received=6 accepted=6 ' "$tmp/err" || fail "account: $(cat "$tmp/err")"
}
check "--records sends parsed records, numbered from 1, in batches" records_are_parsed

records_lost() {
    record_mode --ring 1048576
    # Nobody reads, and yet the writer is never held up for long: what waits is bounded.
    seq -f '<14>filler: %06.0f oooooooooooooooooooooooooooooooooooooooooooooooooooooooooooo' 1 30000 >&7
    printf 'last\n' >&7
    read_records
    eventually 20 grep -q '\[last\]' "$tmp/records"
    leave_records
    grep -q '^gap 0 ' "$tmp/records" || fail 'nothing was dropped'
    awk '
        $1 == "gap" { if ($2 != 0) bad = "reason"; missing += $3; if ($4 != due || $5 != due + $3 - 1) bad = $0; due += $3 }
        $1 == "record" { if ($2 != due) bad = $0 ", due was " due; due = $2 + 1; ++got }
        BEGIN { due = 1 }
        END { if (bad != "" || got + missing != 30001) { print bad, got, missing; exit 1 } }' "$tmp/records" || fail 'numbers'
}
check "--records: a full ring drops the oldest, and a gap in their place has the exact count and numbers" records_lost

records_idle() {
    record_mode
    read_records
    printf '<14>a: x\n' >&7
    eventually 20 grep -q '^record 1 ' "$tmp/records"
    eventually 20 grep -q '^State:.S' "/proc/$ferrule_pid/status"
    before=$(awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$ferrule_pid/status")
    sleep 1
    equal "$before" "$(awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$ferrule_pid/status")" wake-ups
    leave_records
}
check "--records: with nothing to read it is not woken" records_idle

records_small_ring() {
    code=0
    timeout 20 "$bin/ferrule" --records --ring 1048575 "$tmp" </dev/null 2>"$tmp/err" || code=$?
    equal 2 "$code" 'exit status'
    grep -q -- '--ring 1048575' "$tmp/err" || fail "$(cat "$tmp/err")"
}
check "--records wants a ring of 1 MiB at least" records_small_ring

finish
