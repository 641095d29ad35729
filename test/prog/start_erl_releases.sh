#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# start_erl with real releases, made by systools: one that is good, one that crashes at boot, one that hangs; and what a VM with the
# application vakt says when it ends.
. test/prog/lib.sh
suite start_erl_releases

otp=$otp_root
erts=$(find "$otp" -maxdepth 1 -name 'erts-*' 2>/dev/null | sort | tail -n 1) || :
[ -n "$erts" ] || { printf '  skip  all: there is no Erlang/OTP\n'; finish; exit 0; }
vsn=${erts##*/erts-}
peer=$top/build/test/prog/start_peer
root=$suite_tmp/otp
ERL_CRASH_DUMP_SECONDS=0
VAKT_KEEPER_SOCKET=
VAKT_START_TRIES=2
VAKT_START_HEALTHY_AFTER=0
export ERL_CRASH_DUMP_SECONDS VAKT_KEEPER_SOCKET VAKT_START_TRIES VAKT_START_HEALTHY_AFTER
unset VAKT_START_STATE VAKT_START_HEALTHY VAKT_START_STATIC RELDIR ROOTDIR ERL_AFLAGS ERL_FLAGS ERL_ZFLAGS

mkdir -p "$root/lib/start_unit-1/ebin" "$root/bin" "$root/log"
ln -s "$erts" "$root/erts-$vsn"
for library in "$otp"/lib/kernel-* "$otp"/lib/stdlib-* "$otp"/lib/sasl-*; do ln -s "$library" "$root/lib/"; done
cp "$otp/bin/start_clean.boot" "$root/bin/"
erlc -o "$root/lib/start_unit-1/ebin" test/erl/start_unit.erl
printf '{application, start_unit, [{vsn, "1"}, {modules, [start_unit]}, {registered, []}, {applications, [kernel, stdlib, sasl]},\n{mod, {start_unit, []}}, {description, "d"}, {env, []}]}.\n' \
    >"$root/lib/start_unit-1/ebin/start_unit.app"

release() {
    erl -noshell -pa "$root/lib/start_unit-1/ebin" -run start_unit make "$root" "$1" "$2"
}
data() { printf '%s %s' "$vsn" "$1" >"$root/releases/start_erl.data"; }
ledger() { "$peer" ledger "$root/log/start_ledger" | awk '{printf("%s%s", (NR > 1 ? " " : ""), ($1 == "boot" ? $2 : $1))}'; }
# What is typed goes to $tmp/in; what the console shows is in $tmp/out.
start() {
    [ -p "$tmp/in" ] || mkfifo "$tmp/in"
    # In the background the shell would give it /dev/null to read from.
    # shellcheck disable=SC2016 # for the inner shell
    spawn sh -c 'in=$1; shift; exec "$@" <>"$in"' start "$tmp/in" "$bin/start_erl" "$root" "$root/releases" "$root/releases/start_erl.data" \
        "$@" >"$tmp/out" 2>&1
}
is_good() { grep -qsx "$spawned" "$root"/log/start-*.healthy; }
is_decided() { is_good || ! kill -0 "$spawned" 2>/dev/null; }
# As whoever restarts it does: until it stays.
start_until_good() {
    for boots in 1 2 3 4 5 6 7 8; do
        start -noshell
        eventually 60 is_decided
        if is_good; then return 0; fi
        wait "$spawned" || :
    done
    fail "never came to a good one: $(ledger)"
}
stop_hard() {
    kill -KILL "$spawned"
    wait "$spawned" || :
}

first_good() {
    release 1.0 good
    data 1.0
    start -noshell
    eventually 60 is_good
    stop_hard
    equal '1.0' "$(ledger)"
    [ ! -s "$tmp/out" ] || fail "a plain start says something: $(cat "$tmp/out")"
}
check 'a release that systools made comes up, plainly' first_good

crashes() {
    release 2.0 crash
    data 2.0
    start_until_good
    stop_hard
    equal 3 "$boots" 'boots'
    equal '1.0 healthy 2.0 2.0 1.0' "$(ledger)"
    grep -q "the last good release 1.0 .*: 2.0 .* failed 2 times" "$tmp/out"
    equal "$vsn 1.0" "$(cat "$root/log/start_erl.good")" 'the kept copy'
}
check 'one that crashes at boot ends on the last good one after its tries' crashes

hangs() {
    release 3.0 hang
    data 3.0
    rm "$root/log/start_erl.good"
    for _ in 1 2; do
        start -noshell
        eventually 60 grep -q 'this release hangs' "$tmp/out"
        stop_hard
    done
    # The copy is gone: now it is RELEASES, as release_handler wrote it, that knows the permanent one.
    rm "$root/log/start_erl.good"
    start_until_good
    stop_hard
    equal '1.0 healthy 2.0 2.0 1.0 healthy 3.0 3.0 1.0' "$(ledger)"
    grep -q "an earlier release 1.0 .*: 3.0 .* failed 2 times" "$tmp/out" || fail "$(cat "$tmp/out")"
}
check 'one that hangs and is killed ends on the permanent one of RELEASES' hangs

safe() {
    mv "$root/releases/1.0" "$root/releases/gone"
    start -noshell
    eventually 60 grep -q 'the safe release, a console alone' "$tmp/out"
    # Open at both ends here too: a VM that has ended holds nobody up.
    printf 'io:format("the answer is ~b~n", [6 * 7]).\n' 1<>"$tmp/in"
    eventually 60 grep -q 'the answer is 42' "$tmp/out"
    stop_hard
    mv "$root/releases/gone" "$root/releases/1.0"
}
check 'without any of them the safe one gives a console' safe

damaged_boot() {
    rm "$root/log/start_ledger"
    data 1.0
    head -c 5000 "$root/releases/1.0/start.boot" >"$tmp/half"
    cp "$root/releases/1.0/start.boot" "$tmp/whole"
    cp "$tmp/half" "$root/releases/1.0/start.boot"
    start -noshell
    eventually 60 grep -q 'the safe release, a console alone' "$tmp/out"
    # Open at both ends here too: a VM that has ended holds nobody up.
    printf 'io:format("the answer is ~b~n", [6 * 7]).\n' 1<>"$tmp/in"
    eventually 60 grep -q 'the answer is 42' "$tmp/out"
    grep -q '1.0/start.boot: no boot file: it is cut off or damaged' "$tmp/out"
    stop_hard
    equal start_clean "$(ledger)" 'boots'
    cp "$tmp/whole" "$root/releases/1.0/start.boot"
}
check 'a damaged boot file is seen before it is tried' damaged_boot

# A VM with vakt, which ends as the expression says.
vm() {
    VAKT_START_HEALTHY=$tmp/mark timeout 60 erl -noshell -noinput -pa "$top/build/lib/vakt-"*/ebin -vakt start_os_sup false way classic \
        -vakt keeper_socket none -eval "{ok, _} = application:ensure_all_started(vakt, permanent), $1." >"$tmp/vm" 2>&1
}
orderly() {
    vm 'init:stop()' || fail "$(cat "$tmp/vm")"
    [ -s "$tmp/mark.stopped" ] || fail "no word of an orderly end: $(cat "$tmp/vm")"
    rm "$tmp/mark.stopped"
    if vm 'exit(whereis(vakt_sup), kill), timer:sleep(infinity)'; then fail 'the VM lives without its permanent application'; fi
    [ ! -f "$tmp/mark.stopped" ] || fail 'a crash was taken for an orderly end'
}
check 'a VM with the application vakt says that it ends in order, and not when it crashes' orderly

# That it is a good one must not be forgotten by a power cut right after: its name is on the disk, too.
good_for_good() {
    command -v strace >/dev/null 2>&1 || skip 'strace is not installed'
    mkdir "$tmp/log"
    VAKT_START_HEALTHY=$tmp/log/mark timeout 60 strace -f -qq -o "$tmp/calls" -e trace=rename,renameat,renameat2,open,openat,fsync \
        erl -noshell -pa "$top"/build/lib/vakt-*/ebin -eval 'ok = vakt:healthy(), halt().' || fail 'it could not be said'
    [ -s "$tmp/log/mark" ]
    sed '1,/rename.*mark\.new.* = 0/d' "$tmp/calls" >"$tmp/after"
    device=$(sed -n "s|.*open.*\"$tmp/log\".* = \([0-9]*\)\$|\1|p" "$tmp/after" | head -n 1)
    grep -q "fsync(${device:-none}) *= 0" "$tmp/after" || { cat "$tmp/after"; fail 'the directory is not brought to the disk'; }
}
check 'once a start is said to be good no power cut takes it back' good_for_good

# Should the disk fill up after the start: what is to be said of it has its room from the beginning, and is written into that. On a disk that
# is really full: test/board/user.sh.
has_room() {
    rm -f "$root/log/start_ledger" "$root"/log/start-*
    # This one says nothing of its own while another speaks for it.
    release 9.0 hang
    data 9.0
    start -noshell
    eventually 60 is_erlang
    for word in healthy healthy.stopped; do
        room=$(echo "$root"/log/start-*."$word".new)
        equal 16 "$(stat -c %s "$room")" "the room for $word"
        stat -c %i "$room" >"$tmp/$word"
    done
    word=${room%.stopped.new}
    VAKT_START_HEALTHY=$word timeout 60 erl -noshell -pa "$top"/build/lib/vakt-*/ebin \
        -eval 'ok = vakt:healthy(), ok = vakt_start_word:write(os:getenv("VAKT_START_HEALTHY") ++ ".stopped"), halt().' || fail 'it could not be said'
    equal "$(cat "$tmp/healthy")" "$(stat -c %i "$word")" 'the file that says it'
    equal "$(cat "$tmp/healthy.stopped")" "$(stat -c %i "$word.stopped")" 'the file that says it'
    stop_hard
    start -noshell
    eventually 60 is_erlang
    equal '9.0 healthy clean 9.0' "$(ledger)"
    stop_hard
    equal "$(echo "$root"/log/start-*.new | wc -w)" 2 'what is left of the start before'
}
is_erlang() { case $(readlink "/proc/$spawned/exe") in *beam*) true ;; *) false ;; esac; }
check 'what is said of a start, that it is good and that it ended in order, has its room on the disk from the beginning' has_room

finish
