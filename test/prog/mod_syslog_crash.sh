#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mod_syslog killed, stopped, starved and run twenty times at once: whoever reads the configuration meanwhile meets the old or the new one,
# whole. Rows 26, 27, 28 and 30 of the attack table. SOAK_FACTOR multiplies the random kills; SEED repeats them.
set -u
. test/prog/lib.sh
. test/prog/lib-setuid.sh
. test/prog/lib-crash.sh
ROUNDS=$((500 * ${SOAK_FACTOR:-1}))
SEED=${SEED:-$(date +%s)}
export SEED
room_enter "$0"
suite mod_syslog_crash
printf '  seed  %s\n' "$SEED"

has_strace() { command -v strace >/dev/null || skip 'strace is not installed'; }

# traced OUTPUT OPTION ... : the helper in $mode under strace, as nobody.
traced() {
    trace=$1
    shift
    timeout -k 1 20 strace -qq -o "$trace" "$@" \
        setpriv --reuid "$nobody" --regid "$nobody" --groups "$gid" -- "$helper" "$mode" "$own" "$conf"
}

# ready_for MODE: the files as before such a run, without a run; the daemon keeps running.
ready_for() {
    mode=$1
    if [ "$mode" = otp ]; then
        before=$orig
        after=$otp
        rm -f "$fifo"
    else
        before=$otp
        after=$orig
        [ -p "$fifo" ] || { mkfifo -m 0640 "$fifo"; chown "0:$gid" "$fifo"; }
    fi
    cp "$before" "$tree/root/copy"
    mv "$tree/root/copy" "$conf"
}

# calls_of MODE: the system calls of one undisturbed run in $logs/calls, and in $first the number of the first that is the helper's own.
calls_of() {
    ready_for "$1"
    equal 0 "$(traced "$logs/calls")" 'answer under strace'
    first=$(($(grep -n "execve(\"$helper\"" "$logs/calls" | tail -n 1 | cut -d : -f 1) + 1))
    last=$(grep -c . "$logs/calls")
    # Up to the lock nothing has been changed, so a death there is no more than a run that never was.
    locked=$(grep -n '^flock(' "$logs/calls" | head -n 1 | cut -d : -f 1)
    [ "$last" -gt $((first + 20)) ] || fail 'the trace shows nothing'
}

killed_at_every_call() {
    has_strace
    daemon_up
    for run in otp nootp; do
        calls_of "$run"
        number=$locked
        while [ "$number" -lt "$last" ]; do
            ready_for "$run"
            traced /dev/null -e "inject=all:signal=KILL:when=$number" >/dev/null 2>&1 || :
            cmp -s "$conf" "$before" || cmp -s "$conf" "$after" || fail "neither old nor new after dying at: $(sed -n "${number}p" "$logs/calls")"
            equal 'regular file 0:0 644 1' "$(stat -c '%F %u:%g %a %h' "$conf")" "configuration after dying at call $number"
            left=$(find "$own" "$tree/etc" -mindepth 1 | grep -c -v -E '/syslog\.(conf(\.ORIG|\.OTP)?|otp(\.lock)?)$' || :)
            [ "$left" -le 1 ] || fail "$left files left after dying at: $(sed -n "${number}p" "$logs/calls")"
            number=$((number + 1))
        done
        asks 0 "$run" "$own" "$conf"
        no_strangers
        lock_is_good
    done
}

# Killed just before either rename, a temp file stays; the next run takes it away, whichever run that is.
next_run_clears_up() {
    has_strace
    for next in otp nootp; do
        for nth in 1 2; do
            again
            daemon_up
            mode=otp
            traced /dev/null -e "inject=renameat,renameat2,rename:signal=KILL:when=$nth" >/dev/null 2>&1 || :
            ! (no_strangers) >/dev/null || fail "nothing was left behind before rename $nth"
            asks 0 "$next" "$own" "$conf"
            no_strangers
            if [ "$next" = otp ]; then is_otp; else is_orig; no_fifo; fi
        done
    done
}

# Killed when all is in place and only the daemon not told: the next run tells it.
the_next_run_tells() {
    has_strace
    daemon_up
    calls_of otp
    hups 1
    ready_for otp
    traced /dev/null -e "inject=pidfd_send_signal:signal=KILL:when=$(grep -c '^pidfd_send_signal(' "$logs/calls")" >/dev/null 2>&1 || :
    is_otp
    hups 1
    asks 0 otp "$own" "$conf"
    hups 2
    cmp "$otp" "$logs/hups.2"
    asks 0 otp "$own" "$conf"
    hups 2
}

# Every system call in turn fails once. Whatever the answer, it is true: 0 and all is done, or a refusal and the old content stands, in the
# file and in the daemon.
every_call_fails_once() {
    has_strace
    for run in otp nootp; do
        again
        daemon_up
        calls_of "$run"
        number=$first
        # Up to the lock both do the same.
        [ "$run" = otp ] || number=$locked
        while [ "$number" -lt "$last" ]; do
            call=$(sed -n "${number}p" "$logs/calls")
            name=${call%%(*}
            nth=$(head -n "$number" "$logs/calls" | grep -c "^$name(")
            number=$((number + 1))
            # brk says by its value that it failed, not by an error.
            case $name in exit_group | brk) continue ;; esac
            for error in $errors; do
                ready_for "$run"
                rm -f "$logs"/hups.*
                status=0
                said=$(traced /dev/null -e "inject=$name:error=$error:when=$nth" 2>&1) || status=$?
                judge "$error at: $call"
            done
        done
        ready_for "$run"
        asks 0 "$run" "$own" "$conf"
        no_strangers
        lock_is_good
    done
}

judge() {
    heard
    case $status:$said in
        0:0)
            cmp "$conf" "$after" || fail "0, but not done, $1"
            if [ "$run" = otp ]; then fifo_is_good; fi
            ;;
        # The FIFO could not be removed: all else is done by then, and the daemon told.
        0:-2)
            case $run:$1 in
                nootp:*unlinkat*syslog.otp\"* | nootp:*newfstatat*syslog.otp\"*) [ -p "$fifo" ] || fail "-2 at the end, but no FIFO, $1" ;;
                *) cmp "$conf" "$before" || fail "$said, but not as before, $1" ;;
            esac
            ;;
        0:-1 | 0:-3) cmp "$conf" "$before" || fail "$said, but not as before, $1" ;;
        # No answer: it could not be written, or not even the standard descriptors and "/" are to be had and nothing was begun.
        0:)
            case $1 in
                *' write(1, '*) cmp "$conf" "$after" || fail "no answer and not done, $1" ;;
                *' fcntl('* | *' chdir('*) cmp "$conf" "$before" || fail "no answer and not as before, $1" ;;
                # The rights cannot be given up, so nothing is written: the rest is done, or refused.
                *' setgroups('* | *' setresgid('* | *' setresuid('* | *' capset('* | *' getuid('* | *' prctl(PR_SET_DUMPABLE'*)
                    cmp -s "$conf" "$after" || cmp "$conf" "$before" || fail "neither old nor new, $1"
                    ;;
                *) fail "no answer, $1" ;;
            esac
            ;;
        # Out of memory before main, or an allocation: ends without an answer, and nothing is done.
        127:* | 134: | 139:*)
            case $1 in *' mmap('* | *' brk('* | *arch_prctl* | *mprotect* | *set_tid_address* | *rseq*) ;; *) fail "died ($status), $1" ;; esac
            cmp "$conf" "$before" || fail "died, and not as before, $1"
            ;;
        *) fail "exit status $status, answer [$said], $1" ;;
    esac
    seen=$(find "$logs" -name 'hups.*' | sort -t . -k 3n | tail -n 1)
    [ -z "$seen" ] || cmp "$conf" "$seen" || fail "the daemon has another content than the file, $1"
}

io_errors() {
    errors='EIO'
    every_call_fails_once
}

# On the way to the disk the order is: the temp file whole and synced, then renamed, then its folder synced; the name itself is never
# opened for writing. A power cut then leaves the old file or the new one.
order_on_disk() {
    has_strace
    daemon_up
    for run in otp nootp; do
        ready_for "$run"
        equal 0 "$(traced "$logs/calls" -y)" 'answer under strace'
        awk -v conf="$conf" -v folder="$tree/etc" '
            /^open(at|at2)?\(/ && index($0, "syslog.conf\"") && /O_(WRONLY|RDWR|TRUNC|APPEND)/ { print "opened for writing: " $0; bad = 1 }
            /^(truncate|creat)\(/ { print "shortened: " $0; bad = 1 }
            /^(write|pwrite64|writev|sendfile|copy_file_range)\(/ && index($0, "<" folder "/") { written = NR }
            /^(fsync|fdatasync)\(/ && index($0, "<" folder "/") && !renamed { synced = NR }
            /^rename(at|at2)?\(/ && index($0, "syslog.conf\"") { renamed = NR }
            /^fsync\(/ && index($0, "<" folder ">") { folder_synced = NR }
            /^(pidfd_send_signal|kill)\(/ { told = NR }
            END {
                print "written " written " synced " synced " renamed " renamed " folder synced " folder_synced " told " told
                exit !(!bad && written && written < synced && synced < renamed && renamed < folder_synced && folder_synced < told)
            }' "$logs/calls" || fail "the order is wrong in $run"
    done
}

# on_a_disk MOUNT-OPTIONS: own folder and configuration on a file system of their own.
on_a_disk() {
    disk=$tree/disk
    mkdir "$disk"
    mount -t tmpfs -o "mode=0755,$1" vakt-disk "$disk"
    mkdir "$disk/own" "$disk/etc"
    cp -p "$orig" "$otp" "$disk/own"
    cp -p "$conf" "$disk/etc"
    own=$disk/own
    conf=$disk/etc/syslog.conf
    orig=$own/syslog.conf.ORIG
    otp=$own/syslog.conf.OTP
    fifo=$own/syslog.otp
    lock=$own/syslog.otp.lock
    { cat "$orig"; printf 'kern.err\t|%s\n' "$fifo"; } >"$otp"
    policy "$(usual_row)"
}

disk_listing() {
    listing "$disk" | grep -v -e "^$lock	" -e "^$own	" -e "^$disk/etc	"
}

refuses_on_disk() {
    disk_listing >"$logs/disk.before"
    asks -2 "$1" "$own" "$conf"
    disk_listing >"$logs/disk.after"
    diff "$logs/disk.before" "$logs/disk.after" || fail 'something changed'
}

fill() { ! dd if=/dev/zero of="$disk/filling" bs=4096 2>/dev/null || fail 'the disk has no end'; }

disk_is_full() {
    on_a_disk size=256k
    daemon_up
    fill
    refuses_on_disk otp
    hups 0
    rm "$disk/filling"
    asks 0 otp "$own" "$conf"
    is_otp
    hups 1
    fill
    refuses_on_disk nootp
    is_otp
    hups 1
    # Only some of it fits.
    rm "$disk/filling"
    pad_to=$(($(wc -c <"$orig") + 20000))
    yes '# more' | head -c 20000 >>"$orig"
    equal "$pad_to" "$(wc -c <"$orig")" size
    fill
    truncate -s -8192 "$disk/filling"
    refuses_on_disk nootp
    is_otp
    hups 1
    rm "$disk/filling"
    asks 0 nootp "$own" "$conf"
    is_orig
    no_fifo
    hups 2
}

no_inode_is_left() {
    on_a_disk nr_inodes=20
    daemon_up
    n=0
    while touch "$disk/filling.$n" 2>/dev/null; do n=$((n + 1)); done
    refuses_on_disk otp
    hups 0
    rm "$disk"/filling.0
    refuses_on_disk otp
    hups 0
    rm "$disk"/filling.*
    asks 0 otp "$own" "$conf"
    is_otp
}

read_only() {
    on_a_disk size=256k
    daemon_up
    mount -o remount,ro "$disk"
    refuses_on_disk otp
    refuses_on_disk nootp
    mount -o remount,rw "$disk"
    asks 0 otp "$own" "$conf"
    mount -o remount,ro "$disk"
    refuses_on_disk nootp
    is_otp
    hups 1
}

immutable() {
    daemon_up
    chattr +i "$conf" 2>/dev/null || skip 'this file system knows no immutable files'
    remember
    asks -2 otp "$own" "$conf"
    nothing_changed "$lock" "$own" "$tree/etc"
    chattr -i "$conf"
    for flag in i a; do
        for where in "$tree/etc" "$own"; do
            chattr "+$flag" "$where"
            runs "$as" "$helper" otp "$own" "$conf"
            chattr "-$flag" "$where"
            equal -2. "$got" "answer with +$flag on a folder"
            is_orig
            hups 0
        done
    done
    # In an append-only folder a temp file can be made and not unmade: the next run does.
    asks 0 otp "$own" "$conf"
    is_otp
    no_strangers
}

# The one who holds the lock is stopped in the middle: others get -2 in time, not a hang and not a mixture; when it goes on it ends well.
stopped_in_the_middle() {
    has_strace
    daemon_up
    mode=otp
    spawn strace -f -qq -o /dev/null -e inject=renameat,renameat2,rename:signal=STOP:when=1 "$as" "$helper" otp "$own" "$conf" >"$logs/first"
    eventually 10 a_stopped_helper
    time_limit=30
    remember
    asks -2 otp "$own" "$conf"
    asks -2 nootp "$own" "$conf"
    nothing_changed "$lock" "$own"
    kill -CONT "$stopped"
    wait "$spawned" || fail 'the stopped one ended badly'
    equal 0 "$(cat "$logs/first")" 'answer of the stopped one'
    is_otp
    fifo_is_good
    asks 0 nootp "$own" "$conf"
    is_orig
    no_strangers
}

a_stopped_helper() {
    for status_file in /proc/[0-9]*/status; do
        case $(sed -n -e 's/^Name:\t//p' -e 's/^State:\t\(.\).*/\1/p' "$status_file" 2>/dev/null | tr '\n' ' ') in
            'mod_syslog '[tT]' ')
                stopped=${status_file#/proc/}
                stopped=${stopped%/status}
                # A stop of strace's own passes; one that lasts is the signal.
                sleep 0.2
                case $(sed -n 's/^State:\t\(.\).*/\1/p' "$status_file" 2>/dev/null) in [tT]) return 0 ;; esac
                ;;
        esac
    done
    return 1
}

faulty_storm() {
    ROUNDS=100
    killed_at_random
}

row "26: killed at $ROUNDS random moments: a reader meets ORIG or OTP whole, one stale file at most, gone at the next run" killed_at_random
row '26: killed at every single system call after the lock in turn' killed_at_every_call
row '26: what a killed run left behind is removed by the next, whether otp or nootp' next_run_clears_up
row '26: killed with only the daemon not told: the next run tells it, once' the_next_run_tells
row '27: twenty at once, three times: 0 or -2, and a reader meets ORIG or OTP whole' twenty_at_once
row '28: a full disk is -2, the old content stands, no hangup' disk_is_full
row '28: a disk without inodes is -2' no_inode_is_left
row '28: a read-only file system is -2' read_only
row '28: an immutable or append-only file or folder is -2' immutable
row '28: every system call failing once: the answer is true, the old or the new content stands' io_errors
row '30: file synced, renamed, folder synced, daemon told, in this order; the name is never opened for writing' order_on_disk
row 'stopped while it holds the lock: others get -2 in time, and it ends well' stopped_in_the_middle
caught faulty_storm '^failed: round\|the reader met'
caught twenty_at_once '^failed: '
caught disk_is_full '^failed: '
check 'build/ holds no setuid file' build_holds_no_setuid_file
check 'the /etc of the machine is untouched' machines_etc_is_untouched
finish
