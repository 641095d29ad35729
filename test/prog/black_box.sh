#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The bridge's black box: the real writer and its real child (build/test/prog/black_box_peer stands in for the bridge around
# it). What it leaves is read as the reset report reads it.
. test/prog/lib.sh
suite black_box

peer=$top/build/test/prog/black_box_peer

# start BOOT FIRST [SYNC_MS [PMSG [SEVERITY [SIZE]]]]: a bridge whose commands go to descriptor 9; its pid is in $bridge.
# Descriptor 5 reads what it and its child hold as standard error, so its end of file is the end of both.
start() {
    [ -p "$tmp/asks" ] || mkfifo "$tmp/asks" "$tmp/life"
    exec 9<>"$tmp/asks" 6<>"$tmp/life"
    : >"$tmp/said"
    "$peer" serve "$tmp/box" "${6:-65536}" "${3:-50}" "${4:--}" "${5:-7}" "00000000-0000-4000-8000-$(printf '%012d' "$1")" "$2" \
        <"$tmp/asks" >"$tmp/said" 2>"$tmp/life" 6>&- 9>&- &
    bridge=$!
    printf '%s\n' "$bridge" >>"$tmp/.spawned"
    exec 9>&-
    exec 9>"$tmp/asks" 5<"$tmp/life"
    exec 6>&-
}
tell() { printf '%s\n' "$@" >&9; }
# An orderly end.
leave() {
    exec 9>&-
    wait "$bridge"
    all_have_ended
}
all_have_ended() { timeout 60 cat <&5 || fail 'the child does not end'; }
show() { "$peer" show "$tmp/box"; }
has() { show | grep -qx -- "$1" || { printf 'no line [%s] in\n' "$1"; show; false; }; }
has_not() { ! show | grep -q -- "$1"; }
# counts KEY: of the last account.
asked() {
    lines=$(grep -c '^black_box' "$tmp/said") || :
    tell account
    eventually 20 more_than "$lines"
}
more_than() { [ "$(grep -c '^black_box' "$tmp/said")" -gt "$1" ] || { tell account; false; }; }
count() { sed -n "s/^black_box.* $1=\([0-9]*\).*/\1/p" "$tmp/said" | tail -n 1; }
# at_least KEY NUMBER
at_least() {
    asked
    [ "$(count "$1")" -ge "$2" ]
}

lines_are_on_the_disk() {
    start 1 1
    tell 'log 27 first' 'log 31 second'
    eventually 20 has '1 01 1 27 peer: first'
    eventually 20 has '2 01 2 31 peer: second'
    eventually 20 at_least syncs 1
    equal 127 "$(count slots)" slots
    equal 600 "$(stat -c %a "$tmp/box")" 'its mode'
    equal 65536 "$(stat -c %s "$tmp/box")" 'its size'
    leave
    has 'damaged 0'
}

boots_follow_each_other() {
    start 1 1
    tell 'log 27 of the first'
    leave
    start 2 1
    tell 'log 27 of the second'
    leave
    has '1 01 1 27 peer: of the first'
    has '2 02 1 27 peer: of the second'
    # Chatter does not push out an error, and old boots go when they are overwritten.
    start 2 2
    for _ in 1 2 3 4; do
        tell 'storm 60 31'
        eventually 20 at_least written 60
    done
    leave
    has '1 01 1 27 peer: of the first'
    show | grep -q '31 peer: storm 59' || fail 'the newest is missing'
}

from_crit_on_it_is_at_once() {
    start 1 1 3600000
    tell 'log 27 err'
    eventually 20 has '1 01 1 27 peer: err'
    asked
    equal 0 "$(count syncs)" 'syncs after err'
    tell 'log 26 crit'
    eventually 20 at_least syncs 1
    leave
}

a_storm_is_bounded_and_its_errors_are_kept() {
    start 1 1 100
    tell 'log 27 before' 'storm 20000 31' 'log 27 amidst' 'storm 10000 31'
    eventually 30 has '.* 27 peer: amidst'
    asked
    [ "$(count written)" -le 1000 ] || fail "as many as $(count written) were written"
    [ "$(count unwritten)" -gt 0 ] || fail 'nothing was passed over'
    eventually 20 adds_up 30002
    leave
}
# adds_up NUMBER: of records, each of which was written or passed over.
adds_up() {
    asked
    [ "$(($(count written) + $(count unwritten)))" -eq "$1" ]
}

idle_is_idle() {
    start 1 1 20
    tell 'log 31 x'
    eventually 20 at_least syncs 1
    child=$(cat "/proc/$bridge/task/$bridge/children")
    child=${child% }
    switches() { sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' "/proc/$1/status"; }
    eventually 20 asleep "$child"
    ours=$(switches "$bridge") its=$(switches "$child")
    # Not for a test's verdict but for its chance to fail: fifty times the sync interval.
    sleep 1
    equal "$its" "$(switches "$child")" "the child's wake-ups"
    equal "$ours" "$(switches "$bridge")" "the bridge's wake-ups"
    leave
}
asleep() { [ "$(sed -n 's/^State:[^A-Z]*\(.\).*/\1/p' "/proc/$1/status")" = S ]; }

a_killed_bridge_loses_nothing() {
    start 1 1 3600000
    tell 'log 27 written' 'storm 10 31'
    eventually 20 has '.* 31 peer: storm 9'
    kill -KILL "$bridge"
    all_have_ended
    has '1 01 1 27 peer: written'
    has 'damaged 0'
    # The next one goes on behind what is there.
    start 1 1
    tell 'log 28 numbered 1 again' 'storm 20 30' 'log 28 new'
    eventually 20 has '.* 28 peer: new'
    has_not 'numbered 1 again'
    leave
}

a_torn_slot_is_no_line_and_is_written_over() {
    start 1 1
    tell 'log 31 one' 'log 31 two'
    leave
    # The last 200 bytes of the second one did not come: chunk 0 is the header, 1 to 31 are for errors.
    dd if=/dev/zero of="$tmp/box" bs=1 seek=$((33 * 512 + 312)) count=200 conv=notrunc 2>/dev/null
    has 'damaged 1'
    has '.* peer: one'
    has_not 'peer: two'
    start 1 3
    tell 'log 31 three'
    leave
    has '.* peer: three'
    has 'damaged 0'
}

another_size_keeps_the_newest() {
    start 1 1
    tell 'log 27 error'
    leave
    start 1 2
    tell 'storm 50 31'
    leave
    start 1 100 50 - 7 16384
    eventually 20 size_is 16384
    tell 'log 31 later'
    leave
    has '.* 1 27 peer: error'
    has '.* 31 peer: storm 49'
    has '.* 100 31 peer: later'
    has_not 'storm 10$'
    # And in the middle of it, by a reload.
    start 1 101
    tell 'log 31 after' 'size 131072' 'log 31 at last'
    eventually 20 has '.* peer: at last'
    leave
    size_is 131072 || fail 'a child that came late has its own size after all'
    has '.* 1 27 peer: error'
    has '.* 101 31 peer: after'
}

size_is() { [ "$(stat -c %s "$tmp/box")" -eq "$1" ]; }

what_is_no_plain_file_is_refused() {
    printf 'precious\n' >"$tmp/other"
    ln -s other "$tmp/box"
    start 1 1
    tell 'log 27 x'
    eventually 20 grep -q '^says: open .*box: ' "$tmp/said"
    tell 'log 27 y' 'log 27 z'
    asked
    exec 9>&-
    wait "$bridge"
    equal 1 "$(grep -c ^says "$tmp/said")" 'said once'
    equal precious "$(cat "$tmp/other")" 'what it links to'
}

nonsense_is_taken_over() {
    head -c 70000 /dev/urandom >"$tmp/box"
    start 1 1
    tell 'log 27 x'
    leave
    has '1 01 1 27 peer: x'
    has 'damaged 0'
}

a_full_disk_is_said_and_tried_again() {
    [ "$(id -u)" -eq 0 ] || skip 'only root can mount'
    mkdir "$tmp/disk"
    mount -t tmpfs -o size=32k vakt-disk "$tmp/disk" || skip 'no tmpfs can be mounted here'
    trap 'end_spawned; umount -l "$tmp/disk"' EXIT
    mkfifo "$tmp/asks"
    "$peer" serve "$tmp/disk/box" 65536 50 - 7 00000000-0000-4000-8000-000000000001 1 <"$tmp/asks" >"$tmp/said" &
    bridge=$!
    printf '%s\n' "$bridge" >>"$tmp/.spawned"
    exec 9>"$tmp/asks"
    eventually 20 grep -q '^says: make room for .*: No space left on device' "$tmp/said"
    tell 'log 27 lost'
    mount -o remount,size=128k "$tmp/disk"
    eventually 20 is_written_again
    exec 9>&-
    wait "$bridge"
    equal 1 "$(grep -c ^says "$tmp/said")" 'said once'
}
is_written_again() {
    tell 'log 27 again'
    "$peer" show "$tmp/disk/box" | grep -q 'peer: again'
}

a_hung_disk_stops_nobody() {
    start 1 1
    tell 'log 27 x'
    eventually 20 has '.* peer: x'
    child=$(cat "/proc/$bridge/task/$bridge/children")
    kill -STOP "${child% }"
    i=0
    while [ "$i" -lt 50 ]; do
        i=$((i + 1))
        tell "log 27 while it hangs $i" 'storm 1000 31'
        asked
    done
    kill -CONT "${child% }"
    eventually 20 has '.* peer: while it hangs 50'
    leave
}

a_killed_child_is_said_and_replaced() {
    start 1 1
    tell 'log 27 x'
    eventually 20 has '.* peer: x'
    child=$(cat "/proc/$bridge/task/$bridge/children")
    kill -KILL "${child% }"
    eventually 20 grep -q "^says: the black box's child has ended" "$tmp/said"
    eventually 30 logged_again
    leave
}
logged_again() {
    tell 'log 27 again'
    has '.* peer: again'
}

pmsg_has_the_worst() {
    mkfifo "$tmp/pmsg"
    exec 8<>"$tmp/pmsg"
    start 1 1 50 "$tmp/pmsg"
    tell 'log 28 vakt1 forged' 'log 29 not severe enough'
    eventually 20 at_least pmsg_written 1
    eventually 20 is_withheld
    # Warnings have half of the budget, and nothing takes more than all of it.
    tell 'log 26 worst'
    leave
    exec 7<"$tmp/pmsg"
    exec 8>&-
    cat <&7 >"$tmp/mirror"
    exec 7<&-
    grep -q '^vaktlog1 1 00000000-0000-4000-8000-000000000001 28 [0-9]* peer: vakt1_forged$' "$tmp/mirror"
    grep -q ' 26 [0-9]* peer: worst$' "$tmp/mirror"
    grep -q 'not severe' "$tmp/mirror" && fail 'a notice is there'
    [ "$(wc -c <"$tmp/mirror")" -le 16384 ] || fail 'more than the budget'
    [ "$(count pmsg_withheld)" -gt 0 ] || fail 'nothing was withheld'
}

is_withheld() {
    tell 'storm 200 28'
    at_least pmsg_withheld 1
}

no_pmsg_is_made() {
    start 1 1 50 "$tmp/pmsg"
    tell 'log 26 x'
    leave
    [ ! -e "$tmp/pmsg" ] || fail 'it was made'
    grep '^says' "$tmp/said" && fail 'a system without pmsg is no trouble'
    return 0
}

check 'what is logged is on the disk, boot for boot' lines_are_on_the_disk
check 'boots follow each other; chatter does not push out errors' boots_follow_each_other
check 'from crit on it is brought to the disk at once' from_crit_on_it_is_at_once
check 'a storm is written in part, its errors first' a_storm_is_bounded_and_its_errors_are_kept
check 'with nothing new nobody wakes up' idle_is_idle
check 'a killed bridge leaves what it had, and the next one goes on behind it' a_killed_bridge_loses_nothing
check 'a torn slot is no line and is written over' a_torn_slot_is_no_line_and_is_written_over
check 'a file of another size keeps its newest lines' another_size_keeps_the_newest
check 'a link is refused and said once' what_is_no_plain_file_is_refused
check 'nonsense is taken over' nonsense_is_taken_over
check 'a full disk is said once and tried again' a_full_disk_is_said_and_tried_again
check 'a disk that hangs stops nobody' a_hung_disk_stops_nobody
check 'a child that was killed is said and replaced' a_killed_child_is_said_and_replaced
check 'pmsg has the worst, within its budget, and no forged note' pmsg_has_the_worst
check 'where there is no pmsg none is made' no_pmsg_is_made
finish
