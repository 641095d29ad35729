#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Attacks on the setuid mod_syslog beyond the attack table: odd bytes and rows, the lock and the owner record, names taken before, daemons
# that are not what they seem, the log, terminals, pipes, namespaces. Each row: the answer, and that nothing else changed.
set -u
. test/prog/lib.sh
. test/prog/lib-setuid.sh
. test/prog/lib-attacks.sh
room_enter "$0"
suite mod_syslog_abuse

# either RESULTS ARGUMENT ...: the answer is one of the words in RESULTS.
either() {
    wanted=$1
    shift
    runs "$as" "$helper" "$@"
    case " $wanted " in *" ${got%.} "*) ;; *) fail "wanted one of [$wanted]: $said" ;; esac
    [ "$status $(wc -c <"$logs/err")" = '0 0' ] || fail "$said"
}

# ---- arguments ---------------------------------------------------------------------------------------------------------------

odd_bytes_in_arguments() {
    daemon_up
    newline=$(printf '\nx')
    newline=${newline%x}
    forged="$newline<0>Nov 21 00:00:00 host kernel: forged"
    for odd in "$own$forged" "$own'" "$own\"" "$own\`id\`" "$own\$(id)" "$own;id" "$own|id" "$own%s%n%p" "$own$(printf '\377\200\033[2J')" \
        "$own$(printf '\001')" "$own$(printf '\302\205')" "$own*" "$own\\" "$own "; do
        refuses -1 otp "$odd" "$conf"
        refuses -1 otp "$own" "$odd"
        refuses -1 "$odd" "$own" "$conf"
    done
    log_settled
    ! grep -E -q '^<0>|\\x0a|\\x1b|\\x[89a-f]' "$logs/messages" || fail "odd bytes reach the log: $(grep -E '^<0>|\\x' "$logs/messages")"
    logged 'forged'
    [ "$(awk '{ if (length > most) most = length } END { print most }' "$logs/messages")" -le 1100 ] || fail 'a log line is too long'
    hups 0
}

relative_paths() {
    daemon_up
    cd "$tree"
    for pair in 'own etc/syslog.conf' './own ./etc/syslog.conf' "own $conf" "$own etc/syslog.conf" "own/. $conf"; do
        refuses -1 otp "${pair% *}" "${pair#* }"
    done
    policy "own etc/syslog.conf $flavour $pid_file $exe $gid"
    refuses_something otp own etc/syslog.conf
    hups 0
}

# refuses_something ARGUMENT ...: -1 or -2, and nothing changed.
refuses_something() {
    remember
    either '-1 -2' "$@"
    nothing_changed
}

almost_the_row() {
    daemon_up
    mkdir "$own.x" "$tree/ow"
    cp "$orig" "$otp" "$own.x"
    cp "$conf" "$conf.x"
    for path in "$own.x" "$tree/ow" "$own/" "$tree/OWN" "$tree/Own" "$tree" "$own/own" "/$tree/own" "$own#" "$own	"; do
        refuses -1 otp "$path" "$conf"
    done
    for path in "$conf.x" "$tree/etc/syslog.con" "$tree/etc" "$conf/" "$tree/etc/SYSLOG.CONF" "$conf "; do
        refuses -1 otp "$own" "$path"
    done
    refuses -1 otp "$conf" "$own"
    refuses -1 otp "$own $conf" "$flavour"
    refuses -1 otp '' ''
    refuses -1 otp "$own" ''
    refuses -1 otp / /
    hups 0
}

rows_are_not_mixed() {
    daemon_up
    mkdir "$tree/own2" "$tree/etc2"
    cp "$orig" "$otp" "$tree/own2"
    cp "$conf" "$tree/etc2"
    policy "$(usual_row)" "$tree/own2 $tree/etc2/syslog.conf $flavour $pid_file $exe $gid"
    refuses -1 otp "$own" "$tree/etc2/syslog.conf"
    refuses -1 otp "$tree/own2" "$conf"
    asks 0 otp "$own" "$conf"
    cmp "$orig" "$tree/etc2/syslog.conf"
}

very_many_arguments() {
    daemon_up
    remember
    answers -1 "$hostile" "nobody=$gid" args=20000 -- "$helper" otp "$own" "$conf"
    answers -1 "$hostile" "nobody=$gid" arg=130000 -- "$helper" otp "$own" "$conf"
    nothing_changed
}

# ---- the policy file ---------------------------------------------------------------------------------------------------------

# judged RESULT: the policy as it is now; with -2 the log says in which line, when LINE is given.
judged() {
    if [ "$1" = 0 ]; then
        rm -f "$lock" "$fifo"
        cp "$orig" "$conf"
        asks 0 otp "$own" "$conf"
    else
        refuses "$1" otp "$own" "$conf"
        [ -z "${2:-}" ] || logged "line $2"
    fi
}

policy_spellings() {
    daemon_up
    allow=/etc/vakt/syslog.allow
    printf '%s' "$(usual_row)" >"$allow"
    judged 0
    printf '# comment\n\n   \t\n%s\n# comment' "$(usual_row)" >"$allow"
    judged 0
    printf '\t %s  \t\n' "$(usual_row | sed 's/ /\t  /g')" >"$allow"
    judged 0
    printf '%s\r\n' "$(usual_row)" >"$allow"
    judged -2 1
    printf '\357\273\277%s\n' "$(usual_row)" >"$allow"
    judged -2 1
    printf '%s\n%s\n' "$(usual_row)" "$(usual_row)" >"$allow"
    judged -2 2
    printf '%s\n\0\n' "$(usual_row)" >"$allow"
    judged -2 2
    printf '# x\0y\n%s\n' "$(usual_row)" >"$allow"
    judged -2 1
    printf '' >"$allow"
    judged -1
    printf '\n' >"$allow"
    judged -1
    printf '#%s\n' "$(usual_row)" >"$allow"
    judged -1
    { usual_row; printf '\n'; yes '# padding' | head -c 65536; } | head -c 65536 >"$allow"
    judged 0
    { usual_row; printf '\n'; yes '# padding' | head -c 65537; } | head -c 65537 >"$allow"
    judged -2
}

# One malformed row, wherever it stands, refuses all.
malformed_rows() {
    daemon_up
    base="$own $conf $flavour $pid_file $exe"
    other="/x /y $flavour /p /e"
    for bad in "$other" "$other -1" "$other +1" "$other 0x10" "$other 4294967295" "$other 4294967296" "$other 1.0" "$other otp" \
        "$other $gid x" "$other $gid uid:" "$other $gid uid:-1" "$other $gid uid:1x" "$other $gid gid:1," "$other $gid ,gid:1" \
        "$other $gid gid:1,,gid:2" "$other $gid nobody" "$other $gid uid:4294967295" "$other $gid uid:1 more" "$other $gid UID:1" \
        "$other $gid *" "/x /y nosuch /p /e $gid" "/x /y $flavour p /e $gid" "/x /y $flavour ../p.service /e $gid" "/x /y $flavour /p e $gid" \
        "x /y $flavour /p /e $gid" "/x y $flavour /p /e $gid" "/x/../z /y $flavour /p /e $gid" "/x /y/ $flavour /p /e $gid" \
        "/x /y $flavour .service /e $gid" "/x /y $flavour a/b.service /e $gid" "/ /y $flavour /p /e $gid"; do
        policy "$base $gid" "$bad"
        judged -2 2
    done
    policy "$other -1" "$base $gid"
    judged -2 1
    policy "$base 4294967295"
    judged -2 1
    policy "$other $gid" "$base $gid"
    judged 0
}

callers_of_a_row() {
    daemon_up
    for callers in uid:0 gid:0 uid:65533 gid:47001 uid:0,gid:0; do
        policy "$(usual_row) $callers"
        judged -1
    done
    for callers in "uid:$nobody" "gid:$gid" "gid:$nobody" "uid:1,gid:2,uid:$nobody"; do
        policy "$(usual_row) $callers"
        judged 0
    done
    # The right group as the last of very many.
    policy "$(usual_row)"
    rm -f "$lock" "$fifo"
    cp "$orig" "$conf"
    answers 0 setpriv --reuid "$nobody" --regid "$nobody" --groups "$(seq -s , 100000 104000),$gid" -- env -- "$helper" otp "$own" "$conf"
    remember
    answers -1 setpriv --reuid "$nobody" --regid "$nobody" --groups "$(seq -s , 100000 104000)" -- env -- "$open_helper" nootp "$own" "$conf"
    nothing_changed
}

# A careless row must not turn the helper's own files, or the machine's, into the configuration.
conf_is_an_own_file() {
    daemon_up
    for name in syslog.conf.ORIG syslog.conf.OTP syslog.otp syslog.otp.lock; do
        policy "$own $own/$name $flavour $pid_file $exe $gid"
        refuses_something otp "$own" "$own/$name"
        refuses_something nootp "$own" "$own/$name"
    done
    hups 0
}

# For a flavour that re-reads nothing the configuration is never touched, whatever a careless row calls so.
conf_of_a_permanent_rule() {
    flavour=rsyslog
    for file in /etc/shadow "$secret" "$evil/none"; do
        policy "$own $file $flavour $pid_file $exe $gid"
        daemon_up
        remember
        asks 0 otp "$own" "$file"
        fifo_is_good
        asks 0 nootp "$own" "$file"
        no_fifo
        nothing_changed "$own" "$lock"
        kill "$daemon"
        rm "$lock"
    done
}

# ---- files ------------------------------------------------------------------------------------------------------------------

the_operators_edit_is_kept() {
    daemon_up
    printf 'local0.*\t/var/log/mine\n' >>"$conf"
    refuses -2 otp "$own" "$conf"
    refuses -2 nootp "$own" "$conf"
    again
    daemon_up
    asks 0 otp "$own" "$conf"
    printf 'local0.*\t/var/log/mine\n' >>"$conf"
    cp -p "$conf" "$tree/root/edited"
    either -2 nootp "$own" "$conf"
    cmp "$conf" "$tree/root/edited"
    hups 1
}

a_plain_path_is_refused() {
    daemon_up
    for line in "kern.err\t$fifo" "kern.err\t-$fifo" "*.*\t$fifo" "kern.err $fifo"; do
        { cat "$orig"; printf '%b\n' "$line"; } >"$otp"
        refuses -2 otp "$own" "$conf"
    done
    logged 'plain'
    hups 0
}

somebody_elses_conf() {
    daemon_up
    chown "$nobody" "$conf"
    refuses -2 otp "$own" "$conf"
    chown 0 "$conf"
    for mode in 0664 0646 0666; do
        chmod "$mode" "$conf"
        refuses -2 otp "$own" "$conf"
    done
    rm "$conf"
    refuses -2 otp "$own" "$conf"
    mkdir "$conf"
    refuses -2 otp "$own" "$conf"
    rmdir "$conf"
    mkfifo "$conf"
    time_limit=5
    refuses -2 otp "$own" "$conf"
    hups 0
}

lock_name_is_taken() {
    time_limit=15
    for kind in link dangling fifo folder second_name open_to_all nobodys; do
        again
        daemon_up
        case $kind in
            link) ln -s "$victim" "$lock" ;;
            dangling) ln -s "$evil/made" "$lock" ;;
            fifo) mkfifo -m 0600 "$lock" ;;
            folder) mkdir -m 0700 "$lock" ;;
            second_name) (umask 077; : >"$tree/root/lock"); ln "$tree/root/lock" "$lock" ;;
            open_to_all) : >"$lock"; chmod 0666 "$lock" ;;
            nobodys) (umask 077; : >"$lock"); chown "$nobody" "$lock" ;;
        esac
        remember
        asks -2 otp "$own" "$conf"
        nothing_changed
        hups 0
    done
}

# temp_names: those of the files that exist only for a moment, from the trace of a run.
temp_names() {
    command -v strace >/dev/null || skip 'strace is not installed'
    strace -qq -o "$logs/trace" -y -e trace=rename,renameat,renameat2 "$as" "$helper" otp "$own" "$conf" >/dev/null
    sed -n 's/^rename[^(]*([0-9]*<\([^>]*\)>, "\([^"]*\)".*/\1\/\2/p' "$logs/trace" | sed "s|^$tree/||"
}

temp_names_are_taken() {
    daemon_up
    names=$(temp_names)
    [ "$(printf '%s\n' "$names" | wc -l)" -eq 2 ] || fail "temp names: $names"
    for name in $names; do
        for kind in link dangling fifo second_name content nobodys; do
            again
            daemon_up
            case $kind in
                link) ln -s "$victim" "$tree/$name" ;;
                dangling) ln -s "$evil/made" "$tree/$name" ;;
                fifo) mkfifo -m 0666 "$tree/$name" ;;
                second_name) ln "$victim" "$tree/$name" ;;
                content) printf 'mine\n' >"$tree/$name"; chmod 0666 "$tree/$name" ;;
                nobodys) : >"$tree/$name"; chown "$nobody" "$tree/$name" ;;
            esac
            asks 0 otp "$own" "$conf"
            is_otp
            fifo_is_good
            no_strangers
            equal '0:0 644 of root' "$(stat -c '%u:%g %a' "$victim") $(cat "$victim")" victim
            [ ! -e "$evil/made" ] || fail 'a link was followed'
            equal 'regular file 0:0 644 1' "$(stat -c '%F %u:%g %a %h' "$conf")" configuration
        done
        again
        daemon_up
        mkdir "$tree/$name"
        refuses -2 otp "$own" "$conf"
        is_orig
        hups 0
    done
}

# A FIFO that is there already is used only when it can be trusted, and is never left open to others.
fifo_made_before() {
    for kind in nobodys open_to_all second_name wrong_group held_open; do
        again
        daemon_up
        mkfifo -m 0640 "$fifo"
        chown "0:$gid" "$fifo"
        case $kind in
            nobodys) chown "$nobody" "$fifo" ;;
            open_to_all) chmod 0666 "$fifo" ;;
            second_name) ln "$fifo" "$evil/fifo" ;;
            wrong_group) chown "0:$nobody" "$fifo" ;;
            held_open)
                chmod 0666 "$fifo"
                # shellcheck disable=SC2016 # for the inner shell
                spawn "$as_stranger" sh -c 'exec 3<>"$1"; printf x >&3; printf x >"$2"; exec sleep 600' hold "$fifo" "$(scrap held)"
                eventually 10 test -s "$logs/held"
                ;;
        esac
        either '0 -2' otp "$own" "$conf"
        if [ "$got" = 0. ]; then
            is_otp
            fifo_is_good
        else
            is_orig
        fi
        [ "$kind" != second_name ] || [ "$(stat -c %i "$fifo")" != "$(stat -c %i "$evil/fifo")" ] || [ "$got" = -2. ] ||
            fail 'the FIFO has still another name'
        if [ "$kind" = held_open ]; then
            # What was opened while all could write must not be the way by which lines reach Erlang.
            inode=$(stat -L -c %i "/proc/$(pgrep -u "$nobody" -x sleep | tail -n 1)/fd/3")
            [ "$inode" != "$(stat -c %i "$fifo")" ] || fail 'a writer from before still holds the FIFO'
        fi
    done
}

# scrap NAME: a file in $logs that nobody may write.
scrap() {
    : >"$logs/$1"
    chmod 0666 "$logs/$1"
    printf '%s' "$logs/$1"
}

who_may_open_the_fifo() {
    daemon_up
    asks 0 otp "$own" "$conf"
    # shellcheck disable=SC2016 # for the inner shell
    "$as" sh -c 'exec 3<>"$1"' open "$fifo" 2>/dev/null && fail 'the group may write'
    # shellcheck disable=SC2016
    "$as_stranger" timeout 2 sh -c 'exec 3<"$1"' open "$fifo" 2>/dev/null && fail 'strangers may read'
    exec 3<>"$fifo"
    "$as" head -c 0 "$fifo" || fail 'the group may not read'
    exec 3>&-
}

# Everything the caller can open it also locks, for ever.
the_caller_locks_what_it_can() {
    daemon_up
    for file in "$own" "$tree" "$tree/etc" "$orig" "$otp" "$conf" "$pid_file" /etc/vakt /etc/vakt/syslog.allow "$helper"; do
        spawn "$as" flock "$file" sleep 600
    done
    ! "$as" flock -n "$lock" true 2>/dev/null || fail 'the lock is open to the caller'
    asks 0 otp "$own" "$conf"
    ! "$as" flock -n "$lock" true 2>/dev/null || fail 'the lock is open to the caller'
    is_otp
}

# ---- owners -----------------------------------------------------------------------------------------------------------------

# emulator_up [NAME]: a process called so runs otp and lives on; its pid is in $emulator.
emulator_up() {
    name=${1:-beam.smp}
    install -m 0755 "$(readlink -f /bin/sh)" "$room/sbin/$name"
    mkfifo "$logs/stay" 2>/dev/null || :
    chmod 0644 "$logs/stay"
    # shellcheck disable=SC2016 # for the inner shell
    spawn "$as" "$room/sbin/$name" -c 'echo $$ >"$6"; "$1" otp "$2" "$3" >"$4"; read -r _ <"$5"; :' \
        emulator "$helper" "$own" "$conf" "$(scrap answer)" "$logs/stay" "$(scrap emulator)"
    eventually 10 test -s "$logs/answer"
    emulator=$(cat "$logs/emulator")
}

another_owner_lives() {
    daemon_up
    emulator_up
    equal 0 "$(cat "$logs/answer")" 'answer to the first'
    is_otp
    remember
    for mode in otp nootp; do
        asks -1 "$mode" "$own" "$conf"
        nothing_changed "$lock" "$own"
    done
    logged "process $emulator"
    hups 1
    first=$emulator
    # A second emulator, and root by the same policy, are no exception.
    emulator_up beam.second
    equal -1 "$(cat "$logs/answer")" 'answer to the second emulator'
    answers -1 "$as" setsid -w "$helper" nootp "$own" "$conf"
    kill -KILL "$first"
    eventually 10 is_dead "$first"
    asks 0 nootp "$own" "$conf"
    is_orig
    no_fifo
    hups 2
}

# Dead, reaped or not.
is_dead() { case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in '' | Z* | X*) ;; *) return 1 ;; esac; }

# The record of a live owner with one thing changed is nobody's any more; rubbish is nobody's too.
records_that_lie() {
    daemon_up
    emulator_up
    cp "$lock" "$tree/root/record"
    start=$(sed 's/.*) //' "/proc/$emulator/stat" | cut -d ' ' -f 20)
    boot=$(cat /proc/sys/kernel/random/boot_id)
    grep -q "$start" "$lock" || fail 'no start time in the record'
    grep -q "$boot" "$lock" || fail 'no boot in the record'
    asks -1 otp "$own" "$conf"
    for lie in "s/$start/1$start/" "s/$boot/$(printf '%s' "$boot" | tr '0123456789abcdef' '1032547698badcfe')/" "s/ $emulator / 4194304 /"; do
        record_is "$lie"
        asks 0 otp "$own" "$conf"
        record_is "s/x/x/"
        asks -1 otp "$own" "$conf"
    done
    for rubbish in empty zeros long random text; do
        case $rubbish in
            empty) : >"$lock" ;;
            zeros) head -c 128 /dev/zero >"$lock" ;;
            long) { cat "$tree/root/record"; head -c 1000000 /dev/zero; } >"$lock" ;;
            random) head -c 4096 /dev/urandom >"$lock" ;;
            text) yes 'vakt 1 1 1 1 1 1 told' | head -c 128 >"$lock" ;;
        esac
        either '0 -1' otp "$own" "$conf"
        [ "$rubbish" = long ] || equal 0. "$got" "answer with a record of $rubbish"
    done
}

record_is() { sed "$1" "$tree/root/record" >"$lock"; }

# A name made to mislead whoever parses /proc/PID/stat.
a_misleading_name() {
    daemon_up
    emulator_up 'beam) R 1 1 1 (x'
    equal 0 "$(cat "$logs/answer")" answer
    grep -q " $emulator " "$lock" || fail "the record names another process: $(cat "$lock")"
    asks -1 nootp "$own" "$conf"
    kill -KILL "$emulator"
    eventually 10 is_dead "$emulator"
    asks 0 nootp "$own" "$conf"
}

a_very_deep_caller() {
    daemon_up
    # shellcheck disable=SC2016 # for the inner shells
    nest='n=$1; shift; if [ "$n" -eq 0 ]; then "$@"; else sh -c "$NEST" nest $((n - 1)) "$@"; fi; exit $?'
    answers 0 "$as" env "NEST=$nest" sh -c "$nest" nest 300 "$helper" otp "$own" "$conf"
}

# ---- the daemon -------------------------------------------------------------------------------------------------------------

same_name_other_path() {
    mkdir "$evil/sbin"
    install -m 0755 "$exe" "$evil/sbin/fake_syslogd"
    spawn "$evil/sbin/fake_syslogd" "$pid_file" "$conf" "$logs/hups"
    eventually 10 test -s "$pid_file"
    refuses -3 otp "$own" "$conf"
    ! grep -q hup "$logs/hups" || fail 'it was signalled'
}

another_user_runs_it() {
    : >"$pid_file"
    # shellcheck disable=SC2016 # for the inner shell
    spawn "$as" "$exe" "$evil/pid" "$conf" "$evil/hups"
    eventually 10 test -s "$evil/pid"
    cat "$evil/pid" >"$pid_file"
    refuses -3 otp "$own" "$conf"
    ! grep -q hup "$evil/hups" || fail 'it was signalled'
}

the_file_was_replaced() {
    install -m 0755 "$exe" "$tree/root/syslogd"
    exe=$tree/root/syslogd
    policy "$(usual_row)"
    daemon_up
    rm "$exe"
    refuses -3 otp "$own" "$conf"
    install -m 0755 "$room/sbin/fake_syslogd" "$exe"
    refuses -3 otp "$own" "$conf"
    hups 0
}

# In a namespace of its own a process can have any path; the file behind it is another one.
a_forged_path() {
    # shellcheck disable=SC2016 # for the inner shell
    spawn "$as" unshare --user --map-root-user --mount sh -c '
        mount -t tmpfs none "$1/run" && mkdir "$1/run/x" && cp "$2" "$1/run/x/file" && mount -t tmpfs none "$3" &&
        cp "$1/run/x/file" "$3/fake_syslogd" && chmod 755 "$3/fake_syslogd" && exec "$2" "$4/pid" "$1/etc/syslog.conf" "$4/hups"' \
        forge "$tree" "$exe" "$room/sbin" "$evil"
    forger=$spawned
    eventually 10 forged_or_gone
    [ -s "$evil/pid" ] || skip 'no user namespaces for nobody here'
    printf '%s\n' "$(pgrep -u "$nobody" -x fake_syslogd | tail -n 1)" >"$pid_file"
    equal "$exe" "$(readlink "/proc/$(cat "$pid_file")/exe")" 'path of the forger'
    refuses -3 otp "$own" "$conf"
    ! grep -q hup "$evil/hups" || fail 'it was signalled'
}

forged_or_gone() { [ -s "$evil/pid" ] || ! kill -0 "$forger" 2>/dev/null; }

dead_but_not_buried() {
    # shellcheck disable=SC2016 # for the inner shell
    spawn sh -c '"$@" & exec sleep 600' parent "$exe" "$pid_file" "$conf" "$logs/hups"
    eventually 10 test -s "$pid_file"
    kill -KILL "$(cat "$pid_file")"
    eventually 10 is_dead "$(cat "$pid_file")"
    [ -d "/proc/$(cat "$pid_file")" ] || fail 'buried'
    refuses -3 otp "$own" "$conf"
}

a_stopped_daemon() {
    daemon_up
    kill -STOP "$daemon"
    asks 0 otp "$own" "$conf"
    kill -CONT "$daemon"
    hups 1
    is_otp
}

# ---- the log ----------------------------------------------------------------------------------------------------------------

no_log_to_talk_to() {
    for kind in none file folder link stream stuck; do
        again
        daemon_up
        kill -KILL "$logger_pid"
        wait "$logger_pid" 2>/dev/null || :
        rm -f /dev/log
        case $kind in
            file) : >/dev/log ;;
            folder) mkdir /dev/log ;;
            link) ln -s "$victim" /dev/log ;;
            stream) perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "/dev/log", Listen => 1)' ;;
            stuck)
                # A logger that lives and does not read: its queue is filled first.
                log_up
                kill -STOP "$logger_pid"
                # shellcheck disable=SC2016 # perl's
                ! timeout 2 perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_DGRAM, 0); connect($s, pack_sockaddr_un("/dev/log")) or exit 0;
                    send($s, "x", 0) for 1 .. 100000' || fail 'the queue has no end'
                ;;
        esac
        time_limit=5
        asks 0 otp "$own" "$conf"
        is_otp
        asks -1 otp "$own" "$evil"
        equal 'of root' "$(cat "$victim")" victim
        rm -rf /dev/log
    done
}

refusals_are_logged() {
    daemon_up
    asks -1 otp "$own" "$victim"
    logged "mod_syslog.*$victim.*uid $nobody"
    printf x >"$fifo"
    asks -2 otp "$own" "$conf"
    logged 'syslog.otp'
    rm "$fifo"
    printf '2\n' >"$pid_file"
    asks -3 otp "$own" "$conf"
    logged 'mod_syslog.*-3'
    answers -1 "$as_stranger" "$open_helper" otp "$own" "$conf"
    logged "uid $nobody.*may not"
}

# ---- what is handed down ------------------------------------------------------------------------------------------------------

odd_surroundings() {
    rm -rf "$room/gone"
    install -d -o "$nobody" "$room/gone"
    for thing in personality=0040000 personality=0400000 personality=ffe0008 nice=19 idle fdat=1000 fdat=4000 fdflood "deletedcwd=$room/gone/now"; do
        again
        daemon_up
        answers 0 "$hostile" "nobody=$gid" "$thing" -- "$helper" otp "$own" "$conf"
        is_otp
        fifo_is_good
    done
    again
    daemon_up
    cd "$tree/root"
    chmod 0700 "$tree/root"
    answers 0 "$hostile" "nobody=$gid" -- "$helper" otp "$own" "$conf"
}

# What was sent before it began, and held back, is none of its business.
pending_signals() {
    for signal in 1 2 3 13 14 15 17 18 20 4 5 6 7 8 11 31 all; do obeys "pending=$signal"; done
}

# What prctl sets and exec keeps: 26 no time stamp counter, 29 timer slack in ns, 41 no huge pages, 65 no memory both written and run.
kernel_switches() {
    for switch in 26:2 29:3600000000000 41:1 65:1; do
        again
        daemon_up
        runs "$hostile" "nobody=$gid" "prctl=$switch" -- "$helper" otp "$own" "$conf"
        case $status in 97) continue ;; esac
        equal '0 0.' "$status $got" "exit status and answer with prctl $switch"
        is_otp
        fifo_is_good
    done
    # Waiting for the lock ends in time, however lazy the caller made the timers.
    asks 0 otp "$own" "$conf"
    lock_holder_up
    time_limit=30
    answers -2 "$hostile" "nobody=$gid" prctl=29:3600000000000 -- "$helper" otp "$own" "$conf"
}

# Descriptors of the caller's do not come along: a trace shows none above 2 in use from before.
inherited_descriptors_are_closed() {
    daemon_up
    asks 0 otp "$own" "$conf"
    lock_holder_up
    spawn "$hostile" "nobody=$gid" fdat=3 fdat=77 fdat=1500 -- "$helper" nootp "$own" "$conf" >/dev/null
    prey=$spawned
    eventually 10 runs_as_root "$prey"
    eventually 10 waits_for_the_lock "$prey"
    ! find "/proc/$prey/fd" -lname /dev/null -name '[3-9]*' | grep . || fail 'a descriptor came along'
    for fd in 77 1500; do [ ! -e "/proc/$prey/fd/$fd" ] || fail "descriptor $fd came along"; done
    kill "$lock_holder"
    wait "$prey"
    is_orig
}

waits_for_the_lock() { find "/proc/$1/fd" -lname "$lock" | grep -q .; }

odd_outputs() {
    for kind in closedpipe fullnonblock readonly; do
        again
        daemon_up
        answers '' "$hostile" "nobody=$gid" "stdout=$kind" -- "$helper" otp "$own" "$conf"
        is_otp
        fifo_is_good
        hups 1
    done
    again
    daemon_up
    status=0
    "$as" "$helper" otp "$own" "$conf" >/dev/full || status=$?
    equal 0 "$status" 'exit status with a full device'
    is_otp
}

# Whoever does not read the answer holds up nobody else.
a_full_pipe_blocks_nobody() {
    daemon_up
    spawn "$hostile" "nobody=$gid" stdout=fullpipe -- "$helper" otp "$own" "$conf"
    eventually 10 cmp -s "$otp" "$conf"
    time_limit=5
    asks 0 otp "$own" "$conf"
    asks 0 nootp "$own" "$conf"
    hups 2
}

# The kernel asks the writer, not the opener, whether this may be written.
the_answer_is_no_weapon() {
    capsh=$(awk '/^CapBnd/ { print $2 }' /proc/self/status)
    [ $((0x$capsh >> 24 & 1)) -eq 1 ] || skip 'no CAP_SYS_RESOURCE here, so it proves nothing'
    # shellcheck disable=SC2016 # for the inner shell
    "$as" sh -c 'sleep 60 & "$1" otp x y >"/proc/$!/oom_score_adj"; cat "/proc/$!/oom_score_adj"; kill $!' adj "$helper" >"$logs/adj" 2>&1
    equal 0 "$(tail -n 1 "$logs/adj")" 'oom_score_adj after the answer -1'
}

# on_a_terminal THING: otp on a terminal, that is, as a session of its own; the lock makes sure it is in the middle.
on_a_terminal() {
    daemon_up
    install -m 0600 /dev/null "$lock"
    lock_holder_up
    spawn "$hostile" "$1" "nobody=$gid" -- "$helper" otp "$own" "$conf" >"$logs/typed" 2>&1
    sleep 1
    kill "$lock_holder"
    status=0
    wait "$spawned" || status=$?
    equal 0 "$status" 'exit status'
    is_otp
    fifo_is_good
    hups 1
}

typed_keys() {
    on_a_terminal keys=300
    equal 0 "$(cat "$logs/typed")" answer
}

terminal_goes_away() { on_a_terminal hangup=300; }

# Wherever the kernel takes the setuid bit away, the helper has no rights and uses none.
without_its_rights() {
    for things in nnp 'nnp refuse=74' 'nnp refuse=82' 'nnp refuse=317' userns sharedfs; do
        again
        daemon_up
        remember
        # shellcheck disable=SC2086 # several things
        runs "$hostile" "nobody=$gid" $things -- "$helper" otp "$own" "$conf"
        case $status:$got in 0:-1. | 0:-2. | 0:-3. | 97:. | 126:.) ;; *) fail "$things: $said" ;; esac
        nothing_changed
        hups 0
    done
}

linked_elsewhere() {
    daemon_up
    ln "$helper" "$room/bin/other" 2>/dev/null || fail 'no link'
    answers 0 "$as" "$room/bin/other" otp "$own" "$conf"
    rm "$room/bin/other"
    ln -s "$helper" "$evil/mod_syslog"
    answers 0 "$as" "$evil/mod_syslog" nootp "$own" "$conf"
    is_orig
}

# ---- --check ------------------------------------------------------------------------------------------------------------------

# It looks with the caller's eyes: what the caller cannot see leaves no trace in the words.
check_tells_no_secrets() {
    daemon_up
    chmod 0700 "$own" "$tree/root"
    for file in 'x' ''; do
        if [ -n "$file" ]; then mv "$orig" "$tree/root/orig"; else mv "$tree/root/orig" "$orig"; fi
        remember
        status=0
        timeout -k 1 20 "$as" "$helper" --check "$own" "$conf" >"$logs/check$file" 2>&1 || status=$?
        nothing_changed
        equal 1 "$status" "exit status; it said: $(cat "$logs/check$file")"
    done
    cmp "$logs/checkx" "$logs/check" || fail 'the words depend on what the caller cannot see'
    for path in "$secret" "$tree/root" /root /etc/shadow; do
        timeout -k 1 20 "$as" "$helper" --check "$path" "$path" >"$logs/check" 2>&1 || :
        ! grep -q 'root alone' "$logs/check" || fail 'a secret was read'
    done
    equal '' "$(find "$evil" -mindepth 1)" 'made by --check'
}

check_changes_nothing() {
    daemon_up
    remember
    status=0
    timeout -k 1 20 "$as" "$helper" --check "$own" "$conf" >"$logs/check" 2>&1 || status=$?
    [ "$status" -le 1 ] || fail "exit status $status: $(cat "$logs/check")"
    nothing_changed
    asks 0 otp "$own" "$conf"
    remember
    timeout -k 1 20 "$as" "$helper" --check "$own" "$conf" >"$logs/check" 2>&1 || :
    nothing_changed
    lock_holder_up
    timeout -k 1 5 "$as" "$helper" --check "$own" "$conf" >"$logs/check" 2>&1 || [ $? -le 1 ] || fail '--check waits for the lock'
    for arguments in '' 'x' 'x y z'; do
        status=0
        # shellcheck disable=SC2086 # words
        "$as" "$helper" --check $arguments >"$logs/check" 2>&1 || status=$?
        equal 2 "$status" "exit status of --check $arguments"
    done
    hups 1
}

row 'newlines, quotes, format and control bytes in arguments are -1, and forge no log line' odd_bytes_in_arguments
row 'relative paths are refused, in request and policy' relative_paths
row 'prefixes, suffixes, other case, swapped and empty arguments are -1' almost_the_row
row 'the own folder of one row with the configuration of another is -1' rows_are_not_mixed
row 'twenty thousand arguments, or one of 130000 bytes, are -1' very_many_arguments
row 'the policy: no last newline, blanks, comments, 64 KiB; CR, byte order mark, NUL, twice the same, 64 KiB + 1' policy_spellings
row 'one malformed row in the policy refuses all, and the log names its line' malformed_rows
row 'the callers of a row, and no others; the right group as the last of 4001' callers_of_a_row
row 'a policy whose configuration is one of the own files is refused' conf_is_an_own_file
row 'a flavour that re-reads nothing never touches its configuration' conf_of_a_permanent_rule
row 'a configuration that is neither ORIG nor OTP is -2 and kept' the_operators_edit_is_kept
row 'an OTP file with the FIFO as a plain path is -2' a_plain_path_is_refused
row 'a configuration of somebody else, or no file, is -2' somebody_elses_conf
row 'a lock name that is taken by anything else is -2, without a hang' lock_name_is_taken
row 'temp names taken before: links not followed, nothing written through' temp_names_are_taken
row 'a FIFO made before by others, with another name or held open by a writer is not used' fifo_made_before
row 'the FIFO: the group reads, nobody writes, strangers do neither' who_may_open_the_fifo
row 'locks on everything the caller can open hold up nothing' the_caller_locks_what_it_can
row 'while its owner lives others are -1 and the log says who; when it is dead its claim lapses' another_owner_lives
row 'an owner record with another start, boot or pid, or rubbish, claims nothing' records_that_lie
row 'an emulator named to mislead a parser of /proc is found all the same' a_misleading_name
row 'a caller three hundred processes deep gets its answer' a_very_deep_caller
row 'a daemon of the same name elsewhere is -3' same_name_other_path
row 'the daemon'"'"'s program run by another user is -3' another_user_runs_it
row 'a daemon whose file was replaced is -3' the_file_was_replaced
row 'a path forged in a namespace is -3' a_forged_path
row 'a zombie is -3' dead_but_not_buried
row 'a stopped daemon is told, and nothing waits for it' a_stopped_daemon
row 'no log, a wrong one, or one that does not read: nothing waits, nothing is written' no_log_to_talk_to
row 'refusals stand in the log with who and why' refusals_are_logged
row 'personality, niceness, idle class, descriptors, deleted and closed working directories: 0' odd_surroundings
row 'signals sent before it began: 0' pending_signals
row 'switches of prctl that last over exec: 0, and no longer wait for the lock' kernel_switches
row 'no descriptor of the caller comes along' inherited_descriptors_are_closed
row 'a closed, full or read-only stdout: done all the same' odd_outputs
row 'a caller that does not read its answer holds up nobody' a_full_pipe_blocks_nobody
row 'the answer is written with the caller'"'"'s rights' the_answer_is_no_weapon
row 'interrupt, quit and suspend typed in the middle: 0' typed_keys
row 'a terminal that goes away in the middle: done all the same' terminal_goes_away
row 'without its rights (no new privileges, seccomp, user namespace, shared working directory) it changes nothing' without_its_rights
row 'under another name, or through a link, it is the same' linked_elsewhere
row '--check tells nothing that the caller cannot see' check_tells_no_secrets
row '--check changes nothing, waits for nothing; its usage is 2' check_changes_nothing

caught almost_the_row
caught rows_are_not_mixed
caught malformed_rows
caught the_operators_edit_is_kept
caught conf_is_an_own_file 'wanted one of'
caught fifo_made_before 'failed: '
caught another_owner_lives 'failed: '
caught same_name_other_path
caught another_user_runs_it

check 'build/ holds no setuid file' build_holds_no_setuid_file
check 'the /etc of the machine is untouched' machines_etc_is_untouched
finish
