#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# heart inside the emulator (drivers/beam/heart_drv): OTP's own heart module with it, beam.smp run directly where no process can be
# made (no_process --strict). The board is soft_board's: it bites, and the next start is told why.
. test/prog/lib.sh
suite heart_drv

no_process=$top/build/test/prog/no_process
drivers=$(find "$top/build/lib" -path '*/priv/lib/heart.so' -printf '%h\n' 2>/dev/null | head -n 1) || :
ebin=$(find "$top/build/lib" -name vakt_boot.beam -printf '%h\n' 2>/dev/null | head -n 1) || :
otp=$otp_root
erts=$(find "$otp" -maxdepth 1 -name 'erts-*' 2>/dev/null | sort | tail -n 1) || :

boot_tool() { escript "$ebin/vakt_boot.beam" "$@"; }

# Made once: a boot file with the loader's line, and what starts a bare emulator with it.
if [ -n "$erts" ]; then
    cp "$otp/bin/start_clean.boot" "$suite_tmp/inner.boot"
    boot_tool insert "$suite_tmp/inner.boot" "$drivers" >/dev/null
    cat >"$suite_tmp/vm" <<END
#!/bin/sh
BINDIR=$erts/bin ROOTDIR=$otp EMU=beam PROGNAME=erl
export BINDIR ROOTDIR EMU PROGNAME
exec "$no_process" --strict "$erts/bin/beam.smp" -- -root "$otp" -bindir "$erts/bin" -progname erl -home /tmp -noinput \\
    -boot "\${BOOT:-$suite_tmp/inner}" \${HEART:--heart} -pa "$ebin" "\$@"
END
    chmod 0755 "$suite_tmp/vm"
fi
needs_erlang() { [ -n "$erts" ] || skip 'no Erlang is installed'; }

# vm EXPRESSION: its output is in $tmp/said
vm() {
    needs_erlang
    cd "$tmp"
    HEART_BEAT_TIMEOUT=11 VAKT_STATE_DIR=$tmp VAKT_KEEPER_SOCKET=$tmp/keeper.sock timeout 60 "$suite_tmp/vm" -eval "$1" >"$tmp/said" 2>&1
}
says() { grep -q -- "$1" "$tmp/said" || fail "it does not say $1: $(cat "$tmp/said")"; }

# board EXPRESSION: a board whose first boot evaluates it; the second tells why there was a reset, and stops in order
# The report is made beside the boot, so it is waited for.
why='Wait = fun(_, 0) -> error(no_report); (Self, N) -> case vakt_reset_report:read(\"run/reset_report.json\") of {ok, R} -> R;
    _ -> timer:sleep(50), Self(Self, N - 1) end end, R = Wait(Wait, 600), io:format(\"cause ~p~nreport ~p~n\", [maps:get(cause, R), R]), init:stop().'
board() {
    needs_erlang
    cd "$tmp"
    mkdir -p state run pstore
    cat >boot <<END
#!/bin/sh
cd $tmp
echo "boot \$SOFT_BOARD_BOOT" >>console
rm -rf run && mkdir run
case \$SOFT_BOARD_BOOT in
    1) expression='$1' ;;
    *) expression="$why" ;;
esac
export HEART_WATCHDOG_PATH=$tmp/wdt VAKT_STATE_DIR=$tmp/state VAKT_KEEPER_SOCKET=$tmp/run/keeper.sock VAKT_BOOT_ID=$tmp/boot_id \\
    VAKT_PSTORE_DIR=$tmp/pstore VAKT_PMSG=$tmp/pmsg HEART_BEAT_TIMEOUT=11 HEART_BEAT_BOOT_DELAY=${delay:-12} $more
exec $suite_tmp/vm -eval "\$expression" >>console 2>&1
END
    chmod 0755 boot
    spawn "$bin/soft_board" --socket wdt --log log --flags-file flags --boot-id boot_id --pstore pstore --pmsg pmsg --grace 0 --boots 2 -- ./boot
}
more=''
console_has() { grep -q -- "$1" "$tmp/console" 2>/dev/null; }
log_has() { grep -q -- "$1" "$tmp/log" 2>/dev/null; }
told() {
    (eventually 40 console_has 'cause [a-z]') || :
    console_has "cause $1" || fail "$(cat "$tmp/console" "$tmp/log")"
}

its_port_and_commands() {
    vm 'io:format("~p ~p~n", [erlang:port_info(whereis(heart_port), name), erlang:port_info(whereis(heart_port), os_pid)]),
        {ok, []} = heart:get_cmd(), ok = heart:set_cmd("reboot -f"), {ok, "reboot -f"} = heart:get_cmd(),
        ok = heart:set_cmd(lists:duplicate(2046, 120)), {ok, Long} = heart:get_cmd(), 2046 = length(Long),
        {error, {bad_cmd, _}} = heart:set_cmd(lists:duplicate(2047, 120)),
        ok = heart:clear_cmd(), {ok, []} = heart:get_cmd(), io:format("commands ~p~n", [done]), init:stop().' || fail "$(cat "$tmp/said")"
    says '{name,"heart -pid [0-9]* -ht 11"}'
    says '{os_pid,undefined}'
    says 'commands done'
}
cycles() {
    vm 'All = [heart:cycle() || _ <- lists:seq(1, 200)], true = lists:all(fun(A) -> A =:= ok end, All), ok = heart:set_cmd("x"),
        ok = heart:cycle(), {ok, "x"} = heart:get_cmd(),
        io:format("threads ~p~ncycles ~p~n", [length(filelib:wildcard("/proc/self/task/*")), done]), init:stop().' || fail "$(cat "$tmp/said")"
    says 'cycles done'
}
refused_in_words() {
    HEART_COMMAND=reboot HEART_KILL_SIGNAL=SIGABRT vm '{ok, []} = heart:get_cmd(), init:stop().' || fail "$(cat "$tmp/said")"
    says 'HEART_COMMAND is refused'
    says 'HEART_KILL_SIGNAL and HEART_NO_KILL are refused'
    HEART_WATCHDOG_DRIVER=i6300 vm 'init:stop().' || fail "$(cat "$tmp/said")"
    says 'is not one of linux ib700 soft none; heart acts alone'
    HEART_WATCHDOG_DRIVER=ib700 vm 'timer:sleep(500), init:stop().' || fail "$(cat "$tmp/said")"
    says "ioperm the ib700's ports: .*; without it there is reboot(2) alone"
}
without_a_watchdog() {
    # As OTP's heart without HEART_COMMAND: it says so and leaves, and the emulator ends with it.
    if vm 'true = exit(whereis(heart), kill), receive after infinity -> ok end.'; then fail "it lived: $(cat "$tmp/said")"; fi
    says 'Erlang has closed'
    says 'Would reboot. Terminating.'
}
stop_disarms() {
    board 'timer:sleep(1500), init:stop().'
    eventually 40 log_has empty
    log_has 'disarm disarmed' || fail "$(cat console log)"
    if log_has expired; then fail "$(cat console log)"; fi
}
suspended() {
    board 'timer:sleep(500), erlang:suspend_process(whereis(heart)), receive after infinity -> ok end.'
    told vm_hang
    console_has 'heart-beat time-out, no activity for 1[1-9] seconds' || fail "$(cat console)"
    log_has 'end reboot' || fail "no reboot was asked for: $(cat log)"
}
halted() {
    board 'timer:sleep(500), halt(0).'
    told heart_command
    console_has 'Erlang has closed' || fail "$(cat console)"
}
crashed() {
    more=ERL_CRASH_DUMP_SECONDS=5
    board 'timer:sleep(500), halt("it is over").'
    told vm_crash
}
crashed_without_dump() {
    board 'timer:sleep(500), halt("it is over").'
    told vm_crash
}
stopped() {
    board 'timer:sleep(500), io:format("pid is ~s~n", [os:getpid()]), receive after infinity -> ok end.'
    eventually 30 log_has ' pet'
    eventually 30 console_has 'pid is [0-9]'
    kill -STOP "$(sed -n 's/.*pid is \([0-9]*\).*/\1/p' console)"
    told hw_watchdog
    log_has expired || fail "$(cat log)"
}
stock_heart_kills_it() {
    BOOT=$otp/bin/start_clean ERL_CRASH_DUMP_SECONDS=0
    export BOOT ERL_CRASH_DUMP_SECONDS
    cd "$tmp"
    if vm 'io:format("alive~n"), init:stop().'; then fail "it lived: $(cat said)"; fi
    says 'erl_child_setup'
}

check "OTP's heart takes it: set_cmd, get_cmd, clear_cmd" its_port_and_commands
check "cycle, again and again" cycles
check "what cannot be done inside is refused in words" refused_in_words
check "without a watchdog it does what OTP's does without HEART_COMMAND" without_a_watchdog
check "init:stop disarms" stop_disarms
check "a silent VM: reboot, and the cause is told" suspended
check "halt: the port is closed without SHUT_DOWN" halted
check "a crash with a dump" crashed
check "a crash without a dump: the reason is noted all the same" crashed_without_dump
check "a stopped emulator: the hardware bites" stopped
check "without the line OTP's heart is looked for as a program, and that kills the emulator" stock_heart_kills_it
finish
