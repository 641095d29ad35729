#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: scripts/confine.sh sh test/prog/sysv.sh
# S75otp.system starts and stops the node of an ordinary user: by erl_call, by SIGTERM, by SIGKILL with its heart first, and never
# anybody else's process. The node is a stand-in; the user is one of a private /etc/passwd.
# shellcheck disable=SC2016 # scripts in quotes are for other shells
. test/prog/lib.sh
. test/prog/lib-bourne.sh
suite sysv

# Under build/ nobody but root comes through, so that the user's home is in a place of its own.
make_user() {
    [ "$(id -u)" -eq 0 ] || return 0
    home=$(mktemp -d /tmp/vakt-sysv.XXXXXX)
    mount -t tmpfs -o mode=0755 vakt-sysv "$home"
    uid=64123
    { cat /etc/passwd; printf 'vaktnode:x:%s:%s::%s:/bin/sh\n' "$uid" "$uid" "$home"; } >"$suite_tmp/passwd"
    { cat /etc/group; printf 'vaktnode:x:%s:\n' "$uid"; } >"$suite_tmp/group"
    { cat /etc/shadow; printf 'vaktnode:!:::::::\n'; } >"$suite_tmp/shadow"
    chmod 0600 "$suite_tmp/shadow"
    for table in passwd group shadow; do mount --bind "$suite_tmp/$table" "/etc/$table"; done
}
leave_user() {
    [ -n "${home:-}" ] || return 0
    for table in passwd group shadow; do umount "/etc/$table"; done
    umount "$home"
    rmdir "$home"
}

# place: an installation directory in $o whose node is the stand-in, and the script in $script.
place() {
    [ -n "${home:-}" ] || skip 'needs root'
    o=$home/otp
    pidfile=$home/node.pid
    rm -rf "$o" "$pidfile"
    mkdir -p "$o/bin" "$o/log" "$o/lib"
    # As run_erl does it: a process of its own, that goes on when start has ended.
    cat >"$o/bin/start" <<-'END'
	#!/bin/sh
	env >"$0.env"
	log=$(dirname "$0")/../log
	setsid sh -c 'echo $$ >"$1"; exec "$2" "$3"' start "$VAKT_PIDFILE" "$(dirname "$0")/beam_standin" "$log" </dev/null >/dev/null 2>&1 &
	END
    # It stops in order at SIGTERM, unless log/deaf is there; its heart notes a crash when it is gone without a word.
    cat >"$o/bin/beam_standin" <<-'END'
	#!/bin/sh
	"$(dirname "$0")/heart" "$1" $$ &
	heart=$!
	stop() { [ ! -f "$1/deaf" ] || return 0; touch "$1/in_order"; kill "$heart"; exit 0; }
	trap 'stop "$1"' TERM
	touch "$1/up"
	while :; do sleep 0.05; done
	END
    cat >"$o/bin/heart" <<-'END'
	#!/bin/sh
	while kill -0 "$2" 2>/dev/null; do sleep 0.02; done
	touch "$1/crash_seen"
	END
    chmod 0755 "$o/bin/start" "$o/bin/beam_standin" "$o/bin/heart"
    chown -R "$uid:$uid" "$o"
    printf 'VAKT_USER=vaktnode\nROOTDIR=%s\nSTOP_LIMIT=%s\nHEART_COMMAND="vaktctl --yes reboot"\nVAKT_LEASE=vaktnode\nPIDFILE=%s\n' "$o" "${1:-30}" "$pidfile" >"$tmp/node.conf"
    sed 's|%USER%|nobody|; s|%ROOT%|/nowhere|; s|%SYSCONFDIR%|/nowhere|' conf/sysv/S75otp.system >"$tmp/script"
}
# otp_system ACTION: by the shell of this check
otp_system() {
    # shellcheck disable=SC2086 # "busybox sh" are two words
    VAKT_NODE_CONF=$tmp/node.conf $shell "$tmp/script" "$@"
}
up() {
    otp_system start
    eventually 20 test -f "$o/log/up"
    pid=$(cat "$pidfile")
    printf '%s\n' "$pid" >>"$tmp/.spawned"
}
down() { if kill -0 "$1" 2>/dev/null; then fail "process $1 is still there"; fi; }

starts_as_the_user_and_stops_in_order() {
    place
    up
    equal "$uid" "$(stat -c %u "/proc/$pid")" 'whose it is'
    for given in 'HEART_COMMAND=vaktctl --yes reboot' VAKT_LEASE=vaktnode "VAKT_PIDFILE=$pidfile"; do
        grep -q -x -F -e "$given" "$o/bin/start.env" || fail "not given: $given"
    done
    otp_system status | grep -q "process $pid"
    otp_system start | grep -q 'the node runs'
    equal "$pid" "$(cat "$pidfile")" 'after a second start'
    otp_system stop
    down "$pid"
    [ -f "$o/log/in_order" ] || fail 'it was not asked'
    [ ! -f "$pidfile" ] || fail 'the pid file is there'
    code=0
    otp_system status || code=$?
    equal 3 "$code" 'status'
    otp_system stop
}

what_does_not_stop_is_killed_heart_first() {
    place 1
    up
    touch "$o/log/deaf"
    otp_system stop 2>"$tmp/said"
    grep -q 'does not stop' "$tmp/said"
    down "$pid"
    [ ! -f "$o/log/in_order" ] || fail 'it was not deaf'
    for process in /proc/[0-9]*; do
        [ "$(stat -c %u "$process" 2>/dev/null || :)" != "$uid" ] || fail "left: $(tr '\0' ' ' <"$process/cmdline")"
    done
    [ ! -f "$o/log/crash_seen" ] || fail 'heart took it for a crash'
}

a_node_that_is_distributed_is_asked_by_erl_call() {
    place 20
    printf '#!/bin/sh\nprintf "%%s\\n" "$*" >"%s"\ntouch "%s"\nkill -TERM "$(cat "%s")"\n' "$o/log/called" "$o/log/by_call" "$pidfile" >"$o/bin/erl_call"
    chmod 0755 "$o/bin/erl_call"
    printf 'NODE=cp1\n' >>"$tmp/node.conf"
    up
    otp_system stop
    down "$pid"
    equal '-n cp1 -a init stop []' "$(cat "$o/log/called")"
    # one that hangs holds nothing up
    rm -f "$o/log/up" "$o/log/in_order"
    printf 'STOP_LIMIT=1\n' >>"$tmp/node.conf"
    printf '#!/bin/sh\nexec sleep 600\n' >"$o/bin/erl_call"
    up
    otp_system stop
    down "$pid"
    [ -f "$o/log/in_order" ] || fail 'SIGTERM did not follow'
    for process in /proc/[0-9]*; do
        if [ "$(stat -c %u "$process" 2>/dev/null || :)" = "$uid" ] && [ "$(cat "$process/comm")" = sleep ]; then kill -KILL "${process#/proc/}"; fi
    done
}

# The pid file is the user's to write, and root the one who reads it.
nobody_elses_process_is_touched() {
    place 1
    spawn sleep 600
    other=$spawned
    cp "$(command -v sleep)" "$tmp/beam.smp"
    spawn "$tmp/beam.smp" 600
    named_alike=$spawned
    for words in "$other" "$named_alike" 0 1 -1 "-$$" "$other $named_alike" '$(touch /tmp/vakt-sysv-pwned)' '`touch /tmp/vakt-sysv-pwned`' '; kill 1' '*' ''; do
        printf '%s\n' "$words" >"$pidfile"
        otp_system stop >/dev/null 2>&1 || :
        kill -0 "$other" || fail "with '$words' root's process was ended"
        kill -0 "$named_alike" || fail "with '$words' another's emulator was ended"
        [ ! -e /tmp/vakt-sysv-pwned ] || fail "'$words' was run"
    done
    # nor is root held up by what stands in its place, which its user cannot take, or by what its user makes of it
    : >"$pidfile"
    chown "$uid" "$pidfile"
    for act in 'rm -f' 'ln -sf /dev/zero'; do
        if su vaktnode -c "$act '$pidfile'" 2>/dev/null </dev/null; then fail "its user may: $act"; fi
    done
    su vaktnode -c "truncate -s 4G '$pidfile'" </dev/null
    # shellcheck disable=SC2086 # "busybox sh" are two words
    VAKT_NODE_CONF=$tmp/node.conf timeout 20 $shell "$tmp/script" stop 2>/dev/null || [ $? -ne 124 ] || fail 'a file of 4 GiB holds root up'
    # a number that is now another's does not keep the node from starting, whatever that one is called
    printf '%s\n' "$named_alike" >"$pidfile"
    up
    # nothing of the user's own, which may never end, stands between root and the node's end
    echo 'sleep 600' >"$home/.profile"
    # shellcheck disable=SC2086 # "busybox sh" are two words
    VAKT_NODE_CONF=$tmp/node.conf timeout 60 $shell "$tmp/script" stop || fail "the user's profile holds root up"
    rm "$home/.profile"
    down "$pid"
    kill -0 "$other"
}

# A disk that takes no writes any more is no reason to be without the node.
without_a_pid_file_it_starts() {
    place
    ln -s /proc/none "$pidfile.d"
    printf 'PIDFILE=%s/node.pid\n' "$pidfile.d" >>"$tmp/node.conf"
    otp_system start 2>"$tmp/said"
    eventually 20 test -f "$o/log/up"
    grep -q 'stop will not find it' "$tmp/said"
    rm "$pidfile.d"
    for process in /proc/[0-9]*; do
        if [ "$(stat -c %u "$process" 2>/dev/null || :)" = "$uid" ]; then kill -KILL "${process#/proc/}" 2>/dev/null || :; fi
    done
}

a_place_without_a_release_is_said() {
    place
    rm "$o/bin/start"
    code=0
    otp_system start 2>"$tmp/said" || code=$?
    equal 6 "$code" 'exit status'
    grep -q 'unpack the release' "$tmp/said"
    code=0
    otp_system 2>/dev/null || code=$?
    equal 2 "$code" 'without a word'
}

it_is_for_every_bourne_shell() {
    bourne conf/sysv/S75otp.system
    # and the check is one
    for line in 'x=$(date)' 'y=${x#a}' 'if ! true; then' 'export A=b' 'grep -q x' '[ -e x ]' 'n=$((n + 1))' 'local x' '[ a == b ]'; do
        printf '%s\n' "$line" >"$tmp/no"
        if (bourne "$tmp/no") >/dev/null; then fail "passed over: $line"; fi
    done
}

make_user
for shell in dash 'busybox sh'; do
    # shellcheck disable=SC2086
    command -v ${shell%% *} >/dev/null 2>&1 || continue
    check "$shell: it starts the node as the user, and stops it in order" starts_as_the_user_and_stops_in_order
    check "$shell: what does not stop is killed, its heart first" what_does_not_stop_is_killed_heart_first
    check "$shell: a distributed node is asked by erl_call, which may hang" a_node_that_is_distributed_is_asked_by_erl_call
    check "$shell: nobody else's process is touched" nobody_elses_process_is_touched
    check "$shell: without a pid file it starts all the same, and says so" without_a_pid_file_it_starts
    check "$shell: a place without a release, and no word" a_place_without_a_release_is_said
done
check 'it is for every Bourne shell' it_is_for_every_bourne_shell
leave_user
finish
