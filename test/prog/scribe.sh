#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The keeper's children as the keeper sees them: the real scribe and prober at the other end of a socket, with
# build/test/prog/scribe_peer in the keeper's place. A boot is a boot id; a hung disk is a child that is stopped; full and
# read-only disks are small file systems in memory of our own.
. test/prog/lib.sh
suite scribe

peer=$top/build/test/prog/scribe_peer

# boot N COMMANDS...: one life of the scribe in boot N; what it answers is in $tmp/said, a line for each.
boot() {
    number=$1
    shift
    mkdir -p "$tmp/state" "$tmp/run" "$tmp/pstore" "$tmp/archive"
    printf '%s\n' answer "$@" |
        "$peer" serve "$tmp/state" "$tmp/run" "$tmp/pstore" "$tmp/archive" \
            "00000000-0000-4000-8000-$(printf '%012d' "$number")" >"$tmp/said"
    cat "$tmp/said"
}
said() { grep -qxF -- "$1" "$tmp/said" || fail "it did not say [$1]"; }
# Lines that begin so.
said_of() { grep -q -- "^$1" "$tmp/said" || fail "it did not say [$1...]"; }

# report_has TEXT: the report holds this piece of JSON.
report_has() {
    cat "$tmp/run/reset_report.json"
    grep -qF -- "$1" "$tmp/run/reset_report.json" || fail "the report has no [$1]"
}
note='note 7 note vm_hang kill uid-1000 given up: no beat from the VM'

answered_notes_survive() {
    mkdir "$tmp/storm"
    "$peer" storm "$tmp/storm" 60
}

boots_are_counted() {
    boot 1
    said 'ready ok next 2 boots 1 failed 0'
    boot 1
    said 'ready ok next 2 boots 1 failed 0'
    boot 2 'note 1 healthy unknown none - up' answer
    said 'ready ok next 3 boots 2 failed 1'
    said 'written 1 ok'
    boot 3
    said 'ready ok next 5 boots 3 failed 0'
    boot 4
    said 'ready ok next 6 boots 4 failed 1'
    boot 5 'note 1 clean clean none - going down' answer
    said 'ready ok next 7 boots 5 failed 2'
    boot 6
    said 'ready ok next 9 boots 6 failed 2'
}

the_first_boot_knows_nothing() {
    boot 1 report answer
    said 'report ok taken'
    report_has '{"version":1,"this_boot":"00000000-0000-4000-8000-000000000001","boot":null,"cause":"unknown","confidence":"low"'
    report_has 'the ledger has no boot before this one'
    equal 644 "$(stat -c %a "$tmp/run/reset_report.json")" 'its mode'
}

a_hang_is_told_after_the_boot() {
    boot 1 "$note" answer 'note 8 note vm_hang login1 uid-1000 reboot' answer
    boot 2 'hardware /dev/watchdog0 32' report answer
    report_has '"boot":"00000000-0000-4000-8000-000000000001","cause":"vm_hang","confidence":"high","lease":"uid-1000","text":"given up: no beat from the VM"'
    report_has '"boots":1,"failed_boots":1'
    report_has 'the last step noted was login1'
    report_has '/dev/watchdog0 says: the watchdog reset the board'
    # The one after it has nothing to do with that.
    boot 3 'hardware /dev/watchdog0 32' report answer
    report_has '"cause":"hw_watchdog","confidence":"high","lease":"","text":"","noted_at_ns":null'
    report_has '"boots":2,"failed_boots":2'
}

orderly_and_power() {
    boot 1 'note 1 clean clean none - the system is going down' answer
    boot 2 'hardware /dev/watchdog0 0' report answer
    report_has '"cause":"clean","confidence":"high"'
    boot 3 'hardware /dev/watchdog0 0' report answer
    report_has '"cause":"power","confidence":"medium"'
    boot 4 'hardware /dev/watchdog0 -' report answer
    report_has '"cause":"unknown","confidence":"low"'
    report_has '/dev/watchdog0 says: it cannot tell'
}

one_report_a_boot() {
    boot 1
    boot 2 report answer
    cp "$tmp/run/reset_report.json" "$tmp/first"
    inode=$(stat -c %i "$tmp/run/reset_report.json")
    boot 2 'hardware /dev/watchdog0 32' report answer
    said 'report ok taken'
    cmp "$tmp/first" "$tmp/run/reset_report.json"
    equal "$inode" "$(stat -c %i "$tmp/run/reset_report.json")" 'the file'
    # Half a report, as a power cut would leave it were it not renamed into place, is none.
    printf '%s' "$(head -c 200 "$tmp/first")" >"$tmp/run/reset_report.json"
    boot 2 report answer
    cmp "$tmp/first" "$tmp/run/reset_report.json"
    boot 3 report answer
    report_has '"this_boot":"00000000-0000-4000-8000-000000000003"'
    [ -z "$(find "$tmp/run" -name '.*new')" ] || fail 'a temporary file is left'
}

who_has_had_it_is_known() {
    boot 1
    boot 2 report answer 'note 1 reported unknown none uid-1 taken' answer \
        'note 2 reported unknown none uid-1 taken' answer 'note 3 reported unknown none uid-2 taken' answer
    said 'report ok taken'
    boot 2 report answer
    said 'report ok taken uid-1 uid-2'
    boot 3 report answer
    said 'report ok taken'
}

pstore_is_read() {
    boot 1
    printf 'Panic#1 Part1\n<0>[   99.5] Kernel panic - not syncing: Fatal exception\n' >"$tmp/pstore/dmesg-ramoops-0"
    printf '[   98.0] last words\n' >"$tmp/pstore/console-ramoops-0"
    printf 'x' >"$tmp/pstore/dmesg-efi-1.enc.z"
    boot 2 report answer
    report_has '"cause":"kernel_panic","confidence":"high"'
    report_has 'the kernel panicked: Kernel panic - not syncing: Fatal exception'
    report_has 'dmesg-efi-1.enc.z is compressed and was not read'
    report_has '"last_lines":["<0>[   99.5] Kernel panic - not syncing: Fatal exception"]'
}

a_record_of_pstore_is_told_of_once() {
    boot 1
    printf 'Panic#1 Part1\n<0>[   99.5] Kernel panic - not syncing: Fatal exception\n' >"$tmp/pstore/dmesg-ramoops-0"
    # a clock that tells nothing: the record is of a time that is yet to come, in every boot
    touch -d '2100-01-01 00:00:00' "$tmp/pstore/dmesg-ramoops-0"
    boot 2 report answer
    report_has '"cause":"kernel_panic"'
    boot 3 'hardware /dev/watchdog0 32' report answer
    report_has '"cause":"hw_watchdog"'
    report_has 'dmesg-ramoops-0 is what an earlier report told of'
    printf 'Panic#2 Part1\n<0>[  199.5] Kernel panic - not syncing: Another\n' >"$tmp/pstore/dmesg-ramoops-1"
    boot 4 'hardware /dev/watchdog0 32' report answer
    report_has '"cause":"kernel_panic"'
    report_has 'the kernel panicked: Kernel panic - not syncing: Another'
}

a_note_in_pmsg_alone_counts() {
    boot 1
    printf 'vakt1 9 00000000-0000-4000-8000-000000000001 note vm_crash kill 5 6 7000 uid-9 dumping\n' \
        >"$tmp/pstore/pmsg-ramoops-0"
    boot 2 report answer
    report_has '"cause":"vm_crash","confidence":"medium","lease":"uid-9","text":"dumping","noted_at_ns":5,"beat_age_ms":7000'
    report_has 'in pmsg alone'
}

the_archive_counts_when_filled_in_this_boot() {
    boot 1
    mkdir -p "$tmp/archive/1700000000/001"
    printf 'Panic#1 Part1\n[ 9.0] Kernel panic - not syncing: old\n' >"$tmp/archive/1700000000/001/dmesg-efi-9"
    touch -d '2001-01-01 00:00:00' "$tmp/archive/1700000000/001/dmesg-efi-9"
    boot 2 'hardware /dev/watchdog0 32' report answer
    report_has '"cause":"hw_watchdog"'
    touch "$tmp/archive/1700000000/001/dmesg-efi-9"
    boot 3 report answer
    report_has '"cause":"kernel_panic"'
}

odd_things_in_pstore_do_no_harm() {
    boot 1
    mkfifo "$tmp/pstore/dmesg-fifo-1"
    ln -s /etc/passwd "$tmp/pstore/dmesg-link-1"
    ln -s . "$tmp/archive/loop"
    mkdir "$tmp/pstore/dmesg-dir-1"
    head -c 3000000 /dev/urandom >"$tmp/pstore/console-ramoops-0"
    i=0
    while [ "$i" -lt 80 ]; do
        i=$((i + 1))
        printf 'x\n' >"$tmp/pstore/dmesg-many-$i"
    done
    boot 2 report answer
    said 'report ok taken'
    report_has 'is one too many and was not read'
    grep -q 'root:' "$tmp/run/reset_report.json" && fail 'a link was followed'
    iconv -f UTF-8 -t UTF-8 "$tmp/run/reset_report.json" >/dev/null || fail 'not UTF-8'
}

a_hung_disk_answers_when_it_goes_on() {
    boot 1 stop "$note" 'note 8 recovered vm_hang none uid-1000 beats again' report continue answer answer answer
    equal 'written 7 ok' "$(sed -n 2p "$tmp/said")"
    equal 'written 8 ok' "$(sed -n 3p "$tmp/said")"
    said 'report ok taken'
}

a_keeper_that_ends_leaves_its_notes() {
    boot 1 "$note"
    said ended
    boot 2 report answer
    report_has '"cause":"vm_hang"'
}

the_groups_signals_do_not_end_it() {
    boot 1 terminal "$note" answer
    said 'written 7 ok'
    said ended
}

box_peer=$top/build/test/prog/black_box_peer
# logs BOOT FIRST COMMANDS...: the bridge's black box gets this in boot BOOT, from the bridge's own writer.
logs() {
    number=$1 first=$2
    shift 2
    mkdir -p "$tmp/state"
    printf '%s\n' "$@" | "$box_peer" serve "$tmp/state/black_box" 65536 1000 - 7 \
        "00000000-0000-4000-8000-$(printf '%012d' "$number")" "$first" >/dev/null
    flock -w 20 "$tmp/state/black_box" true || fail 'the child does not end'
}

the_black_box_has_the_last_lines() {
    boot 1
    logs 1 1 'log 27 disk is failing'
    logs 1 2 'storm 90 31'
    logs 2 1 'log 27 of the boot that reads it'
    # Its child may still write when the writer has ended.
    eventually 20 grep -aqs 'storm 89' "$tmp/state/black_box"
    eventually 20 grep -aqs 'of the boot that reads it' "$tmp/state/black_box"
    boot 2 report answer
    report_has '"last_lines":["<err> peer: disk is failing","<debug> peer: storm 51",'
    report_has '"<debug> peer: storm 89"]'
    grep -q 'of the boot that' "$tmp/run/reset_report.json" && fail 'another boot was read'
    boot 3 report answer
    report_has '"last_lines":["<err> peer: of the boot that reads it"]'
}

a_power_cut_leaves_the_other_lines() {
    boot 1
    logs 1 1 'log 27 first' 'log 27 second' 'log 31 chatter'
    eventually 20 grep -aqs 'chatter' "$tmp/state/black_box"
    # Half of the second slot, as a power cut leaves it; what is behind it, cut off.
    dd if=/dev/urandom of="$tmp/state/black_box" bs=1 seek=$((2 * 512 + 256)) count=256 conv=notrunc 2>/dev/null
    truncate -s $((33 * 512 + 7)) "$tmp/state/black_box"
    boot 2 report answer
    report_has '"last_lines":["<err> peer: first","<debug> peer: chatter"]'
}

a_killed_bridge_left_its_lines() {
    boot 1
    mkfifo "$tmp/asks"
    "$box_peer" serve "$tmp/state/black_box" 65536 3600000 - 7 00000000-0000-4000-8000-000000000001 1 \
        <"$tmp/asks" >/dev/null &
    bridge=$!
    printf '%s\n' "$bridge" >>"$tmp/.spawned"
    exec 9>"$tmp/asks"
    printf 'log 27 last words\n' >&9
    eventually 20 grep -qs 'peer: last words' "$tmp/state/black_box"
    kill -KILL "$bridge"
    exec 9>&-
    boot 2 report answer
    report_has '"last_lines":["<err> peer: last words"]'
}

a_black_box_that_is_none_does_no_harm() {
    boot 1
    logs 1 1 'log 27 x'
    mv "$tmp/state/black_box" "$tmp/other"
    ln -s "$tmp/other" "$tmp/state/black_box"
    boot 2 report answer
    report_has 'black_box is no plain file and was not read'
    rm "$tmp/state/black_box"
    mkfifo "$tmp/state/black_box"
    boot 3 report answer
    report_has 'black_box is no plain file and was not read'
    rm "$tmp/state/black_box"
    ln "$tmp/other" "$tmp/state/black_box"
    boot 4 report answer
    report_has 'black_box has another name, too, and was not read'
    rm "$tmp/other"
    chmod 0666 "$tmp/state/black_box"
    boot 5 report answer
    report_has 'black_box can be written by others and was not read'
    chmod 0600 "$tmp/state/black_box"
    head -c 3000000 /dev/urandom >"$tmp/state/black_box"
    boot 6 report answer
    report_has '"last_lines":[]'
}

# conf TIMEOUT LEASES: a keeper.conf with one simulated device.
conf() {
    printf 'devices = ( { driver = "soft"; path = "%s"; timeout = %s; } );\n' "$tmp/dog" "$1"
    printf 'leases = ( %s );\n' "$2"
}

has_said() { [ "$(grep -c . "$tmp/said")" -ge "$1" ]; }

a_reload_is_read_or_refused() {
    lease='{ name = "a"; user = 1000; }'
    conf 20 "$lease" >"$tmp/keeper.conf"
    mkfifo "$tmp/asks"
    exec 9<>"$tmp/asks"
    "$peer" reload "$tmp/keeper.conf" <"$tmp/asks" >"$tmp/said" 9>&- &
    printf '%s\n' "$!" >>"$tmp/.spawned"
    asks=0
    # asks WORDS: asked once more, it says so.
    asks() {
        asks=$((asks + 1))
        printf 'read\n' >&9
        eventually 20 has_said "$asks"
        sed -n "${asks}p" "$tmp/said" | grep -q -- "$1" || {
            cat "$tmp/said"
            fail "it did not say [$1]"
        }
    }
    asks '^ok 1 leases 1 devices 0 evidence: $'
    conf 20 "$lease, { name = \"b\"; user = 0; }" >"$tmp/keeper.conf"
    asks '^ok 2 leases'
    printf 'leases = (\n { name = "a"; user = 1; nonsense = 1; } );\n' >"$tmp/keeper.conf"
    asks '^not-ok .*keeper.conf:2: '
    rm "$tmp/keeper.conf"
    asks '^not-ok .*keeper.conf.*No such file'
    conf 20 "$lease" | sed 's/soft/linux/' >"$tmp/keeper.conf"
    asks '^not-ok .*keeper.conf:1: another device than at the start'
    printf 'leases = ( %s );\n' "$lease" >"$tmp/keeper.conf"
    asks '^not-ok .*keeper.conf: not as many devices as at the start'
    conf 20 '{ name = "a"; user = 1000; beat_timeout = 11; boot_delay = 20; }' >"$tmp/keeper.conf"
    asks '^ok 1 leases'
    # What the hardware granted counts, not what was asked for.
    printf 'granted 22\n' >&9
    asks '^not-ok .*keeper.conf:'
    printf 'granted 21\n' >&9
    asks '^ok 1 leases'
    exec 9>&-
}

# keeper N: the real wd_keeper in boot N; its pid is in $keeper. It can end no system: --end-command stands for that.
keeper() {
    mkdir -p "$tmp/pstore"
    printf '00000000-0000-4000-8000-%012d\n' "$1" >"$tmp/boot_id"
    : >"$tmp/pmsg"
    spawn "$bin/wd_keeper" --foreground --config "$tmp/keeper.conf" --socket "$tmp/s" --state "$tmp/state" \
        --run "$tmp/run" --pstore "$tmp/pstore" --pmsg "$tmp/pmsg" --boot-id "$tmp/boot_id" --end-command /bin/true
    keeper=$spawned
    eventually 30 grep -qs "\"this_boot\":\"$(cat "$tmp/boot_id")\"" "$tmp/run/reset_report.json"
}
children_of() { cat "/proc/$1/task/$1/children"; }
# all_ended PIDS: a zombie has ended, too.
all_ended() {
    for pid in $1; do
        case $(sed -n 's/^State:[^A-Z]*\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null) in '' | Z | X) ;; *) return 1 ;; esac
    done
}
has_written() { grep -q "$1" "$tmp/pmsg"; }

a_killed_keeper_takes_its_children_along() {
    mkdir "$tmp/state"
    {
        printf 'lock_memory = false; real_time_priority = 0; oom_exempt = false;\n'
        printf 'evidence = ( { name = "disk"; kind = "write"; path = "%s"; } );\n' "$tmp/probe"
        [ "$(id -u)" -eq 0 ] || printf 'rights = ( { user = %s; may = [ "reboot" ]; } );\n' "$(id -u)"
    } >"$tmp/keeper.conf"
    keeper 1
    children=$(children_of "$keeper")
    equal 3 "$(printf '%s\n' "$children" | wc -w)" 'children'
    for child in $children; do
        equal 0 "$(cat "/proc/$child/oom_score_adj")" 'oom_score_adj'
        # The standard ones, the socket, and the scribe's ledger.
        [ "$(find "/proc/$child/fd" -mindepth 1 | wc -l)" -le 5 ] || fail "child $child has our descriptors"
    done
    eventually 20 test -s "$tmp/probe"
    "$bin/vaktctl" --socket "$tmp/s" reboot --yes
    eventually 20 has_written 'note requested login1'
    kill -KILL "$keeper"
    eventually 20 all_ended "$children"
    # What RAM and disk both have of it counts once.
    cp "$tmp/pmsg" "$tmp/pstore/pmsg-ramoops-0"
    rm "$tmp/run/keeper.state" "$tmp/s"
    keeper 2
    report_has '"boot":"00000000-0000-4000-8000-000000000001","cause":"requested","confidence":"high"'
    report_has '"text":"reboot: asked for by uid '
    grep -q 'in pmsg alone' "$tmp/run/reset_report.json" && fail 'the ledger did not get it'
    "$bin/vaktctl" --run "$tmp/run" reset --json | grep -q '"cause":"requested"' || fail 'vaktctl does not tell'
}

needs_mounts() {
    [ "$(id -u)" -eq 0 ] || skip 'only root can mount'
    mkdir -p "$tmp/state"
    mount -t tmpfs -o "$1" vakt-disk "$tmp/state" || skip 'no tmpfs can be mounted here'
    trap 'end_spawned; umount "$tmp/state"' EXIT
}

a_full_disk_is_said_and_tried_again() {
    needs_mounts size=8k
    # Room for 32 of 64 slots: entry N stands in slot N, so the 32nd is the first that fails.
    set --
    i=1
    while [ "$i" -le 32 ]; do
        i=$((i + 1))
        set -- "$@" "note $i note vm_hang kill uid-1 x" answer
    done
    boot 1 "$@"
    said 'written 31 ok'
    said_of 'written 32 not-ok: write .*ledger: No space left on device'
    mount -o remount,size=64k "$tmp/state"
    boot 2 "$note" answer
    said 'written 7 ok'
    boot 3 report answer
    report_has '"cause":"vm_hang"'
}

a_full_disk_keeps_what_was_told() {
    needs_mounts size=64k
    boot 1
    head -c 100000 /dev/zero >"$tmp/state/filler" 2>/dev/null && fail 'the disk is not full'
    printf 'Panic#1 Part1\n<2>[  1.0] Kernel panic - not syncing: first\n' >"$tmp/pstore/dmesg-ramoops-0"
    boot 2 report answer
    report_has '"cause":"kernel_panic"'
    if grep not-ok "$tmp/said"; then fail 'it could not be kept'; fi
    boot 3 report answer
    report_has 'dmesg-ramoops-0 is what an earlier report told of'
}

a_disk_that_fills_up_later_does_not_matter() {
    needs_mounts size=64k
    boot 1
    head -c 100000 /dev/zero >"$tmp/state/filler" 2>/dev/null && fail 'the disk is not full'
    set --
    i=1
    while [ "$i" -le 70 ]; do
        i=$((i + 1))
        set -- "$@" "note $i note vm_hang kill uid-1 x" answer
    done
    boot 2 "$@"
    equal 70 "$(grep -c '^written .* ok$' "$tmp/said")" 'notes on the disk'
}

a_read_only_disk_is_said_and_read() {
    needs_mounts size=64k
    boot 1 "$note" answer
    mount -o remount,ro "$tmp/state"
    boot 2 report answer "$note" answer
    said_of 'ready not-ok next 3 .*ledger: Read-only file system'
    said_of 'written 7 not-ok: .*Read-only file system'
    report_has '"cause":"vm_hang"'
    report_has 'ledger: Read-only file system'
    mount -o remount,rw "$tmp/state"
    boot 3 "$note" answer
    said 'written 7 ok'
}

no_place_for_the_report_is_said() {
    mkdir -p "$tmp/state" "$tmp/run"
    boot 1
    rmdir "$tmp/pstore" "$tmp/archive"
    printf '%s\n' answer report answer |
        "$peer" serve "$tmp/state" "$tmp/none" "$tmp/pstore" "$tmp/archive" 00000000-0000-4000-8000-000000000002 \
            >"$tmp/said"
    said_of 'report not-ok taken: open .*none: No such file or directory'
}

snoozes_in_a_loop_leave_the_causes() {
    set --
    i=0
    while [ "$i" -lt 80 ]; do
        i=$((i + 1))
        set -- "$@" "note $i snoozed requested none uid-1000 snooze" answer
    done
    boot 1 "$note" answer "$@"
    equal 16 "$(grep -c '^written .* ok$' "$tmp/said" | awk '{ print $1 - 1 }')" 'snoozes in the ledger'
    said_of 'written 80 not-ok: too many'
    boot 2 report answer
    report_has '"cause":"vm_hang"'
}

a_second_scribe_waits_for_the_first() {
    mkdir -p "$tmp/state" "$tmp/run" "$tmp/pstore"
    mkfifo "$tmp/commands"
    exec 9<>"$tmp/commands"
    # spawn would give it no standard input of its own.
    "$peer" serve "$tmp/state" "$tmp/run" "$tmp/pstore" '' 00000000-0000-4000-8000-000000000001 \
        <"$tmp/commands" >"$tmp/first" 9>&- &
    printf '%s\n' "$!" >>"$tmp/.spawned"
    printf 'answer\n' >&9
    eventually 20 grep -q '^ready ok' "$tmp/first"
    boot 1 "$note" answer
    said_of 'ready not-ok .*ledger: Resource temporarily unavailable'
    exec 9>&-
    eventually 20 grep -q '^ended' "$tmp/first"
    boot 1 "$note" answer
    said 'written 7 ok'
}

probes() {
    printf 'words\n' >"$tmp/file"
    equal 'good
good' "$("$peer" probe read "$tmp/file" 0)"
    "$peer" probe read "$tmp/absent" 0 | grep -q '^bad: open .*absent: No such file' || fail 'absent is good'
    equal 'good
good' "$("$peer" probe write "$tmp/written" 0)"
    equal 64 "$(stat -c %s "$tmp/written")" 'what was written'
    "$peer" probe write "$tmp" 0 | grep -q '^bad: ' || fail 'a directory is good'
    printf 'some avg10=9.00 x\nfull avg10=5.00 avg60=0.00\n' >"$tmp/pressure"
    equal 'good
good' "$("$peer" probe memory "$tmp/pressure" 5)"
    "$peer" probe memory "$tmp/pressure" 4 | grep -q '^bad: all tasks waited for memory 5.00 %' || fail 'it is at ease'
}

# round_trip MODE: two questions to a bridge that is such a one; the answers are in $tmp/MODE/said.
round_trip() {
    mkdir "$tmp/$1"
    spawn "$top/build/test/prog/probe_peer" "$tmp/$1/log" "$tmp/$1/bridge" "$1" >"$tmp/$1/logged"
    eventually 20 grep -q ready "$tmp/$1/logged"
    "$peer" probe syslog "$tmp/$1/log" "$tmp/$1/bridge" >"$tmp/$1/said"
    cat "$tmp/$1/said"
}
# answers MODE WORDS: both are bad, and say this.
answers() {
    equal 2 "$(grep -c "^bad: .*$2$" "$tmp/$1/said")" "bad answers of $1"
}

what_is_logged_comes_out_of_the_bridge() {
    for mode in good gap; do
        round_trip "$mode"
        equal 'good
good' "$(cat "$tmp/$mode/said")" "$mode"
        equal 2 "$(grep -cE '^<29>vakt-probe\[[0-9]+\]: [0-9a-f]{32}$' "$tmp/$mode/logged")" 'messages'
        equal 2 "$(sed -n 's/.*: //p' "$tmp/$mode/logged" | sort -u | wc -l)" 'words'
    done
    for mode in refuse nonsense leave; do round_trip "$mode"; done
    answers refuse 'bridge: refused: not you'
    answers nonsense "bridge: not a bridge's message"
    answers leave 'bridge: \(closed by the bridge\|Connection reset by peer\)'
    "$peer" probe syslog "$tmp/good/log" "$tmp/none" >"$tmp/said"
    grep -q '^bad: connect .*none: No such file' "$tmp/said" || fail 'no bridge is good'
    "$peer" probe syslog "$tmp/none" "$tmp/good/bridge" >"$tmp/said"
    grep -q '^bad: connect .*none: No such file' "$tmp/said" || fail 'no log is good'
}

what_does_not_come_is_bad_evidence() {
    pids=
    for mode in lost hang other; do
        round_trip "$mode" >/dev/null &
        pids="$pids $!"
    done
    for pid in $pids; do wait "$pid"; done
    answers lost 'what was logged to .*log did not come to .*bridge within 10 s'
    answers other 'what was logged to .*log did not come to .*bridge within 10 s'
    answers hang 'read .*bridge: Connection timed out'
}

# real_bridge BOOT [SOURCE]: syslog_bridge with the socket $tmp/in, or with such a source; its pid is in $bridge.
real_bridge() {
    mkdir -p "$tmp/state" "$tmp/run"
    printf 'ring = 1048576; metrics_interval = 0;\nblack_box = { size = 65536; pmsg = false; };\nsources = ( %s );\n' \
        "${2:-{ type = \"socket\"; path = \"$tmp/in\"; \}}" >"$tmp/bridge.conf"
    printf '00000000-0000-4000-8000-%012d\n' "$1" >"$tmp/boot_id"
    spawn "$bin/syslog_bridge" --foreground --config "$tmp/bridge.conf" --state "$tmp/state" --run "$tmp/run" \
        --boot-id "$tmp/boot_id" --pmsg '' --socket "$tmp/br"
    bridge=$spawned
    eventually 20 test -S "$tmp/br"
}

a_killed_real_bridge_left_its_last_lines() {
    boot 1
    real_bridge 1
    eventually 20 test -S "$tmp/in"
    logger -u "$tmp/in" -p daemon.err -t disk 'sector 7 is gone'
    eventually 20 grep -aqs 'sector 7 is gone' "$tmp/state/black_box"
    kill -KILL "$bridge"
    flock -w 20 "$tmp/state/black_box" true || fail 'its child does not end'
    # Of the next slot a power cut has left the beginning.
    dd if=/dev/urandom of="$tmp/state/black_box" bs=1 seek=$((2 * 512)) count=100 conv=notrunc 2>/dev/null
    boot 2 report answer
    report_has 'disk: sector 7 is gone"]'
    report_has '"last_lines":["<err> '
}

what_is_logged_comes_out_of_the_real_bridge() {
    real_bridge 1
    eventually 20 test -S "$tmp/in"
    "$peer" probe syslog "$tmp/in" "$tmp/br" >"$tmp/said"
    equal 'good
good' "$(cat "$tmp/said")" 'the bridge alone'
    grep -aq 'vakt-probe' "$tmp/state/black_box" && fail 'a probe is in the black box'
    kill -STOP "$bridge"
    "$peer" probe syslog "$tmp/in" "$tmp/br" >"$tmp/said"
    kill -CONT "$bridge"
    equal 2 "$(grep -c '^bad: read .*br: Connection timed out$' "$tmp/said")" 'bad answers'
}

what_a_real_daemon_is_given_comes_out_of_the_real_bridge() {
    # shellcheck disable=SC2034 # for lib-daemons.sh
    daemon=rsyslog
    . test/prog/lib-daemons.sh
    fresh
    start_daemon
    real_bridge 1 "{ type = \"fifo\"; path = \"$own/syslog.otp\"; }"
    open_way
    "$peer" probe syslog "$own/log" "$tmp/br" >"$tmp/said"
    equal 'good
good' "$(cat "$tmp/said")" 'through rsyslogd'
    kill -STOP "$syslogd"
    "$peer" probe syslog "$own/log" "$tmp/br" >"$tmp/said"
    kill -CONT "$syslogd"
    equal 2 "$(grep -c '^bad: what was logged to .*log did not come to .*br within 10 s$' "$tmp/said")" 'bad answers'
}

a_write_on_a_full_disk_is_bad_evidence() {
    needs_mounts size=4k
    head -c 8192 /dev/zero >"$tmp/state/filler" 2>/dev/null && fail 'the disk is not full'
    "$peer" probe write "$tmp/state/probe" 0 | grep -q '^bad: write .*No space left' || fail 'it is good'
}

printf ' the ledger\n'
check 'killed at any moment, all that was answered is there' answered_notes_survive
check 'boots are counted, and those that failed one after the other' boots_are_counted
check 'a full disk is said, and later entries try again' a_full_disk_is_said_and_tried_again
check 'a disk that fills up later takes every note' a_disk_that_fills_up_later_does_not_matter
check 'a disk that fills up later takes what was told of pstore' a_full_disk_keeps_what_was_told
check 'a read-only disk is said, and read' a_read_only_disk_is_said_and_read
check 'a hung disk answers when it goes on, in order' a_hung_disk_answers_when_it_goes_on
check 'what a keeper left behind when it ended is written' a_keeper_that_ends_leaves_its_notes
check "the terminal's and the group's signals do not end it" the_groups_signals_do_not_end_it
check 'snoozes in a loop do not push a cause out' snoozes_in_a_loop_leave_the_causes
check 'two scribes never write one ledger' a_second_scribe_waits_for_the_first
printf ' the reset report\n'
check 'the first boot knows nothing' the_first_boot_knows_nothing
check 'a hang is told after the boot, and not after the next' a_hang_is_told_after_the_boot
check 'an orderly shutdown, lost power and no word' orderly_and_power
check 'one report a boot, whole or not at all' one_report_a_boot
check 'who has had the report is known for this boot' who_has_had_it_is_known
check 'a panic in pstore is the cause' pstore_is_read
check 'a record of pstore is told of by one report, and no later one' a_record_of_pstore_is_told_of_once
check 'a note in pmsg alone counts' a_note_in_pmsg_alone_counts
check 'of the archive what was moved in this boot' the_archive_counts_when_filled_in_this_boot
check 'odd things in pstore do no harm' odd_things_in_pstore_do_no_harm
check 'the last lines are from the black box, chatter behind errors' the_black_box_has_the_last_lines
check 'a power cut in the black box costs a line' a_power_cut_leaves_the_other_lines
check 'a killed bridge left its last lines' a_killed_bridge_left_its_lines
check 'the real bridge, killed, left its last lines' a_killed_real_bridge_left_its_last_lines
check 'what is no black box, or not its owner'"'"'s alone, is said and does no harm' a_black_box_that_is_none_does_no_harm
check 'no place for the report is said' no_place_for_the_report_is_said
check 'a killed keeper takes its children along, and the next boot tells what it was about' \
    a_killed_keeper_takes_its_children_along
printf ' settings read again\n'
check 'good ones are sent whole, bad ones and other devices refused with their line' a_reload_is_read_or_refused
printf ' evidence\n'
check 'disk and memory are asked, and a stopped prober is no answer' probes
check 'what is logged comes out of the bridge; a bridge that is none is bad evidence' what_is_logged_comes_out_of_the_bridge
check 'the real bridge gives it back, not from its black box; a stopped one does not' \
    what_is_logged_comes_out_of_the_real_bridge
check 'through a real rsyslogd, too; a stopped one is bad evidence' what_a_real_daemon_is_given_comes_out_of_the_real_bridge
check 'what is logged and does not come is bad evidence' what_does_not_come_is_bad_evidence
check 'a full disk is bad evidence' a_write_on_a_full_disk_is_bad_evidence
finish
