#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The way of a line with the real daemons: rsyslog, syslog-ng, inetutils and busybox (private copies), the real mod_syslog
# and the real ferrule. What a daemon cannot do is stated by what it does instead.
. test/prog/lib.sh
suite daemons
. test/prog/lib-daemons.sh

otp_answers_and_hup_is_enough() {
    fresh
    start_daemon
    say 'before otp'
    eventually 20 in_messages 'before otp'
    mod otp >"$own/answer" 2>"$own/said"
    equal 0 "$(cat "$own/answer")" 'the answer'
    equal 1 "$(wc -c <"$own/answer")" 'its bytes'
    equal 0 "$(wc -c <"$own/said")" 'bytes on stderr'
    cmp "$own/syslog.conf.OTP" "$conf"
    equal "640 $(id -g)" "$(stat -c '%a %g' "$own/syslog.otp")" 'mode and group of the FIFO'
    start_reader
    fed 'after otp'
    equal "$syslogd" "$(cat "$own/syslog.pid")" 'pid of the daemon'
    # rsyslog's rule is permanent, so what came before waited in its queue; the others had no such rule before.
    if [ "$daemon" = rsyslog ]; then got 'before otp'; elif got 'before otp'; then fail 'old lines came'; fi
}

twenty() {
    for n in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20; do say "$1 $n;"; done
}

late_reader_gets_what_the_pipe_held() {
    fresh
    start_daemon
    open_way
    twenty late
    eventually 20 logged 'late ' 20
    start_reader
    eventually 20 arrived 'late ' 20
    equal 20 "$(got_count 'late ')" 'lines for the late reader'
}

reader_gone_and_back() {
    begin
    end "$reader"
    twenty gone
    start_reader
    fed 'the reader is back'
    eventually 20 arrived 'gone ' 20
    equal 20 "$(got_count 'gone ')" 'lines kept for the reader'
}

# whole_and_in_order: every bulk line of one sender has its full text, none comes twice, and the numbers rise. rsyslog tries a
# line that did not fit again, sometimes after others of the same batch: there a line may come late.
whole_and_in_order() {
    grep -a 'bulk\[0\]: ' "$own/got" >"$own/bulk"
    awk -v full="$1" -v late="$([ "$daemon" = rsyslog ] && printf 1 || printf 0)" '{
        sub(/^.*bulk\[0\]: /, "")
        if (length($0) != full || $0 !~ /^0 [0-9]+ o+$/) { print "torn: " $0; bad = 1; exit }
        if (seen[$2]++) { print "twice: " $0; bad = 1; exit }
        if (!late && NR > 1 && $2 + 0 <= last) { print "out of order: " $0; bad = 1; exit }
        last = $2 + 0
    } END { exit bad }' "$own/bulk"
}

full_fifo_stops_nothing_else() {
    fresh
    with_statistics
    start_daemon
    open_way
    start_reader
    fed 'the way stands'
    kill -STOP "$ferrule"
    bulk -n 60000
    eventually 60 logged 'bulk[0]: ' 60000
    kill -CONT "$ferrule"
    fed 'the reader goes on'
    if [ "$daemon" = inetutils ]; then
        # It drops without a word; only its other file tells how many.
        [ "$(got_count 'bulk[0]: ')" -lt 60000 ] || fail 'nothing was lost: the FIFO was not full'
    else
        eventually_accounted
        [ "$dropped" -gt 0 ] || fail 'nothing was dropped: the FIFO was not full'
    fi
    [ "$(got_count 'bulk[0]: ')" -ge 1000 ] || fail 'the pipe held less than 1000 lines'
    whole_and_in_order 87
    kill -0 "$ferrule"
}

hup_while_ferrule_runs() {
    begin
    for n in 1 2 3 4 5; do
        kill -HUP "$syslogd"
        say "hup $n;"
        eventually 20 got "hup $n;"
    done
    equal 5 "$(got_count 'hup ')" 'lines over five HUPs'
    kill -0 "$ferrule"
    kill -0 "$syslogd"
}

restart_of_the_daemon() {
    begin
    for signal in TERM KILL; do
        end "$syslogd" "$signal"
        start_daemon
        fed "after $signal;"
    done
    kill -0 "$ferrule"
}

log_rotation() {
    begin
    say 'old file;'
    eventually 20 in_messages 'old file;'
    mv "$own/messages" "$own/messages.1"
    kill -HUP "$syslogd"
    eventually 20 new_file
    fed 'rotated;'
    eventually 20 in_messages 'rotated;'
    grep -qF 'old file;' "$own/messages.1"
    eventually 20 got 'old file;'
    if in_messages 'old file;'; then fail 'the old file was kept'; fi
}
new_file() { [ -s "$own/messages" ] || { say 'is there a new file?' && [ -s "$own/messages" ]; }; }

two_hundred_thousand() {
    fresh
    if [ "$daemon" = busybox ]; then
        begin_again
    else
        with_statistics
        start_daemon
        open_way
        start_reader
    fi
    fed 'the way stands'
    bulk -n 50000 -j 4 -s 120
    if [ "$daemon" = busybox ]; then
        # Its one file is the FIFO, so what it could not write is counted nowhere.
        fed 'after them'
        printf 'arrived: %s of 200000\n' "$(got_count 'bulk[')"
        [ "$(got_count 'bulk[')" -gt 100000 ] || fail 'more than half is lost'
        return 0
    fi
    eventually 120 logged 'bulk[' 200000
    equal 200000 "$(messages_count 'bulk[')" 'lines in the plain file'
    fed 'after them'
    if [ "$daemon" = inetutils ]; then
        account_text
        [ "$(got_count 'bulk[')" -gt 100000 ] || fail 'more than half is lost'
    else
        eventually_accounted
    fi
    [ "$(grep -ac 'bulk\[[0-3]\]: [0-3] [0-9]* o*$' "$own/got")" -eq "$(got_count 'bulk[')" ] || fail 'a line is not whole'
}
begin_again() {
    rmdir "$own" 2>/dev/null || rm -rf "$own"
    begin
}

newlines_forge_nothing() {
    begin
    raw '<14>app[7]: eins\nzwei\n<0>kernel: forged\n'
    say 'after the newlines'
    eventually 20 got 'after the newlines'
    grep -a 'eins' "$own/got" >"$own/line"
    equal 1 "$(wc -l <"$own/line")" 'lines with the first word'
    case $daemon in
        rsyslog) expected='app[7]: eins#012zwei#012<0>kernel: forged' ;;
        *) expected='app[7]: eins zwei <0>kernel: forged' ;;
    esac
    equal "$expected" "$(sed 's/^.*app\[7\]: /app[7]: /; s/ *$//' "$own/line")" 'the line'
    if grep -qaE '^(zwei|<0>)' "$own/got"; then fail 'a forged line came'; fi
}

eight_bit_and_control_bytes() {
    begin
    # UTF-8, a byte that is none, SOH, TAB, ESC, DEL, NUL
    raw '<14>app[7]: h\303\244\374 \001\tT\033[31m\177 nul\000rest'
    say 'after the bytes'
    eventually 20 got 'after the bytes'
    case $daemon in
        rsyslog) printf 'app[7]: h\303\244\374 #001#011T#033[31m\177 nul#000rest\n' ;;
        syslog-ng) printf 'app[7]: h\303\244\374 \001\tT\033[31m\177 nul rest\n' ;;
        inetutils) printf 'app[7]: h\303\244\374 ^A\tT^[[31m\177 nul\n' ;;
        busybox) printf 'app[7]: h\303\244\374 ^A\tT^[[31m\177 nul\n' ;;
    esac >"$own/expected"
    LC_ALL=C sed -n 's/^.*app\[7\]: /app[7]: /p' "$own/got" >"$own/line"
    cmp "$own/expected" "$own/line" || { od -c "$own/line"; fail 'other bytes came'; }
    # busybox takes what stands behind the NUL as a message of its own.
    if [ "$daemon" = busybox ]; then grep -aq 'user.notice rest$' "$own/got"; fi
}

priority_at_the_other_end() {
    begin
    raw '<3>app[7]: kernel facility'
    raw '<191>app[7]: the last priority'
    (cd "$own" && logger -u log -p kern.err 'by logger')
    for words in 'kernel facility' 'the last priority' 'by logger'; do eventually 20 got "$words"; done
    # logger itself makes user of kern, which no program but the kernel may use.
    case $daemon in
        rsyslog | syslog-ng)
            grep -aq '^<3>.*kernel facility$' "$own/got"
            grep -aq '^<191>.*the last priority$' "$own/got"
            grep -aq '^<11>.*by logger$' "$own/got"
            ;;
        inetutils)
            if grep -aq '^<' "$own/got"; then fail 'inetutils writes a priority'; fi
            ;;
        busybox)
            grep -aq ' kern.err app\[7\]: kernel facility$' "$own/got"
            grep -aq ' local7.debug app\[7\]: the last priority$' "$own/got"
            grep -aq ' user.err .*by logger$' "$own/got"
            ;;
    esac
}

authentication_stays_out() {
    begin
    raw '<38>su: a password'
    raw '<86>sshd: a secret'
    say 'after the secrets'
    eventually 20 got 'after the secrets'
    in_messages 'su: a password'
    in_messages 'sshd: a secret'
    if got 'a password' || got 'a secret'; then fail 'auth or authpriv came through the FIFO'; fi
}

# The longest line a daemon makes; the next message is on a line of its own.
long_messages() {
    begin
    bulk -s 60000
    say 'after the long one'
    eventually 20 got 'after the long one'
    grep -aq 'probe: after the long one$' "$own/got"
    length=$(grep -a 'bulk\[0\]: ' "$own/got" | awk '{ sub(/^.*bulk/, "bulk"); print length($0) }')
    case $daemon in
        rsyslog) least=8000 most=8192 ;;
        syslog-ng) least=59990 most=60000 ;;
        *) least=1000 most=1024 ;;
    esac
    if [ "$length" -lt "$least" ] || [ "$length" -gt "$most" ]; then fail "$length bytes, not $least to $most"; fi
}

nootp_brings_all_back() {
    begin
    printf 'x' >>"$own/got"
    equal 0 "$(mod nootp)" 'mod_syslog nootp'
    cmp "$own/syslog.conf.ORIG" "$conf"
    [ ! -e "$own/syslog.otp" ] || fail 'the FIFO is there'
    say 'after nootp'
    eventually 20 in_messages 'after nootp'
    kill -0 "$syslogd"
    eventually 20 holds_no_fifo "$syslogd"
    # and again: the way can be opened and closed any number of times
    end "$reader"
    open_way
    start_reader
    fed 'a second time'
    equal 0 "$(mod nootp)" 'the second nootp'
    [ ! -e "$own/syslog.otp" ] || fail 'the FIFO is there again'
}

otp_twice_and_nootp_twice() {
    fresh
    start_daemon
    equal 0 "$(mod nootp)" 'nootp at first'
    open_way
    before=$(fingerprint)
    equal 0 "$(mod otp)" 'the second otp'
    equal "$before" "$(fingerprint)" 'the folder'
    start_reader
    fed 'after two'
    equal 0 "$(mod nootp)" nootp
    before=$(fingerprint)
    equal 0 "$(mod nootp)" 'the second nootp'
    equal "$before" "$(fingerprint)" 'the folder'
    say 'after all'
    eventually 20 in_messages 'after all'
}

broken_configuration() {
    fresh
    case $daemon in
        rsyslog)
            # Never read again while it runs, so it goes on; but it does not start.
            start_daemon
            open_way
            start_reader
            printf '*.* action(type="omnothing")\n' >"$conf"
            kill -HUP "$syslogd"
            fed 'goes on'
            eventually 20 in_messages 'goes on'
            end "$syslogd"
            ended=0
            timeout 20 scripts/private-syslogd.sh "$daemon" "$own" >>"$own/out" 2>&1 || ended=$?
            case $ended in 0 | 124) fail 'rsyslog took a broken configuration' ;; esac
            ;;
        syslog-ng)
            cp "$own/syslog.conf.OTP" "$own/good"
            printf '@version: 3.38\nnonsense(\n' >"$own/syslog.conf.OTP"
            start_daemon
            equal 0 "$(mod otp)" otp
            # It says so and keeps what it had.
            eventually 20 grep -qi 'error' "$own/out"
            say 'goes on'
            eventually 20 in_messages 'goes on'
            equal 0 "$(mod nootp)" nootp
            cmp "$own/syslog.conf.ORIG" "$conf"
            cp "$own/good" "$own/syslog.conf.OTP"
            open_way
            start_reader
            fed 'repaired'
            ;;
        inetutils)
            cp "$own/syslog.conf.OTP" "$own/good"
            printf 'nonsense.nonsense\t/nowhere/nothing\n' >"$own/syslog.conf.OTP"
            start_daemon
            equal 0 "$(mod otp)" otp
            # It loses all its rules without a word; nootp gives them back.
            eventually 20 holds_no_messages
            say 'into nothing'
            equal 0 "$(mod nootp)" nootp
            eventually 20 logs_again
            if in_messages 'into nothing'; then fail 'it still had a rule'; fi
            cp "$own/good" "$own/syslog.conf.OTP"
            open_way
            start_reader
            fed 'repaired'
            ;;
    esac
}
holds_no_messages() {
    for held in /proc/"$syslogd"/fd/*; do
        [ "$(readlink "$held")" != "$own/messages" ] || return 1
    done
}
logs_again() { in_messages 'logs again' || { say 'logs again' && in_messages 'logs again'; }; }

fifo_replaced() {
    begin
    rm "$own/syslog.otp"
    mkfifo -m 0640 "$own/syslog.otp"
    kill -HUP "$syslogd"
    fed 'by hand'
    rm "$own/syslog.otp"
    equal 0 "$(mod otp)" otp
    fed 'by mod_syslog'
    kill -0 "$ferrule"
}

daemon_not_running() {
    fresh
    before=$(fingerprint)
    for pid_file in none stale; do
        if [ "$pid_file" = stale ]; then
            sh -c 'printf "%s\n" "$$"' >"$own/syslog.pid"
            before=$(fingerprint)
        fi
        if [ "$daemon" = rsyslog ] && [ "$pid_file" = none ]; then
            # Its rule is permanent: the FIFO is there when it starts.
            equal 0 "$(mod otp)" 'otp without a daemon'
            [ -p "$own/syslog.otp" ] || fail 'no FIFO'
            start_daemon
            start_reader
            fed 'started later'
            end "$reader"
            end "$syslogd" KILL
            equal 0 "$(mod nootp)" nootp
            rm -f "$own/syslog.pid"
        elif [ "$daemon" = rsyslog ]; then
            equal 0 "$(mod otp)" 'otp with a stale pid file'
        else
            # A missing pid file is a matter of files, a dead daemon one of the daemon.
            expected=-2
            [ "$pid_file" = none ] || expected=-3
            equal "$expected" "$(mod otp)" "otp, pid file $pid_file"
            equal "$before" "$(fingerprint)" 'the folder'
        fi
    done
}

another_program_in_the_pid_file() {
    fresh
    spawn sleep 300
    other=$spawned
    printf '%s\n' "$other" >"$own/syslog.pid"
    before=$(fingerprint)
    equal -3 "$(mod otp)" otp
    equal "$before" "$(fingerprint)" 'the folder'
    kill -0 "$other"
}

busybox_is_refused_in_words() {
    fresh
    start_daemon
    before=$(fingerprint)
    equal -3 "$(mod otp)" otp
    equal "$before" "$(fingerprint)" 'the folder'
    found=0
    mod --check >"$own/out.check" 2>&1 || found=$?
    equal 1 "$found" 'status of --check'
    grep -qi 'busybox' "$own/out.check"
    grep -q -e '-O' "$own/out.check"
    say 'goes on'
    eventually 20 in_messages 'goes on'
}

# Why it is not supported: it holds its file for the rest of the second, and then the next message kills it.
busybox_dies_without_a_reader() {
    begin
    eventually 60 reader_leaves_and_busybox_dies
    ended=0
    wait "$syslogd" || ended=$?
    equal 141 "$ended" 'its end (128 + SIGPIPE)'
}
reader_leaves_and_busybox_dies() {
    if gone "$syslogd"; then return 0; fi
    say 'somebody reads' 2>/dev/null || return 1
    end "$reader"
    say 'nobody reads' 2>/dev/null || return 1
    start_reader
    return 1
}

busybox_full_fifo() {
    begin
    kill -STOP "$ferrule"
    # Sending does not block: it drops what does not fit.
    bulk -n 30000
    kill -CONT "$ferrule"
    fed 'the reader goes on'
    count=$(got_count 'bulk[0]: ')
    printf 'arrived: %s of 30000\n' "$count"
    if [ "$count" -lt 1000 ] || [ "$count" -ge 30000 ]; then fail "arrived: $count of 30000"; fi
}

# Debian's rsyslog has no pid file: it is found by its unit's control group. The tree of control groups is made up.
found_through_its_unit() {
    [ "$(id -u)" -eq 0 ] || skip 'needs root, for a /sys/fs/cgroup of its own'
    [ "${VAKT_CONFINED:-}" = 1 ] || skip 'runs under scripts/confine.sh alone'
    fresh
    start_daemon
    # As the unit has it: no pid file, and a second process beside the daemon
    rm "$own/syslog.pid"
    sed -i "s|$own/syslog.pid|rsyslog.service|" "$own/syslog.allow"
    export own syslogd bin conf
    spawn sleep 300
    other=$spawned
    # shellcheck disable=SC2016 # runs inside the namespace
    answer=$(VAKT_OTHER=$other unshare --mount --propagation private sh -eu -c '
        mount -t tmpfs -o mode=0755,size=64k vakt-cgroup /sys/fs/cgroup
        mkdir -p /sys/fs/cgroup/system.slice/rsyslog.service
        printf "%s\n%s\n" "$VAKT_OTHER" "$syslogd" >/sys/fs/cgroup/system.slice/rsyslog.service/cgroup.procs
        exec "$bin/mod_syslog" otp "$own" "$conf"')
    equal 0 "$answer" 'otp by unit'
    start_reader
    fed 'by its unit'
    end "$reader"
    # The same unit without the daemon in it
    rm "$own/syslog.otp"
    # shellcheck disable=SC2016
    answer=$(VAKT_OTHER=$other unshare --mount --propagation private sh -eu -c '
        mount -t tmpfs -o mode=0755,size=64k vakt-cgroup /sys/fs/cgroup
        mkdir -p /sys/fs/cgroup/system.slice/rsyslog.service
        printf "%s\n" "$VAKT_OTHER" >/sys/fs/cgroup/system.slice/rsyslog.service/cgroup.procs
        exec "$bin/mod_syslog" otp "$own" "$conf"')
    # Its rule is permanent: the FIFO is there when it starts. The other program is not told.
    equal 0 "$answer" 'otp, another program in the unit'
    [ -p "$own/syslog.otp" ] || fail 'no FIFO was made'
    kill -0 "$other"
}

# As installed: the daemon is root's, the FIFO 0640 of a group, and the reader may read it and not write it.
reader_of_the_group_only() {
    [ "$(id -u)" -eq 0 ] || skip 'needs root, to give the reader fewer rights'
    fresh
    reader_as='/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs'
    $reader_as test -r "$conf" -a -x "$bin/ferrule" || skip 'this folder lies where others may not look'
    row=$(cat "$own/syslog.allow")
    printf '%s\n' "$row" | awk '{ $6 = 65534; print }' >"$own/syslog.allow"
    start_daemon
    open_way
    equal '640 0 65534' "$(stat -c '%a %u %g' "$own/syslog.otp")" 'mode, owner and group of the FIFO'
    start_reader
    equal 65534 "$(stat -c %u "/proc/$ferrule")" 'user of ferrule'
    fed 'to the group'
    kill -HUP "$syslogd"
    fed 'after HUP'
    for signal in TERM KILL; do
        end "$syslogd" "$signal"
        start_daemon
        fed "after $signal;"
    done
    gone "$ferrule" && fail 'ferrule ended'
    equal '640 0 65534' "$(stat -c '%a %u %g' "$own/syslog.otp")" 'mode, owner and group of the FIFO at the end'
}

for daemon in ${DAEMONS:-rsyslog syslog-ng inetutils}; do
    check "$daemon: otp prints 0 alone and one HUP is enough" otp_answers_and_hup_is_enough
    check "$daemon: a reader that comes late gets what the pipe held" late_reader_gets_what_the_pipe_held
    check "$daemon: a reader gone and back finds every line" reader_gone_and_back
    check "$daemon: a full FIFO stops nothing else, and goes on" full_fifo_stops_nothing_else
    check "$daemon: five HUPs lose no line and no ferrule" hup_while_ferrule_runs
    check "$daemon: ferrule lives on when the daemon restarts" restart_of_the_daemon
    check "$daemon: a reader of the FIFO's group, which may not write it" reader_of_the_group_only
    check "$daemon: log rotation" log_rotation
    check "$daemon: 200,000 messages" two_hundred_thousand
    check "$daemon: newlines in a message forge no line" newlines_forge_nothing
    check "$daemon: 8-bit and control bytes" eight_bit_and_control_bytes
    check "$daemon: which priority arrives" priority_at_the_other_end
    check "$daemon: auth and authpriv stay out" authentication_stays_out
    check "$daemon: long messages" long_messages
    check "$daemon: nootp brings all back" nootp_brings_all_back
    check "$daemon: otp twice and nootp twice change nothing the second time" otp_twice_and_nootp_twice
    check "$daemon: a broken configuration" broken_configuration
    check "$daemon: the FIFO replaced while all run" fifo_replaced
    check "$daemon: not running" daemon_not_running
    check "$daemon: another program's pid in the pid file" another_program_in_the_pid_file
    if [ "$daemon" = rsyslog ]; then
        check "$daemon: found through its unit, without a pid file" found_through_its_unit
    fi
done

daemon=busybox
check "busybox: refused in words, nothing changed" busybox_is_refused_in_words
check "busybox -O FIFO: dies when its reader leaves" busybox_dies_without_a_reader
check "busybox -O FIFO: a full FIFO drops, and goes on" busybox_full_fifo
check "busybox -O FIFO: HUP while ferrule runs" hup_while_ferrule_runs
check "busybox -O FIFO: ferrule lives on when the daemon restarts" restart_of_the_daemon
check "busybox -O FIFO: 200,000 messages" two_hundred_thousand
check "busybox -O FIFO: newlines in a message forge no line" newlines_forge_nothing
check "busybox -O FIFO: 8-bit and control bytes" eight_bit_and_control_bytes
check "busybox -O FIFO: which priority arrives" priority_at_the_other_end
check "busybox -O FIFO: long messages" long_messages

finish
