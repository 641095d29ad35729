# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# A room in which mod_syslog is really setuid root, for suites that attack it as nobody. After lib.sh:
#
#   room_enter "$0"            # first thing: starts the script again inside the room (root only; without root a row skips itself)
#   row "a sentence" function  # check, with a fresh tree and helper ready
#   caught function             # check that this row's function fails on the helper with the old faults
#
# The room: process and mount namespaces of its own, so that no signal or mount leaves it; a root-owned tmpfs on /srv, where
# setuid counts; /etc is a copy on that tmpfs, so /etc/vakt/syslog.allow and /etc/shadow there are nobody's but the suite's.
# A row's tree, on the tmpfs:
#   $own   syslog.conf.ORIG, syslog.conf.OTP       $conf  the configuration, as ORIG      $pid_file  of the stand-in daemon
#   $evil  a folder of nobody's                    $victim, $secret  a file of root's, 0644 and 0600
# Checked in every call: exit status 0, the exact answer, nothing on stderr, no hang.

# shellcheck disable=SC2154 # tmp and spawned are lib.sh's

gid=47000
nobody=65534
flavour=inetutils

room_enter() {
    [ "$(id -u)" -eq 0 ] || return 0
    if [ "${VAKT_ROOM:-}" = 1 ]; then
        room_make
        return 0
    fi
    [ "${VAKT_CONFINED:-}" = 1 ] || { printf 'run this under scripts/confine.sh\n' >&2; exit 1; }
    # The script leads a session, so that all its calls have one owner; the shell before it is the namespace's process 1.
    # shellcheck disable=SC2016 # for the inner shell
    VAKT_ROOM=1 exec unshare --pid --fork --kill-child --mount --propagation private -- sh -eu -c '
        mount -t proc proc /proc
        [ ! -e /proc/sysrq-trigger ] || mount --bind /dev/null /proc/sysrq-trigger
        trap "exit 130" INT TERM
        setsid --wait sh "$1" &
        wait "$!"
    ' room "$1"
}

room_make() {
    room=/srv
    mount -t tmpfs -o mode=0755,size=128m vakt-room "$room"
    mkdir "$room/hidden" "$room/hidden/machine-etc" "$room/etc" "$room/bin" "$room/open" "$room/sbin" "$room/rows"
    chmod 0700 "$room/hidden"
    mount --bind /etc "$room/hidden/machine-etc"
    mount -o remount,bind,ro "$room/hidden/machine-etc"
    machines_files >"$room/hidden/etc.before"
    cp -a /etc/. "$room/etc"
    mount --bind "$room/etc" /etc
    rm -rf /etc/vakt
    mkdir -m 0755 /etc/vakt
    for tool in fake_syslogd log_catcher hostile_exec poll_reader kill_storm; do
        install -m 0755 "${VAKT_TOOLS:-build/test/prog}/$tool" "$room/sbin/$tool"
    done
    # as COMMAND ...: the caller most rows are about, nobody with the group; as_stranger has not even that. setpriv keeps the
    # capabilities of root until it runs something, so env takes that place.
    as=$room/sbin/as
    as_stranger=$room/sbin/as_stranger
    printf '#!/bin/sh\nexec setpriv --reuid %s --regid %s --groups %s -- env -- "$@"\n' "$nobody" "$nobody" "$gid" >"$as"
    printf '#!/bin/sh\nexec setpriv --reuid %s --regid %s --clear-groups -- env -- "$@"\n' "$nobody" "$nobody" >"$as_stranger"
    chmod 0755 "$as" "$as_stranger"
    # shellcheck disable=SC2034 # for the suites
    hostile=$room/sbin/hostile_exec
    install_helper "${VAKT_BIN:-build/bin}/mod_syslog"
}

# as_plain_program FILE: the rows that follow run it as root without the bit; it then reads its policy in the own folder.
as_plain_program() {
    plain=1
    helper=$room/bin/plain
    install -m 0755 "$1" "$helper"
    # Sanitized, it confines itself too well for a look at its own leaks.
    printf '#!/bin/sh\nexec env ASAN_OPTIONS=detect_leaks=0 "$@"\n' >"$as"
}

# install_helper FILE: $helper is 4750 root:$gid, as installed; $open_helper is 4755, so that the policy alone refuses.
install_helper() {
    helper=$room/bin/mod_syslog
    open_helper=$room/open/mod_syslog
    install -o root -g "$gid" -m 4750 "$1" "$helper"
    install -o root -g root -m 4755 "$1" "$open_helper"
}

# listing FOLDER ...: one line a name, with all that can change but the time of the last access; contents as checksums.
listing() {
    find "$@" -xdev -printf '%p\t%y %U:%G %m links %n size %s changed %T@ %C@ to %l\n' | sort
    find "$@" -xdev -type f -print0 | sort -z | xargs -0 -r sha256sum | awk '{ print substr($0, 67) "\tholds " $1 }'
}

# What a row might have hit in the real /etc, had it got there.
machines_files() {
    for name in shadow passwd group vakt syslog.conf syslog.pid; do
        [ ! -e "$room/hidden/machine-etc/$name" ] || listing "$room/hidden/machine-etc/$name"
    done
}

machines_etc_is_untouched() {
    [ -n "${room:-}" ] || skip 'needs root'
    machines_files >"$tmp/after"
    diff "$room/hidden/etc.before" "$tmp/after" || fail 'the /etc of the machine changed'
    [ "$(stat -c %d /etc)" = "$(stat -c %d "$room")" ] || fail '/etc is not the copy in the room'
    [ "$(stat -c %d /etc)" != "$(stat -c %d "$room/hidden/machine-etc")" ] || fail '/etc is that of the machine'
}

build_holds_no_setuid_file() {
    found=$(find build -perm /6000 -type f)
    [ -z "$found" ] || fail "setuid under build/: $found"
}

row() {
    sentence=$1
    shift
    check "$sentence" in_a_tree "$@"
}

# again: a fresh tree in the middle of a row, for its next variant; the daemon is gone.
again() {
    end_spawned
    rm -f "$tmp/.spawned"
    attempt=$((${attempt:-0} + 1))
    new_tree
}

in_a_tree() {
    [ -n "${room:-}" ] || skip 'needs root'
    new_tree
    "$@"
}

# caught FUNCTION [PATTERN]: and it says so in these words; they are those of nothing_changed, unless told otherwise.
caught() {
    check "the suite catches it: $1 fails on the helper with the old faults" fails_on_the_bad_one "$1" "${2:-something changed}"
}

fails_on_the_bad_one() {
    [ -n "${room:-}" ] || skip 'needs root'
    install_helper "${VAKT_TOOLS:-build/test/prog}/bad_mod_syslog"
    time_limit=3
    set +e
    (
        set -eu
        in_a_tree "$1"
    ) >"$tmp/said" 2>&1
    code=$?
    set -e
    install_helper "${VAKT_BIN:-build/bin}/mod_syslog"
    cat "$tmp/said"
    equal 1 "$code" 'exit status of the row'
    grep -q 'failed: ' "$tmp/said" || fail 'the row broke instead of judging'
    grep -q -e "$2" "$tmp/said" || fail "it failed, but not by: $2"
}

new_tree() {
    umask 022
    tree=$room/rows/$(basename "$tmp").${attempt:-0}
    own=$tree/own
    conf=$tree/etc/syslog.conf
    pid_file=$tree/run/syslog.pid
    exe=$room/sbin/fake_syslogd
    evil=$tree/evil
    victim=$tree/root/victim
    secret=$tree/root/secret
    orig=$own/syslog.conf.ORIG
    otp=$own/syslog.conf.OTP
    fifo=$own/syslog.otp
    lock=$own/syslog.otp.lock
    logs=$room/logs/$(basename "$tmp").${attempt:-0}
    mkdir -p "$tree" "$own" "$tree/etc" "$tree/run" "$tree/root" "$logs"
    install -d -o "$nobody" -g "$nobody" -m 0755 "$evil"
    printf '# as the operator left it\n*.err;kern.debug;auth.notice\t/var/log/messages\n' >"$orig"
    { cat "$orig"; printf 'kern.err\t|%s\n' "$fifo"; } >"$otp"
    cp "$orig" "$conf"
    printf 'of root\n' >"$victim"
    (umask 077; printf 'root alone reads this\n' >"$secret")
    # The place where the helper of old looked, for the stand-in that has its faults.
    ln -sf "$pid_file" /etc/syslog.pid
    policy "$(usual_row)"
    log_up
}

usual_row() { printf '%s %s %s %s %s %s' "$own" "$conf" "$flavour" "$pid_file" "$exe" "$gid"; }

# policy LINE ...: the whole policy file.
policy() {
    rm -rf /etc/vakt/syslog.allow
    printf '%s\n' "$@" >/etc/vakt/syslog.allow
    [ -z "${plain:-}" ] || cp /etc/vakt/syslog.allow "$own/syslog.allow"
}

# daemon_up: the stand-in daemon, its pid in $daemon and in $pid_file; daemon_as COMMAND ...: started by that command.
daemon_up() { daemon_as env; }

daemon_as() {
    rm -f "$pid_file"
    spawn "$@" "$exe" "$pid_file" "$conf" "$logs/hups"
    daemon=$spawned
    eventually 10 test -s "$pid_file"
    daemon=$(cat "$pid_file")
}

# heard: the daemon has done what it was told so far.
heard() {
    marks=$(grep -c '^mark' "$logs/hups" || :)
    kill -USR1 "$daemon"
    eventually 10 more_marks "$marks"
}

# hups N: exactly N hangups reached the daemon.
hups() {
    heard
    equal "$1" "$(grep -c '^hup' "$logs/hups" || :)" 'hangups'
    [ "$1" -eq 0 ] || equal "hup $1 uid 0" "$(grep '^hup' "$logs/hups" | tail -n 1)"
}

more_marks() { [ "$(grep -c '^mark' "$logs/hups" || :)" -gt "$1" ]; }

log_up() {
    rm -f "$logs/messages"
    spawn "$room/sbin/log_catcher" /dev/log "$logs/messages"
    logger_pid=$spawned
    eventually 10 test -s "$logs/messages"
}

# log_settled: everything logged so far stands in $logs/messages.
log_settled() {
    marks=$(grep -c '^mark$' "$logs/messages" || :)
    kill -USR1 "$logger_pid"
    eventually 10 more_log_marks "$marks"
}

more_log_marks() { [ "$(grep -c '^mark$' "$logs/messages" || :)" -gt "$1" ]; }

# logged PATTERN: a line since the tree was made matches.
logged() {
    log_settled
    grep -v -e '^mark$' -e '^ready$' "$logs/messages" | grep -E -q -e "$1" || {
        cat "$logs/messages"
        fail "the log does not say: $1"
    }
}

# runs COMMAND ...: its exit status in $status, its answer and a dot in $got; $said describes both and more.
runs() {
    late=$(($(date +%s) + ${time_limit:-20}))
    # Through a pipe, as os:cmd reads it: a file size limit does not count there.
    got=$(
        status=0
        timeout -k 1 "${time_limit:-20}" "$@" 2>"$logs/err" </dev/null || status=$?
        printf '.%s' "$status"
    )
    status=${got##*.}
    got=${got%.*}.
    [ "$(date +%s)" -lt "$late" ] || case $status in 124 | 137) fail "hangs: $*" ;; esac
    said="exit status $status, answer and a dot [$got], stderr [$(head -c 300 "$logs/err")] from $*; last in the log: $(tail -n 1 "$logs/messages")"
}

# answers RESULT COMMAND ...: ends in time with exit status 0 and exactly RESULT, and says nothing on stderr.
answers() {
    wanted=$1
    shift
    runs "$@"
    [ "$status $got $(wc -c <"$logs/err")" = "0 $wanted. 0" ] || fail "wanted [$wanted.]: $said"
}

# asks RESULT ARGUMENT ...: the helper, called as usual.
asks() {
    result=$1
    shift
    answers "$result" "$as" "$helper" "$@"
}

# Of /etc the times of change are enough: no content changes without them.
world() {
    listing "$tree"
    find /etc -xdev -printf '%p\t%y %U:%G %m links %n size %s changed %T@ %C@ to %l\n' | sort
}

remember() { world >"$logs/before"; }

# nothing_changed [EXCEPT-PATH ...]: since remember, under the tree and /etc, but for those names.
nothing_changed() {
    world >"$logs/after"
    for path in "$@"; do
        for list in before after; do
            awk -F '\t' -v path="$path" '$1 != path' "$logs/$list" >"$logs/$list.rest"
            mv "$logs/$list.rest" "$logs/$list"
        done
    done
    diff "$logs/before" "$logs/after" || fail 'something changed'
}

# refuses RESULT ARGUMENT ...: that answer, and nothing changed anywhere; a file trouble (-2, -3) may leave the lock file, which is then
# in order, and both folders' times, where a temp file came and went.
refuses() {
    remember
    wanted=$1
    shift
    runs "$as" "$helper" "$@"
    right=1
    [ "$status $got $(wc -c <"$logs/err")" = "0 $wanted. 0" ] || right=0
    damage=$(unchanged_after "$wanted") || right=0
    [ "$right" -eq 1 ] || fail "wanted [$wanted.]: $said
$damage"
}

unchanged_after() {
    if [ "$1" = -1 ]; then
        nothing_changed
    else
        nothing_changed "$lock" "$own"
        lock_is_good
    fi
}

lock_is_good() {
    [ -e "$lock" ] || return 0
    equal 'regular file 0:0 600 1' "$(stat -c '%F %u:%g %a %h' "$lock" | sed 's/ empty//')" 'lock file'
}

# lock_holder_up: $lock_holder has the lock until it is killed.
lock_holder_up() {
    rm -f "$logs/held"
    # shellcheck disable=SC2016 # for the inner shell
    spawn flock -o "$lock" sh -c 'printf "%s" "$$" >"$1"; exec sleep 600' holder "$logs/held"
    eventually 10 test -s "$logs/held"
    # shellcheck disable=SC2034 # for the suites
    lock_holder=$(cat "$logs/held")
}

# runs_as_root PID: it has left the caller's ids behind, all of them.
runs_as_root() { [ "$(awk '/^Uid:/ { print $2 $3 $4 }' "/proc/$1/status" 2>/dev/null)" = 000 ]; }

is_orig() { cmp "$orig" "$conf" || fail 'the configuration is not ORIG'; }
is_otp() { cmp "$otp" "$conf" || fail 'the configuration is not OTP'; }
fifo_is_good() { equal "fifo 0:$gid 640 1" "$(stat -c '%F %u:%g %a %h' "$fifo")" 'FIFO'; }
no_fifo() { [ ! -e "$fifo" ] || fail 'the FIFO is there'; }
no_strangers() {
    found=$(find "$own" "$tree/etc" -mindepth 1 ! -name syslog.conf ! -name syslog.conf.ORIG ! -name syslog.conf.OTP \
        ! -name syslog.otp ! -name syslog.otp.lock ! -name syslog.allow)
    equal '' "$found" 'left behind'
}
