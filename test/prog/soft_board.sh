#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# soft_board: the countdown resets a whole process tree, whatever it did to get away; an orderly end does it gently; nothing
# runs on after it. The scripts that stand for a boot keep their pids in $tmp.
. test/prog/lib.sh
suite soft_board

peer=$top/build/test/prog/soft_peer

# board BOOT_SCRIPT OPTION ...: in the background, the script as its boot. The log is $tmp/log, the socket $tmp/b.
board() {
    printf '%s\n' "$1" >"$tmp/boot"
    shift
    spawn "$bin/soft_board" --socket "$tmp/b" --log "$tmp/log" "$@" -- sh "$tmp/boot"
    board=$spawned
}
logged() { cut -d ' ' -f 2- "$tmp/log" 2>/dev/null | grep -q "$1"; }
gone() { ! kill -0 "$1" 2>/dev/null; }
pid_in() { [ -s "$1" ] && pid=$(cat "$1"); }
board_ends_with() {
    code=0
    wait "$board" || code=$?
    equal "$1" "$code" 'exit status'
}
# Deaf to everything but SIGKILL, in a session of its own, its parent gone: what a board must be able to end.
# shellcheck disable=SC2016 # for the boot script
runaway='(setsid sh -c "trap : TERM HUP INT; echo \$\$ >$0.runaway.new; mv $0.runaway.new $0.runaway; while :; do sleep 1; done" &)'

a_countdown_that_ends_resets_the_tree() {
    board "$runaway
        $peer $tmp/b 'boot?' 'arm 300' hold >>$tmp/said" --boots 2 --flags-file "$tmp/flags" --boot-id "$tmp/id"
    eventually 20 pid_in "$tmp/boot.runaway"
    first_pid=$pid
    first_id=$(cat "$tmp/id")
    equal 36 "${#first_id}" 'length of the boot id'
    board_ends_with 3
    gone "$first_pid" || fail 'the runaway of the first boot lives'
    logged '^1 expired'
    logged '^2 on '
    equal 32 "$(cat "$tmp/flags")" 'flags after a reset'
    grep -q '^boot 0$' "$tmp/said"
    grep -q '^boot 32$' "$tmp/said"
    [ "$first_id" != "$(cat "$tmp/id")" ] || fail 'the same boot id twice'
    gone "$(cat "$tmp/boot.runaway")" || fail 'the runaway of the second boot lives'
}

pets_keep_it_up() {
    board "$peer $tmp/b 'arm 2000' 'flood 50'"
    eventually 60 enough_pets
    logged '^1 arm 2000 granted 2000$'
    if logged expired; then fail 'reset although petted'; fi
}
enough_pets() { [ "$(grep -c ' pet$' "$tmp/log")" -ge 100 ]; }

a_device_that_goes_away_leaves_it_counting() {
    board "$peer $tmp/b 'arm 400'; sleep 600" --boots 1
    board_ends_with 3
    logged '^1 gone'
    logged '^1 expired'
}

disarm_stops_it() {
    board "$peer $tmp/b 'arm 60000' disarm 'left?' >$tmp/said"
    board_ends_with 0
    equal 'granted 60000 disarmed refused' "$(tr '\n' ' ' <"$tmp/said" | sed 's/ $//')"
}

nowayout_does_not_disarm() {
    board "$peer $tmp/b 'arm 500' disarm >$tmp/said; sleep 600" --nowayout --boots 1
    board_ends_with 3
    grep -q '^refused$' "$tmp/said"
}

it_grants_no_more_than_its_longest() {
    board "$peer $tmp/b 'arm 60000' >$tmp/said" --longest 700 --boots 1
    board_ends_with 3
    equal 'granted 700' "$(cat "$tmp/said")"
}

a_second_device_is_refused() {
    board "$peer $tmp/b 'arm 60000' hold & sleep 600"
    eventually 20 logged '^1 arm'
    code=0
    "$peer" "$tmp/b" 'boot?' || code=$?
    equal 5 "$code" 'exit status of the second'
    logged '^1 busy'
    if logged '^1 gone'; then fail 'the first one lost the board'; fi
}

# Both in one turn of the board's loop: the first one's end and its successor's first word.
a_successor_is_let_in() {
    board "$peer $tmp/b 'arm 60000' hold & sleep 600"
    eventually 20 logged '^1 arm'
    first=$(sed -n 's/^[0-9]* 1 device //p' "$tmp/log")
    kill -STOP "$board"
    kill -KILL "$first"
    eventually 20 gone "$first"
    "$peer" "$tmp/b" pet
    kill -CONT "$board"
    eventually 20 logged '^1 pet'
    if logged '^1 busy'; then fail 'it was refused'; fi
}

an_orderly_reboot_is_gentle() {
    board "trap 'echo gentle >$tmp/gentle; exit' TERM
        echo \$\$ >$tmp/pid
        while :; do sleep 0.1; done" --flags-file "$tmp/flags" --boots 2 --grace 60000
    eventually 20 test -s "$tmp/pid"
    "$bin/soft_board" --end "$tmp/b" reboot
    eventually 20 logged '^2 on'
    grep -q gentle "$tmp/gentle"
    equal 0 "$(cat "$tmp/flags")" 'flags after an orderly reboot'
    SOFT_BOARD_SOCKET=$tmp/b "$bin/soft_board" poweroff
    board_ends_with 0
    logged '^2 end poweroff'
    [ ! -e "$tmp/b" ] || fail 'the socket is still there'
}

what_does_not_end_is_killed() {
    board "$runaway
        sleep 600" --grace 100
    eventually 20 pid_in "$tmp/boot.runaway"
    "$bin/soft_board" --end "$tmp/b" halt
    board_ends_with 0
    gone "$pid" || fail 'it lives'
}

the_watchdog_guards_an_orderly_end() {
    board "$runaway
        $peer $tmp/b 'arm 1000' hold" --grace 60000 --boots 1
    eventually 20 pid_in "$tmp/boot.runaway"
    eventually 20 logged '^1 arm'
    "$bin/soft_board" --end "$tmp/b" reboot
    board_ends_with 3
    logged '^1 expired'
}

sigterm_ends_board_and_tree() {
    board "$runaway
        sleep 600" --grace 100
    eventually 20 pid_in "$tmp/boot.runaway"
    kill -TERM "$board"
    board_ends_with 0
    gone "$pid" || fail 'the tree lives'
}

a_signal_during_a_restart_keeps_it_off() {
    board "$runaway
        sleep 600" --grace 1000 --boots 3
    eventually 20 pid_in "$tmp/boot.runaway"
    "$bin/soft_board" --end "$tmp/b" reboot
    kill -TERM "$board"
    board_ends_with 0
    logged '^1 end reboot'
    logged '^1 end poweroff'
    if logged '^2 on'; then fail 'it came on again'; fi
    gone "$pid" || fail 'the tree lives'
}

a_killed_board_takes_its_tree_along() {
    board "$runaway
        sleep 600"
    eventually 20 pid_in "$tmp/boot.runaway"
    kill -KILL "$board"
    eventually 20 gone "$pid"
}

a_killed_guard_sets_nobody_free() {
    board "$runaway
        sleep 600" --grace 100
    eventually 20 pid_in "$tmp/boot.runaway"
    guard=$(sed -n 's/^[0-9]* 1 on //p' "$tmp/log")
    kill -KILL "$guard"
    eventually 20 gone "$guard"
    kill -0 "$pid"
    kill -TERM "$board"
    board_ends_with 0
    gone "$pid" || fail 'the tree lives'
}

ram_is_kept_over_a_reset() {
    mkdir "$tmp/pstore"
    echo 'from before this boot' >"$tmp/console"
    board "[ \$SOFT_BOARD_BOOT = 2 ] && { cp $tmp/pstore/* $tmp/kept/; exit; }
        echo 'a last line' >>$tmp/console
        echo 'vakt1 note' >>$tmp/pmsg
        $peer $tmp/b 'arm 100' hold" --pstore "$tmp/pstore" --pmsg "$tmp/pmsg" --console "$tmp/console"
    mkdir -p "$tmp/kept"
    board_ends_with 0
    equal 'a last line' "$(cat "$tmp/kept/console-ramoops-0")"
    equal 'vakt1 note' "$(cat "$tmp/kept/pmsg-ramoops-0")"
    [ ! -s "$tmp/pmsg" ] || fail 'the new boot begins with the old pmsg'
}

power_off_loses_it() {
    mkdir "$tmp/pstore"
    echo old >"$tmp/pstore/pmsg-ramoops-0"
    board "sleep 600" --pstore "$tmp/pstore" --pmsg "$tmp/pmsg" --grace 0
    eventually 20 logged '^1 on'
    "$bin/soft_board" --end "$tmp/b" poweroff
    board_ends_with 0
    [ ! -e "$tmp/pstore/pmsg-ramoops-0" ] || fail 'RAM without power'
}

an_empty_board_leaves_with_the_status() {
    board 'exit 7'
    board_ends_with 7
    code=0
    "$bin/soft_board" --socket "$tmp/b" "$tmp/nonesuch" || code=$?
    equal 127 "$code" 'exit status of a command that is not there'
}

wrong_words_are_refused() {
    for words in '' '--socket' "--socket $tmp/x" "--end $tmp/x restart" 'reboot' "--grace soon --socket $tmp/x true"; do
        code=0
        # shellcheck disable=SC2086 # words
        "$bin/soft_board" $words 2>"$tmp/said" || code=$?
        equal 2 "$code" "exit status of [$words]"
    done
    code=0
    "$bin/soft_board" --end "$tmp/nobody" reboot 2>"$tmp/said" || code=$?
    equal 1 "$code" 'exit status without a board'
    board 'sleep 600'
    eventually 20 logged '^1 on'
    code=0
    "$bin/soft_board" --socket "$tmp/b" true 2>"$tmp/said" || code=$?
    equal 1 "$code" 'exit status beside another board'
    grep -q 'another board' "$tmp/said"
}

check 'a countdown that ends resets the whole tree, with other flags and another boot id' a_countdown_that_ends_resets_the_tree
check 'pets keep it up' pets_keep_it_up
check 'a device that goes away leaves it counting' a_device_that_goes_away_leaves_it_counting
check 'disarm stops it' disarm_stops_it
check 'under nowayout disarm does not' nowayout_does_not_disarm
check 'a shorter timeout is granted where that is the longest' it_grants_no_more_than_its_longest
check 'a second device is refused and the first stays' a_second_device_is_refused
check 'a successor is let in as soon as the first has ended' a_successor_is_let_in
check 'an orderly reboot asks first; poweroff ends it' an_orderly_reboot_is_gentle
check 'what does not end when asked is killed' what_does_not_end_is_killed
check 'the watchdog guards an orderly end' the_watchdog_guards_an_orderly_end
check 'SIGTERM ends the board and its tree' sigterm_ends_board_and_tree
check 'a signal while it restarts keeps it off' a_signal_during_a_restart_keeps_it_off
check 'a killed board takes its tree along' a_killed_board_takes_its_tree_along
check 'a killed guard sets nobody free' a_killed_guard_sets_nobody_free
check 'pmsg and console are kept over a reset' ram_is_kept_over_a_reset
check 'and lost with the power' power_off_loses_it
check 'an empty board leaves with its command'\''s status' an_empty_board_leaves_with_the_status
check 'wrong words are refused' wrong_words_are_refused
finish
