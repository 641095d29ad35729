#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mod_syslog with no more rights than its caller: its answers to the byte, what it changes and what it leaves, in a private
# directory with a stand-in for the daemon that counts its SIGHUPs and keeps what it would have read.
. test/prog/lib.sh
suite mod_syslog
umask 022

standin=$top/build/test/prog/standin_syslogd
program=$(readlink -f "$standin")
make_conf=$top/scripts/make-otp-conf.sh

# install_in DIR FLAVOUR: the files of one installation and its policy, for the stand-in.
install_in() {
    own=$1
    conf=$own/syslog.conf
    fifo=$own/syslog.otp
    printf 'kern.err\t%s/messages\n*.crit\t%s/crit\n' "$own" "$own" >"$own/syslog.conf.ORIG"
    "$make_conf" "$own/syslog.conf.ORIG" kern.err "$fifo" >"$own/syslog.conf.OTP"
    cp "$own/syslog.conf.ORIG" "$conf"
    allow "$2"
}
allow() { printf '%s %s %s %s %s %s uid:%s\n' "$own" "$conf" "$1" "${2:-$own/syslog.pid}" "$program" "$(id -g)" "$(id -u)" >"$own/syslog.allow"; }
start_daemon() {
    spawn "$standin" "$own" "$conf" "$own/log.socket"
    eventually 10 test -s "$own/syslog.pid"
}
ready() {
    install_in "$tmp" "${1:-inetutils}"
    start_daemon
}

# answers EXPECTED ARGUMENT ...: stdout to the byte, nothing on stderr, exit status 0.
answers() {
    expected=$1
    shift
    "$bin/mod_syslog" "$@" >"$tmp/.out" 2>"$tmp/.err" || fail "exit status $?"
    printf '%s' "$expected" | cmp -s - "$tmp/.out" || fail "mod_syslog $*: expected [$expected], got [$(cat "$tmp/.out")]"
    [ ! -s "$tmp/.err" ] || fail "stderr: $(cat "$tmp/.err")"
}
hups() { cat "$own/hups"; }
hups_are() { [ "$(hups)" = "$1" ]; }
hups_reach() { [ "$(hups)" -ge "$1" ]; }
# No signal but the N that are known: what was sent before one of our own was counted before it. (Two that are pending at
# once are one; so ours goes out when those known have been counted.)
no_more_hups() {
    known=$1
    eventually 10 hups_are "$known"
    kill -HUP "$(cat "$own/syslog.pid")"
    eventually 10 hups_reach $((known + 1))
    hups_are $((known + 1)) || fail "told $(($(hups) - 1)) times, not $known"
}
same() { cmp "$1" "$2" || fail "$1 and $2 differ"; }
is_original() { same "$conf" "$own/syslog.conf.ORIG"; }
is_otp() { same "$conf" "$own/syslog.conf.OTP"; }
no_leftovers() { [ -z "$(find "$own" -name '.*.vakt')" ] || fail "left over: $(find "$own" -name '.*.vakt')"; }
mode_of() { stat -c '%a %F' "$1"; }

# ---- the contract ----------------------------------------------------------------------------------------------------
otp_and_nootp() {
    ready
    chmod 0640 "$conf"
    answers 0 otp "$own" "$conf"
    is_otp
    equal '640 fifo' "$(mode_of "$fifo")"
    equal "$(id -u) $(id -g)" "$(stat -c '%u %g' "$fifo")"
    equal '640 regular file' "$(mode_of "$conf")"
    eventually 10 hups_are 1
    same "$own/at_hup.1" "$own/syslog.conf.OTP"
    answers 0 nootp "$own" "$conf"
    is_original
    equal '640 regular file' "$(mode_of "$conf")"
    eventually 10 hups_are 2
    same "$own/at_hup.2" "$own/syslog.conf.ORIG"
    [ ! -e "$fifo" ] || fail 'the FIFO is still there'
    no_leftovers
}
bad_arguments() {
    ready
    cp "$own/syslog.allow" "$tmp/allow"
    for arguments in '' 'otp' "otp $own" "otp $own $conf more" "OTP $own $conf" "otpx $own $conf" "ot $own $conf" \
        "otp $own/ $conf" "otp /$own $conf" "otp $own/../$(basename "$own") $conf" "otp $own $own/./syslog.conf" \
        "otp $own $own/messages" "otp . syslog.conf"; do
        # shellcheck disable=SC2086 # words
        answers -1 $arguments
    done
    answers -1 otp '' ''
    answers -1 otp "$own" "$(printf '%s/%01500d' "$own" 0)"
    answers -1 otp "$own" "$(printf '%s/%070000d' "$own" 0)"
    is_original
    [ ! -e "$fifo" ] || fail 'a FIFO was made'
    no_more_hups 0
}
second_run_changes_nothing() {
    ready
    answers 0 otp "$own" "$conf"
    eventually 10 hups_are 1
    before=$(stat -c '%i %Z %n' "$conf" "$fifo")
    answers 0 otp "$own" "$conf"
    equal "$before" "$(stat -c '%i %Z %n' "$conf" "$fifo")"
    no_more_hups 1
    answers 0 nootp "$own" "$conf"
    eventually 10 hups_are 3
    before=$(stat -c '%i %Z %n' "$conf")
    answers 0 nootp "$own" "$conf"
    equal "$before" "$(stat -c '%i %Z %n' "$conf")"
    no_more_hups 3
}
fifo_in_use_is_kept() {
    ready
    # as syslog-ng makes it when it comes first
    mkfifo -m 0600 "$fifo"
    before=$(stat -c %i "$fifo")
    answers 0 otp "$own" "$conf"
    equal "$before" "$(stat -c %i "$fifo")"
    equal '640 fifo' "$(mode_of "$fifo")"
    answers 0 nootp "$own" "$conf"
    [ ! -e "$fifo" ] || fail 'the FIFO is still there'
}
fifo_that_others_may_hold_is_replaced() {
    ready
    for mode in 0666 0644 0620; do
        rm -f "$fifo"
        mkfifo "$fifo"
        chmod "$mode" "$fifo"
        before=$(stat -c %i "$fifo")
        exec 9<>"$fifo"
        answers 0 otp "$own" "$conf"
        # kept open, so that the number is not used again
        [ "$before" != "$(stat -c %i "$fifo")" ] || fail 'the same FIFO'
        exec 9>&-
        equal '640 fifo' "$(mode_of "$fifo")"
    done
}
fifo_with_two_names_is_replaced() {
    ready
    mkfifo -m 0640 "$fifo"
    ln "$fifo" "$own/other"
    answers 0 otp "$own" "$conf"
    equal 1 "$(stat -c %h "$fifo")"
    [ "$(stat -c %i "$fifo")" != "$(stat -c %i "$own/other")" ] || fail 'the same FIFO'
}
no_fifo_in_its_place() {
    ready
    printf 'precious\n' >"$own/precious"
    for verb in otp nootp; do
        cp "$own/precious" "$fifo"
        answers -2 "$verb" "$own" "$conf"
        same "$fifo" "$own/precious"
        rm "$fifo"
        mkdir "$fifo"
        answers -2 "$verb" "$own" "$conf"
        rmdir "$fifo"
        ln -s precious "$fifo"
        answers -2 "$verb" "$own" "$conf"
        [ -L "$fifo" ] || fail 'the link is gone'
        rm "$fifo"
    done
    is_original
    no_more_hups 0
}

# ---- files -----------------------------------------------------------------------------------------------------------
refused_and_untouched() {
    cp -a "$conf" "$tmp/.conf" 2>/dev/null || :
    answers "$1" otp "$own" "$conf"
    [ ! -e "$tmp/.conf" ] || cmp -s "$conf" "$tmp/.conf" || fail 'the configuration changed'
    rm -rf "$tmp/.conf"
    [ ! -e "$fifo" ] || fail 'a FIFO was made'
    no_leftovers
}
bad_files() {
    ready
    for name in ORIG OTP; do
        file=$own/syslog.conf.$name
        mv "$file" "$own/kept"
        refused_and_untouched -2
        : >"$file"
        refused_and_untouched -2
        rm "$file"
        ln -s kept "$file"
        refused_and_untouched -2
        rm "$file"
        ln "$own/kept" "$file"
        refused_and_untouched -2
        rm "$file"
        mkfifo "$file"
        refused_and_untouched -2
        rm "$file"
        mkdir "$file"
        refused_and_untouched -2
        rmdir "$file"
        head -c 1048577 /dev/zero >"$file"
        refused_and_untouched -2
        rm "$file"
        cp "$own/kept" "$file"
        chmod 0664 "$file"
        refused_and_untouched -2
        rm "$file"
        mv "$own/kept" "$file"
    done
    mv "$conf" "$own/kept"
    answers -2 otp "$own" "$conf"
    ln -s kept "$conf"
    answers -2 otp "$own" "$conf"
    [ -L "$conf" ] || fail 'the link was replaced'
    rm "$conf"
    mv "$own/kept" "$conf"
    no_more_hups 0
}
largest_file_and_every_byte() {
    ready
    { cat "$own/syslog.conf.ORIG" && head -c 1048000 /dev/urandom && printf '\0\377\nlast line without newline'; } |
        head -c 1048576 >"$own/large"
    mv "$own/large" "$own/syslog.conf.OTP"
    answers 0 otp "$own" "$conf"
    is_otp
    answers 0 nootp "$own" "$conf"
    is_original
}
edited_configuration() {
    ready
    printf 'mail.*\t/var/log/mail\n' >>"$conf"
    cp "$conf" "$tmp/edited"
    refused_and_untouched -2
    cp "$own/syslog.conf.ORIG" "$conf"
    answers 0 otp "$own" "$conf"
    cp "$tmp/edited" "$conf"
    answers -2 nootp "$own" "$conf"
    same "$conf" "$tmp/edited"
    [ -p "$fifo" ] || fail 'the FIFO is gone though nothing was to change'
}
plain_path() {
    ready
    { cat "$own/syslog.conf.ORIG" && printf 'kern.*\t%s\n' "$fifo"; } >"$own/syslog.conf.OTP"
    refused_and_untouched -2
    # what it is for on Solaris
    allow solaris
    answers 0 otp "$own" "$conf"
    is_otp
}
# The processes whose descriptor 0 is the FIFO, removed since or not, and how many.
holders() { { find /proc/[0-9]*/fd/0 -lname "$fifo*" 2>/dev/null || :; } | cut -d / -f 3; }
holders_are() { [ "$(holders | wc -l)" -eq "$1" ]; }
# As the daemon of Solaris opens it: refused where nobody reads.
opens_for_the_daemon() { dd if=/dev/null of="$fifo" oflag=nonblock conv=notrunc,nocreat status=none; }
reader_is_held() {
    ready
    answers 0 otp "$own" "$conf"
    holders_are 0 || fail 'held for a daemon that does not mind'
    ! opens_for_the_daemon 2>/dev/null || fail 'somebody reads already'
    answers 0 nootp "$own" "$conf"
    { cat "$own/syslog.conf.ORIG" && printf 'kern.*\t%s\n' "$fifo"; } >"$own/syslog.conf.OTP"
    allow solaris
    # It has answered, and whoever reads the answer has its end, while the holder lives; so has the lock.
    equal 0 "$("$bin/mod_syslog" otp "$own" "$conf")"
    # Stopped, so that what follows has all the time it needs: it is ours to stop.
    holder=$(holders)
    [ -n "$holder" ] || fail 'nobody holds the FIFO'
    # shellcheck disable=SC2086 # one word each
    kill -STOP $holder
    holders_are 1 || fail "held by $(holders | wc -l) processes"
    opens_for_the_daemon || fail 'nobody reads the FIFO when the daemon is told'
    equal 0 "$(ls "/proc/$holder/fd")" 'descriptors of the holder'
    printf 'a line\n' >"$fifo"
    answers 0 otp "$own" "$conf"
    equal "$holder" "$(holders)" 'holders after a second otp'
    equal 'a line' "$(dd if="$fifo" iflag=nonblock bs=100 count=1 status=none)" 'what came meanwhile'
    answers 0 nootp "$own" "$conf"
    [ ! -e "$fifo" ] || fail 'the FIFO stays while it is held'
    kill "$holder"
    kill -CONT "$holder"
    eventually 10 holders_are 0
    answers 0 otp "$own" "$conf"
    eventually 60 holders_are 0 # by itself, after 15 s
}
bad_directories() {
    ready
    chmod 0775 "$own"
    answers -2 otp "$own" "$conf"
    chmod 1777 "$own"
    answers -2 otp "$own" "$conf"
    chmod 0755 "$own"
    mkdir "$own/open"
    cp -r "$own/syslog.conf" "$own/open/"
    chmod 0777 "$own/open"
    conf=$own/open/syslog.conf
    allow inetutils
    answers -2 otp "$own" "$conf"
    chmod 0755 "$own/open"
    mv "$own/open" "$own/real"
    ln -s real "$own/open"
    answers -2 otp "$own" "$conf"
}
# ---- policy ----------------------------------------------------------------------------------------------------------
bad_policy() {
    ready
    cp "$own/syslog.allow" "$tmp/good"
    { cat "$tmp/good" && printf '/only four words\n'; } >"$own/syslog.allow"
    refused_and_untouched -2
    cp "$tmp/good" "$own/syslog.allow"
    chmod 0666 "$own/syslog.allow"
    refused_and_untouched -2
    rm "$own/syslog.allow"
    ln -s "$tmp/good" "$own/syslog.allow"
    refused_and_untouched -2
    rm "$own/syslog.allow"
    : >"$own/syslog.allow"
    refused_and_untouched -1
}
without_policy() {
    ready
    rm "$own/syslog.allow"
    # The stand-in's name is no daemon's; a copy's is.
    kill "$spawned"
    cp "$standin" "$own/syslogd"
    rm "$own/syslog.pid"
    spawn "$own/syslogd" "$own" "$conf"
    eventually 10 test -s "$own/syslog.pid"
    answers 0 otp "$own" "$conf"
    is_otp
    eventually 10 hups_are 1
}
unknown_daemon_without_policy() {
    ready
    rm "$own/syslog.allow"
    refused_and_untouched -3
    no_more_hups 0
}

# ---- the daemon ------------------------------------------------------------------------------------------------------
bad_pid_files() {
    ready
    cp "$own/syslog.pid" "$tmp/good"
    for text in '' 0 1 -1 x '12 34' '99999999999' 4194305 ' 7' '+7' '0x10'; do
        printf '%s' "$text" >"$own/syslog.pid"
        refused_and_untouched -2
    done
    printf '%s\n\n' "$(cat "$tmp/good")" >"$own/syslog.pid"
    refused_and_untouched -2
    rm "$own/syslog.pid"
    refused_and_untouched -2
    mkfifo "$own/syslog.pid"
    refused_and_untouched -2
    rm "$own/syslog.pid"
    # a stale one, and that of another program
    sh -c 'exit 0' &
    wait $!
    printf '%s\n' $! >"$own/syslog.pid"
    refused_and_untouched -3
    spawn sleep 60
    printf '%s\n' "$spawned" >"$own/syslog.pid"
    refused_and_untouched -3
    kill -0 "$spawned" || fail 'the other program was signalled'
    cp "$tmp/good" "$own/syslog.pid"
    no_more_hups 0
    answers 0 otp "$own" "$conf"
}
telling_fails() {
    command -v strace >/dev/null 2>&1 || skip 'strace is not installed'
    ready
    # The first signal is number 0, which asks whether it may be signalled.
    result=$(strace -qq -o "$tmp/trace" -e trace=pidfd_send_signal -e inject=pidfd_send_signal:error=EPERM:when=2+ \
        "$bin/mod_syslog" otp "$own" "$conf") || skip 'strace may not trace here'
    equal -3 "$result"
    grep -q 'SIGHUP.*INJECTED' "$tmp/trace" || fail 'the signal did not fail'
    is_original
    [ ! -e "$fifo" ] || fail 'the FIFO that this run made is still there'
    no_leftovers
    no_more_hups 0
    grep -q '^vakt 1 - - - told *$' "$own/syslog.otp.lock" || fail "the claim stays: $(cat "$own/syslog.otp.lock")"
    mkfifo -m 0640 "$fifo"
    strace -qq -o "$tmp/trace" -e trace=pidfd_send_signal -e inject=pidfd_send_signal:error=ESRCH:when=2+ \
        "$bin/mod_syslog" otp "$own" "$conf" >"$tmp/result"
    equal -3 "$(cat "$tmp/result")"
    is_original
    [ -p "$fifo" ] || fail 'a FIFO of before is gone'
}
undoing_fails() {
    command -v strace >/dev/null 2>&1 || skip 'strace is not installed'
    ready
    # The renames are that of the FIFO, that of OTP, and that which should bring the old configuration back.
    strace -qq -o "$tmp/trace" -e trace=pidfd_send_signal,renameat -e inject=pidfd_send_signal:error=EPERM:when=2+ \
        -e inject=renameat:error=EIO:when=3+ "$bin/mod_syslog" otp "$own" "$conf" >"$tmp/result" || skip 'strace may not trace here'
    equal -3 "$(cat "$tmp/result")"
    is_otp
    [ -p "$fifo" ] || fail 'the FIFO is gone though its rule is there'
    no_leftovers
    equal 0 "$(hups)"
    answers 0 otp "$own" "$conf"
    eventually 10 hups_are 1
}
replacing_fails() {
    command -v strace >/dev/null 2>&1 || skip 'strace is not installed'
    ready
    for call in write:when=1 fsync:when=1 renameat:when=2 fchmod:when=1 fchown:when=1 fsync:when=2 mknodat:when=1 renameat:when=1 pwrite64:when=1; do
        name=${call%%:*}
        result=$(strace -qq -o "$tmp/trace" -e trace="$name" -e inject="$name:error=ENOSPC:${call#*:}" "$bin/mod_syslog" otp "$own" "$conf") ||
            skip 'strace may not trace here'
        grep -q INJECTED "$tmp/trace" || fail "$call was never made"
        equal -2 "$result" "$call"
        is_original
        [ ! -e "$fifo" ] || fail "$call: a FIFO is left"
        no_leftovers
    done
    no_more_hups 0
    answers 0 otp "$own" "$conf"
}
order_of_calls() {
    command -v strace >/dev/null 2>&1 || skip 'strace is not installed'
    ready
    strace -qq -y -o "$tmp/trace" "$bin/mod_syslog" otp "$own" "$conf" >"$tmp/result" || skip 'strace may not trace here'
    equal 0 "$(cat "$tmp/result")"
    # The file is whole on disk before its name is, the name before the daemon is told, the answer last.
    awk -v own="$own" '
        index($0, "fsync(") && index($0, ".syslog.conf.vakt>") { file = NR }
        index($0, "renameat(") && index($0, "\".syslog.conf.vakt\"") && index($0, "\"syslog.conf\"") { name = NR }
        index($0, "fsync(") && index($0, "<" own ">") { dir = NR }
        index($0, "renameat(") && index($0, "\"syslog.otp\"") { fifo = NR }
        index($0, "pidfd_send_signal(") && index($0, "SIGHUP") { tell = NR }
        index($0, "readlink(\"/proc/") { look = NR }
        index($0, "landlock_restrict_self(") { lock = NR }
        index($0, "write(1") { say = NR }
        END {
            printf "looked %d landlock %d fifo %d fsync %d rename %d fsync of directory %d told %d said %d\n", look, lock, fifo, file, name, dir, tell, say
            exit !(look && fifo && file && look < fifo && fifo < file && file < name && name < dir && dir < tell && tell < say)
        }' "$tmp/trace" || fail 'the order'
    ! grep -q 'execve.*execve' "$tmp/trace" || fail 'it executes something'
    grep -q 'O_NOFOLLOW' "$tmp/trace" || fail 'no O_NOFOLLOW'
    # Every open but /dev/null, /proc and "/" is by openat in a directory that was opened before, and follows no link.
    bad=$(sed -n 's/.*openat(\(.*\)/\1/p' "$tmp/trace" | grep -v -e '^AT_FDCWD<[^>]*>, "/"' -e '"/proc/' -e O_NOFOLLOW || :)
    [ -z "$bad" ] || fail "opened otherwise: $bad"
}

# ---- owners ----------------------------------------------------------------------------------------------------------
# start_node NAME: a process whose executable begins "beam", which runs mod_syslog as the emulator's os:cmd does, by a shell.
start_node() {
    mkdir -p "$tmp/node"
    cp "$(readlink -f /bin/sh)" "$tmp/node/beam.$1"
    mkfifo "$tmp/node/$1"
    # shellcheck disable=SC2016 # for that shell
    spawn "$tmp/node/beam.$1" -c 'while read -r verb; do
        sh -c "$1 $verb $2 $3" >"$4.new"
        mv "$4.new" "$4.$verb"
    done <"$4"' beam "$bin/mod_syslog" "$own" "$conf" "$tmp/node/$1"
}
# ask NODE VERB EXPECTED
ask() {
    rm -f "$tmp/node/$1.$2"
    printf '%s\n' "$2" >&"$4"
    eventually 20 test -e "$tmp/node/$1.$2"
    equal "$3" "$(cat "$tmp/node/$1.$2")" "$2 of node $1"
}
two_nodes() {
    ready
    start_node one
    node_one=$spawned
    exec 7>"$tmp/node/one"
    start_node two
    node_two=$spawned
    exec 8>"$tmp/node/two"
    ask one otp 0 7
    eventually 10 hups_are 1
    grep -q " $node_one " "$own/syslog.otp.lock" || fail "not the first node's record: $(cat "$own/syslog.otp.lock")"
    ask two otp -1 8
    ask two nootp -1 8
    answers -1 nootp "$own" "$conf"
    is_otp
    [ -p "$fifo" ] || fail 'the FIFO is gone'
    no_more_hups 1
    # the first may still do both
    ask one otp 0 7
    ask one nootp 0 7
    is_original
    # and then the second
    ask two otp 0 8
    ask one nootp -1 7
    is_otp
    kill "$node_two"
    wait "$node_two" 2>/dev/null || :
    ask one nootp 0 7
    is_original
    [ ! -e "$fifo" ] || fail 'the FIFO is still there'
    exec 7>&- 8>&-
}
torn_record() {
    ready
    printf 'vakt 1 torn' >"$own/syslog.otp.lock"
    chmod 0600 "$own/syslog.otp.lock"
    answers 0 otp "$own" "$conf"
    equal 128 "$(stat -c %s "$own/syslog.otp.lock")"
}
killed_before_telling() {
    command -v strace >/dev/null 2>&1 || skip 'strace is not installed'
    ready
    # Number 0, which asks whether it may be signalled, is the first; the second never goes out.
    strace -qq -o "$tmp/trace" -e trace=pidfd_send_signal -e inject=pidfd_send_signal:error=EPERM:signal=KILL:when=2 \
        "$bin/mod_syslog" otp "$own" "$conf" >"$tmp/result" 2>/dev/null || :
    [ ! -s "$tmp/result" ] || skip 'strace may not trace here'
    is_otp
    equal 0 "$(hups)"
    answers 0 otp "$own" "$conf"
    eventually 10 hups_are 1
    answers 0 otp "$own" "$conf"
    no_more_hups 1
}

# ---- flavours --------------------------------------------------------------------------------------------------------
rsyslog_only_fifo() {
    ready rsyslog
    rm "$own/syslog.conf" "$own/syslog.conf.ORIG" "$own/syslog.conf.OTP"
    answers 0 otp "$own" "$conf"
    equal '640 fifo' "$(mode_of "$fifo")"
    eventually 10 hups_are 1
    answers 0 nootp "$own" "$conf"
    [ ! -e "$fifo" ] || fail 'the FIFO is still there'
    [ ! -e "$conf" ] || fail 'a configuration was written'
}
rsyslog_not_running() {
    install_in "$tmp" rsyslog
    answers 0 otp "$own" "$conf"
    [ -p "$fifo" ] || fail 'no FIFO'
    is_original
}
by_unit() {
    [ "$(id -u)" -eq 0 ] || skip 'a control group of our own needs root'
    mkdir "$tmp/cgroup"
    unshare --mount true 2>/dev/null || skip 'no mount namespace'
    ready rsyslog
    allow rsyslog rsyslog.service
    # A mount over /sys/fs/cgroup stands in for systemd's tree: first v2, then v1; other processes and pid 0 are in the unit too.
    for tree in system.slice systemd/system.slice; do
        for members in "1 $$ $(cat "$own/syslog.pid") 0" "1 $$"; do
            mkdir -p "$tmp/cgroup/$tree/rsyslog.service"
            printf '%s\n' "$members" | tr ' ' '\n' >"$tmp/cgroup/$tree/rsyslog.service/cgroup.procs"
            rm -f "$fifo"
            before=$(hups)
            # shellcheck disable=SC2016
            equal 0 "$(unshare --mount --propagation private sh -euc 'mount --bind "$1" /sys/fs/cgroup; shift; exec "$@"' sh \
                "$tmp/cgroup" "$bin/mod_syslog" otp "$own" "$conf")"
            case $members in
                *' 0') eventually 10 hups_are $((before + 1)) ;;
                *) no_more_hups "$before" ;;
            esac
        done
        rm -r "${tmp:?}/cgroup/${tree%%/*}"
    done
}
busybox_is_refused() {
    ready busybox
    refused_and_untouched -3
    no_more_hups 0
}
bridge_tells_nobody() {
    install_in "$tmp" bridge
    printf '%s %s bridge - - %s uid:%s\n' "$own" "$conf" "$(id -g)" "$(id -u)" >"$own/syslog.allow"
    answers 0 otp "$own" "$conf"
    equal '640 fifo' "$(mode_of "$fifo")"
    is_original
    answers 0 nootp "$own" "$conf"
    [ ! -e "$fifo" ] || fail 'the FIFO is still there'
}

the_bridge_s_fifo_is_its_user_s() {
    [ "$(id -u)" -eq 0 ] || skip 'only root can give a FIFO away'
    install_in "$tmp" bridge
    printf '%s %s bridge uid:4242 - 4343 uid:0\n' "$own" "$conf" >"$own/syslog.allow"
    answers 0 otp "$own" "$conf"
    equal '4242 4343 640 fifo' "$(stat -c '%u %g %a %F' "$fifo")"
    before=$(stat -c %i "$fifo")
    answers 0 otp "$own" "$conf"
    equal "$before" "$(stat -c %i "$fifo")" 'the FIFO after a second run'
    # what its user did to it is no way to let others write
    chmod 0666 "$fifo"
    answers 0 otp "$own" "$conf"
    equal '4242 4343 640 fifo' "$(stat -c '%u %g %a %F' "$fifo")"
    answers 0 nootp "$own" "$conf"
    [ ! -e "$fifo" ] || fail 'the FIFO is still there'
}

# ---- what the caller prepared ------------------------------------------------------------------------------------------
hostile_start() {
    ready
    # descriptors closed: the answer must not land in a file that then gets their numbers
    "$bin/mod_syslog" otp "$own" "$conf" <&- >&- 2>&-
    is_otp
    answers 0 nootp "$own" "$conf"
    is_original
    # a file size limit that cannot be raised is -2 with everything as it was; one that can is no obstacle
    result=$(prlimit --fsize=10:10 "$bin/mod_syslog" otp "$own" "$conf")
    case $result in
        0)
            is_otp
            answers 0 nootp "$own" "$conf"
            ;;
        -2) is_original ;;
        *) fail "with a file size limit: [$result]" ;;
    esac
    no_leftovers
}

# ---- --check -----------------------------------------------------------------------------------------------------------
checked() {
    code=0
    "$bin/mod_syslog" --check "$own" "$conf" >"$tmp/.out" 2>"$tmp/.err" || code=$?
    equal "$1" "$code" "exit status of --check ($(cat "$tmp/.out"))"
}
says() { grep -q -- "$1" "$tmp/.out" || fail "--check does not say [$1]: $(cat "$tmp/.out")"; }
check_speaks() {
    ready
    checked 0
    says '^nothing wrong$'
    says '^owner: '
    code=0
    "$bin/mod_syslog" --check "$own" 2>/dev/null || code=$?
    equal 2 "$code" usage
    rm "$own/syslog.conf.OTP"
    checked 1
    says 'syslog.conf.OTP does not exist'
    says '^ cure: make-otp-conf'
    cp "$own/syslog.conf.ORIG" "$own/syslog.conf.OTP"
    checked 1
    says 'has no rule that writes to'
    printf 'kern.*\t%s\n' "$fifo" >>"$own/syslog.conf.OTP"
    checked 1
    says 'line 3 names the FIFO as a plain file'
    install_in "$tmp" inetutils
    chmod 0600 "$own/syslog.conf.ORIG"
    checked 1
    says 'has mode 0600, not 0644'
    chmod 0644 "$own/syslog.conf.ORIG"
    mkfifo -m 0666 "$fifo"
    checked 1
    says 'with mode 0666'
    rm "$fifo"
    printf '#\n' >>"$conf"
    checked 1
    says 'it was edited since'
    install_in "$tmp" inetutils
    kill "$spawned"
    wait "$spawned" 2>/dev/null || :
    checked 1
    says 'the daemon is not running'
    printf '# no row\n' >"$own/syslog.allow"
    checked 1
    says 'has no row'
    "$bin/mod_syslog" --check "$tmp/none" "$conf" >"$tmp/.out" || :
    says '^ cure: OWN and CONF are absolute paths'
    # it changes nothing, not even the lock file
    [ ! -e "$own/syslog.otp.lock" ] || fail 'a lock file was made'
}

# ---- make-otp-conf -----------------------------------------------------------------------------------------------------
otp_conf_of_each_flavour() {
    printf 'source s_net { udp(); };\n*.*\t/x' >"$tmp/orig"
    equal "$(printf 'source s_net { udp(); };\n*.*\t/x\nkern.err;auth,authpriv.none\t|/a/syslog.otp\n.')" \
        "$("$make_conf" "$tmp/orig" kern.err /a/syslog.otp && printf .)"
    equal "$(printf 'kern.err\t|/a/syslog.otp')" "$("$make_conf" --with-auth "$tmp/orig" kern.err /a/syslog.otp sysklogd | tail -n 1)"
    equal "$(printf 'kern.err;auth.none\t/a/syslog.otp')" "$("$make_conf" "$tmp/orig" kern.err /a/syslog.otp solaris | tail -n 1)"
    "$make_conf" "$tmp/orig" 'kern,mail.err;*.=warn;news.none' /a/syslog.otp syslog-ng >"$tmp/ng"
    grep -q '^filter f_vakt { ((facility(kern, mail) and level(err..emerg)) or (level(warning))) and not facility(auth, authpriv) and not facility(news); };$' "$tmp/ng" ||
        fail "$(cat "$tmp/ng")"
    grep -q '^log { source(s_net); filter(f_vakt); destination(d_vakt); };$' "$tmp/ng" || fail "$(cat "$tmp/ng")"
    ! grep -q flow-control "$tmp/ng" || fail 'flow-control'
    "$make_conf" --with-auth "$tmp/orig" 'kern.*' /a/syslog.otp syslog-ng >"$tmp/ng"
    ! grep -q auth "$tmp/ng" || fail "auth is left out though asked for"
    # what is shipped is what the script prints
    "$make_conf" - '*.*' /etc/syslog.otp rsyslog | cmp - conf/rsyslog-vakt.conf
}
bad_otp_conf_requests() {
    printf '*.*\t/x\n' >"$tmp/orig"
    printf '*.*\t|/a/syslog.otp\n' >"$tmp/named"
    : >"$tmp/empty"
    for request in "orig kern /a/f" "orig kern.err a/f" "orig kern.err;/etc/x /a/f" "orig kern.err /a/../f" "orig kern.err /a//f" \
        "named kern.err /a/syslog.otp" "empty kern.err /a/f" "absent kern.err /a/f" "orig kern.err /a/f busybox" \
        "orig kern.err /a/f syslog-ng" "orig kern.err /a/f unheard-of" "orig kern.err"; do
        # shellcheck disable=SC2086 # words
        set -- $request
        orig=$tmp/$1
        shift
        if "$make_conf" "$orig" "$@" >"$tmp/out" 2>"$tmp/err"; then fail "accepted: $request"; fi
        [ ! -s "$tmp/out" ] || fail "printed something for: $request"
        [ -s "$tmp/err" ] || fail "no words for: $request"
    done
}

check 'otp and nootp answer 0, swap the bytes, make and remove the FIFO, and the daemon finds whole files' otp_and_nootp
check 'bad arguments are -1 and change nothing' bad_arguments
check 'a second otp, and a second nootp, change nothing and tell nobody' second_run_changes_nothing
check 'a FIFO that nobody else could open stays, with its mode put right' fifo_in_use_is_kept
check 'a FIFO that somebody else may hold open is replaced' fifo_that_others_may_hold_is_replaced
check 'a FIFO with two names is replaced' fifo_with_two_names_is_replaced
check 'a file, directory or link in the place of the FIFO is -2 and stays' no_fifo_in_its_place
check 'ORIG or OTP missing, empty, a link, hard-linked, a FIFO, a directory, too large, group-writable: -2' bad_files
check '1 MiB of any bytes comes through to the byte' largest_file_and_every_byte
check 'an edited configuration is not overwritten, by otp nor nootp' edited_configuration
check 'a plain FIFO path is refused, but for Solaris' plain_path
check 'solaris: a child holds the FIFO, and nothing else, until the reader has come: one, and for 15 s' reader_is_held
check 'directories that others may write, or that are links: -2' bad_directories
check 'a malformed, writable or linked policy is -2, an empty one -1' bad_policy
check 'without a policy the daemon is found by its pid file and its flavour by its name' without_policy
check 'without a policy a daemon that is not known is -3' unknown_daemon_without_policy
check 'a bad pid file is -2, a stale one or that of another program -3, and nobody is signalled' bad_pid_files
check 'when telling the daemon fails: -3, the configuration is back, and so is the FIFO as it was' telling_fails
check 'when that cannot be undone either: -3, the FIFO stays with its rule, and the next run tells' undoing_fails
check 'a full disk at any write, fsync or rename is -2 with everything as it was' replacing_fails
check 'looked at, FIFO, fsync, rename, fsync of the directory, told, answered: in this order' order_of_calls
check 'of two nodes only the one that came first may swap, until it ends' two_nodes
check 'a torn owner record is nobody'"'"'s' torn_record
check 'after a run that was killed before telling, the next one tells' killed_before_telling
check 'rsyslog: only the FIFO comes and goes, and the daemon is told to reopen' rsyslog_only_fifo
check 'rsyslog: when it does not run the FIFO waits for it' rsyslog_not_running
check 'rsyslog: found in the control group of its unit, v2 and v1' by_unit
check 'busybox is refused' busybox_is_refused
check 'bridge: the FIFO alone' bridge_tells_nobody
check "bridge: the FIFO is the bridge's user's, and nobody else writes it" the_bridge_s_fifo_is_its_user_s
check 'closed descriptors and a file size limit do no harm' hostile_start
check '--check says what is wrong, with a cure, and changes nothing' check_speaks
check 'make-otp-conf writes each flavour'"'"'s rule' otp_conf_of_each_flavour
check 'make-otp-conf refuses what it does not understand, and prints nothing' bad_otp_conf_requests
finish
