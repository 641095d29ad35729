#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Our heart under a real `erl -heart`: a private tree of symbolic links to the machine's OTP, with our program in BINDIR.
. test/prog/lib.sh
suite heart_erl
. test/prog/lib-otp.sh

# vm CALL [NAME=VALUE ...]: a VM under heart that runs heart_vm:CALL; its pid is in $vm, what it and heart say in $tmp/vm.log
vm() {
    [ -n "$erts" ] || skip 'no Erlang on this machine'
    call=$1
    shift
    SAID=$tmp/said
    export SAID
    spawn env "ROOTDIR=$root" "BINDIR=$root/$(basename "$erts")/bin" EMU=beam PROGNAME=erl HEART_BEAT_TIMEOUT=11 \
        ERL_CRASH_DUMP="$tmp/dump" "HEART_COMMAND=echo ran >>$tmp/ran" "$@" \
        "$root/$(basename "$erts")/bin/erlexec" -noshell -noinput -heart -pa "$suite_tmp" -eval "heart_vm:$call" \
        >"$tmp/vm.log" 2>&1
    vm=$spawned
}
said() { grep -q "^$1\$" "$tmp/said" 2>/dev/null; }
says() { grep -q "$1" "$tmp/vm.log"; }
ran() { grep -q '^ran$' "$tmp/ran" 2>/dev/null; }
other_ran() { grep -q '^other$' "$tmp/ran" 2>/dev/null; }
ended() { ! kill -0 "$1" 2>/dev/null; }
# The heart of a VM, by its argument.
heart_of() { pgrep -f "^heart -pid $1 " || :; }
no_heart() { [ -z "$(heart_of "$1")" ]; }
starts() {
    eventually 30 said started
    eventually 10 says 'heart_beat_timeout = 11'
    heart=$(heart_of "$vm")
    [ -n "$heart" ] || fail 'there is no heart'
    equal "$bin/heart" "$(readlink "/proc/$heart/exe")" 'the program that is heart'
}
stops_in_order() {
    eventually 60 said ok
    eventually 30 ended "$vm"
    eventually 10 no_heart "$vm"
    if ran; then fail 'the heart command ran'; fi
}
now() { date +%s%3N; }

stop() {
    vm 'stop().'
    stops_in_order
}
commands() {
    vm 'commands().' 'HEART_COMMAND=from the environment'
    stops_in_order
}
halted() {
    vm 'halt().'
    eventually 30 said ok
    eventually 10 ran
    eventually 10 says 'Erlang has closed\.'
    eventually 10 no_heart "$vm"
}
rebooted() {
    vm 'reboot().' "OTHER_COMMAND=echo other >>$tmp/ran"
    eventually 30 said ok
    eventually 15 other_ran
    if ran; then fail 'HEART_COMMAND ran too'; fi
}
crashed() {
    vm 'crash().'
    eventually 30 said ok
    eventually 10 ran
    eventually 10 says 'Erlang is crashing'
    [ ! -s "$tmp/dump" ] || fail 'there is a dump nobody waited for'
}
crashed_with_dump() {
    vm 'crash().' ERL_CRASH_DUMP_SECONDS=20
    eventually 30 said ok
    eventually 25 ran
    says 'Waiting for dump - timeout set to 20 seconds' || fail 'the wait is not said'
    equal '=end' "$(tail -n 1 "$tmp/dump")" 'the end of the dump'
}
killed() {
    vm 'idle().'
    starts
    kill -KILL "$vm"
    from=$(now)
    eventually 5 ran
    took=$(($(now) - from))
    [ "$took" -lt 1000 ] || fail "acted after $took ms"
}
stopped() {
    vm 'idle().'
    starts
    kill -STOP "$vm"
    from=$(now)
    eventually 20 ran
    took=$(($(now) - from))
    # The last beat was at most 5 s before.
    if [ "$took" -lt 5900 ] || [ "$took" -ge 12500 ]; then fail "acted after $took ms"; fi
    eventually 5 ended "$vm"
}
heart_killed() {
    vm 'idle().'
    starts
    kill -KILL "$heart"
    eventually 20 ended "$vm"
}
group_stopped() {
    vm 'idle().'
    starts
    # As systemd stops a unit: SIGTERM to all of it. The VM stops in order on SIGTERM.
    kill -TERM "$heart" "$vm"
    eventually 20 ended "$vm"
    eventually 10 no_heart "$vm"
    says 'SIGTERM noted' || fail 'SIGTERM is not noted'
    if ran; then fail 'the heart command ran'; fi
}
cycled() {
    vm 'cycle(20).'
    stops_in_order
}
schedulers() {
    vm 'schedulers().'
    stops_in_order
}
callback() {
    vm 'callback().'
    stops_in_order
}
bad_callback() {
    vm 'bad_callback().'
    eventually 60 ran
    eventually 10 ended "$vm"
}
hanging() {
    vm 'halt().' "HEART_COMMAND=echo \$\$ >$tmp/ran; exec sleep 600" HEART_BEAT_BOOT_DELAY=11
    eventually 30 test -s "$tmp/ran"
    eventually 25 no_heart "$vm"
    command=$(cat "$tmp/ran")
    kill -0 "$command" || fail 'the command was ended'
    kill -KILL "$command"
    eventually 5 says 'left alone'
}
failing() {
    vm 'halt().' 'HEART_COMMAND=exit 3'
    eventually 30 says 'Executed "exit 3" -> 768\. Terminating\.'
    eventually 10 no_heart "$vm"
}
missing() {
    vm 'halt().' 'HEART_COMMAND=/nowhere/to/be/found'
    eventually 30 says '> 32512\. Terminating\.'
    eventually 10 no_heart "$vm"
}
restarted() {
    vm 'halt().' "HEART_COMMAND=SAID=$tmp/said2 HEART_COMMAND= $root/$(basename "$erts")/bin/erlexec -noshell -noinput -heart -pa $suite_tmp -eval 'heart_vm:stop().' >$tmp/vm2.log 2>&1"
    eventually 60 grep -q ok "$tmp/said2"
    eventually 30 no_heart "$vm"
    says '> 0\. Terminating\.' || fail 'the new VM did not end well'
}

check 'init:stop/0 ends heart and runs nothing' stop
check 'set_cmd, get_cmd and clear_cmd mean what OTP says' commands
check 'halt/0 runs the heart command' halted
check 'init:reboot/0 runs the command that was set' rebooted
check 'a crash without dump time runs the command, and nobody waits for a dump' crashed
check 'a crash with dump time: the dump is whole before the command runs' crashed_with_dump
check 'a VM killed by SIGKILL is acted on at once' killed
check 'a VM stopped by SIGSTOP is given up on time and killed' stopped
check "a heart that is killed takes its VM down, as OTP's does" heart_killed
check 'SIGTERM to VM and heart at once stops in order' group_stopped
check 'heart:cycle/0 twenty times keeps VM and command' cycled
check 'check_schedulers keeps a healthy VM' schedulers
check 'a callback that says ok keeps the VM' callback
check 'a callback that fails ends it' bad_callback
check 'a command that hangs is left alone' hanging
check 'a command that fails is said' failing
check 'a command that is not there is said' missing
check 'the command may be a new VM under a heart of its own' restarted
finish
