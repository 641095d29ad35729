#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# wd_bus on a private message bus: login1 and systemd1 are a mock (build/test/prog/bus_mock), the keeper is a stand-in that says
# what it is told (build/test/prog/bus_keeper), in the last checks the real one.
# Nothing here can end this machine: every program is given the address of a bus of the test's own, twice over (--bus and
# DBUS_SYSTEM_BUS_ADDRESS), the machine's bus is hidden (scripts/confine.sh) or the suite does not run, and CAP_SYS_BOOT is
# dropped. The real keeper has --end-command in place of reboot(2).
. test/prog/lib.sh
suite bus

refuse_to_run() {
    printf '  FAIL  %s\n' "$1"
    printf 'bus: 0 passed, 1 failed, 0 skipped\n'
    exit 1
}
skip_all() {
    printf '  skip  everything: %s\n' "$1"
    printf 'bus: 0 passed, 0 failed, 1 skipped\n'
    exit 0
}
[ "${VAKT_CONFINED:-}" = 1 ] || refuse_to_run 'run it under scripts/confine.sh'
if [ "$(id -u)" -eq 0 ] && [ -S /run/dbus/system_bus_socket ]; then
    refuse_to_run "the machine's own bus is in reach; run it under scripts/confine.sh"
fi
[ -x "$bin/wd_bus" ] || skip_all 'wd_bus was not built: libsystemd is not there'
command -v dbus-daemon >/dev/null 2>&1 || skip_all 'there is no dbus-daemon'
DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent/bus
export DBUS_SYSTEM_BUS_ADDRESS
unset DBUS_SESSION_BUS_ADDRESS DBUS_STARTER_ADDRESS NOTIFY_SOCKET

has() { grep -q -- "$1" "$2"; }
lines() { grep -c -- "$1" "$2" || :; }
at_least() { [ "$(lines "$2" "$3")" -ge "$1" ]; }

# A bus as the machine's is: nobody may own or call anything but what a policy allows, ours being the one that is shipped.
bus_conf() {
    me=$(id -un)
    cat >"$tmp/bus.conf" <<-XML
	<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
	 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
	<busconfig>
	 <type>system</type><listen>unix:path=$tmp/bus</listen><auth>EXTERNAL</auth>
	 <policy context="default">
	  <allow user="*"/><deny own="*"/><deny send_type="method_call"/>
	  <allow send_type="signal"/><allow send_requested_reply="true" send_type="method_return"/>
	  <allow send_requested_reply="true" send_type="error"/><allow receive_type="method_call"/>
	  <allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
	  <allow send_destination="org.freedesktop.DBus"/>
	  <allow send_destination="org.freedesktop.login1"/><allow send_destination="org.freedesktop.systemd1"/>
	 </policy>
	 <policy user="$me"><allow own="org.freedesktop.login1"/><allow own="org.freedesktop.systemd1"/></policy>
	 <include>$tmp/policy.conf</include>
	</busconfig>
	XML
    sed "s/user=\"root\"/user=\"$me\"/" conf/dbus/org.vakt.Keeper1.conf >"$tmp/policy.conf"
}
start_bus() {
    bus_conf
    rm -f "$tmp/bus"
    spawn dbus-daemon --config-file="$tmp/bus.conf" --nofork --nopidfile
    bus_pid=$spawned
    eventually 20 test -S "$tmp/bus"
}
# start_mock LOGIN1 SYSTEMD1 [STATE]
start_mock() {
    : >"$tmp/mock"
    spawn "$top/build/test/prog/bus_mock" "unix:path=$tmp/bus" "$@" >"$tmp/mock"
    mock_pid=$spawned
    eventually 20 has '^ready' "$tmp/mock"
}
start_keeper() {
    [ -p "$tmp/to" ] || mkfifo "$tmp/to"
    : >"$tmp/keeper"
    exec 9<>"$tmp/to"
    spawn "$top/build/test/prog/bus_keeper" serve "$tmp/k.sock" "$tmp/to" >"$tmp/keeper"
    keeper_pid=$spawned
    eventually 20 has '^ready' "$tmp/keeper"
}
start_wd_bus() {
    spawn env DBUS_SYSTEM_BUS_ADDRESS="unix:path=$tmp/bus" "$bin/wd_bus" --foreground --socket "$tmp/k.sock" --state "$tmp" \
        --run "$tmp" --bus "unix:path=$tmp/bus" "$@" 2>"$tmp/err"
    wd_bus_pid=$spawned
}
all_up() {
    start_bus
    start_mock "${1:-answer}" "${2:-answer}" "${3:-running}"
    start_keeper
    start_wd_bus
    eventually 20 has '^watch' "$tmp/keeper"
    eventually 20 has 'connected to the bus' "$tmp/err"
}
tell() { printf '%s\n' "$*" >&9; }
call() { busctl --address="unix:path=$tmp/bus" --timeout=10 "$@"; }
get() { call get-property org.vakt.Keeper1 /org/vakt/Keeper1 org.vakt.Keeper1 "$@"; }
owned() { call list 2>/dev/null | grep -q '^org.vakt.Keeper1'; }

every_end_is_the_call_it_should_be() {
    all_up
    for end in reboot poweroff halt; do
        tell ask login1 "$end"
        tell ask systemd1 "$end"
        eventually 20 has "^systemd1 StartUnit $end.target replace-irreversibly" "$tmp/mock"
    done
    for method in Reboot PowerOff Halt; do has "^login1 $method not-interactive" "$tmp/mock"; done
    eventually 20 at_least 6 'has taken it on' "$tmp/err"
    equal 0 "$(lines rung-failed "$tmp/keeper")" 'failed rungs'
    equal 6 "$(lines '^login1\|^systemd1' "$tmp/mock")" calls
}

a_refusal_fails_the_rung() {
    all_up refuse refuse
    tell ask login1 reboot
    eventually 20 has '^rung-failed login1' "$tmp/keeper"
    tell ask systemd1 reboot
    eventually 20 has '^rung-failed systemd1' "$tmp/keeper"
    has 'login1: .*AccessDenied: not today' "$tmp/err"
}

a_call_that_hangs_fails_the_rung_and_holds_up_nothing() {
    all_up hang hang
    tell ask login1 reboot
    eventually 20 has '^login1 Reboot' "$tmp/mock"
    # while that call is open, others are dealt with
    tell news warned otp
    eventually 20 has '^signal Warning otp 75 42000000' "$tmp/mock"
    eventually 20 has '^rung-failed login1' "$tmp/keeper"
    tell ask systemd1 reboot
    eventually 20 has '^rung-failed systemd1' "$tmp/keeper"
    has 'Connection timed out' "$tmp/err"
}

who_dies_in_mid_call_fails_the_rung() {
    all_up die answer
    tell ask login1 reboot
    eventually 20 has '^rung-failed login1' "$tmp/keeper"
}

nobody_there_fails_the_rung() {
    start_bus
    start_keeper
    start_wd_bus
    eventually 20 has 'connected to the bus' "$tmp/err"
    tell ask login1 reboot
    eventually 20 has '^rung-failed login1' "$tmp/keeper"
}

a_bus_that_comes_late_is_found() {
    start_keeper
    start_wd_bus
    eventually 20 has '^watch' "$tmp/keeper"
    tell ask login1 reboot
    eventually 20 has '^rung-failed login1' "$tmp/keeper"
    has 'there is no bus' "$tmp/err"
    start_bus
    start_mock answer answer
    # asked, it looks for the bus at once, however long it would have slept
    tell ask login1 reboot
    eventually 20 has '^login1 Reboot' "$tmp/mock"
    eventually 20 owned
}

a_bus_that_is_frozen_fails_the_rung() {
    all_up
    kill -STOP "$bus_pid"
    tell ask login1 reboot
    eventually 20 has '^rung-failed login1' "$tmp/keeper"
    tell ask systemd1 reboot
    eventually 20 has '^rung-failed systemd1' "$tmp/keeper"
    kill -CONT "$bus_pid"
}

a_bus_that_lets_nobody_in_fails_the_rung() {
    start_bus
    kill -STOP "$bus_pid"
    start_keeper
    start_wd_bus
    eventually 20 has '^watch' "$tmp/keeper"
    tell ask login1 reboot
    eventually 20 has '^rung-failed login1' "$tmp/keeper"
    kill -CONT "$bus_pid"
    eventually 20 has 'connected to the bus' "$tmp/err"
}

a_bus_that_is_restarted_is_found_again() {
    all_up
    kill "$mock_pid" "$bus_pid"
    eventually 20 has 'the bus is gone' "$tmp/err"
    start_bus
    start_mock answer answer
    eventually 40 owned
    tell ask login1 reboot
    eventually 20 has '^login1 Reboot' "$tmp/mock"
}

a_keeper_that_is_restarted_has_its_hands_again() {
    all_up
    kill "$keeper_pid"
    eventually 20 has 'the keeper is gone' "$tmp/err"
    start_keeper
    eventually 20 has '^hands' "$tmp/keeper"
    tell ask systemd1 halt
    eventually 20 has 'halt.target' "$tmp/mock"
}

properties_are_asked_of_the_keeper_when_somebody_asks() {
    command -v busctl >/dev/null 2>&1 || skip 'there is no busctl'
    all_up
    eventually 20 owned
    asked=$(lines status-asked "$tmp/keeper")
    equal 't 4711' "$(get Beats)" Beats
    equal 's "running"' "$(get Mode)" Mode
    equal '(ssss) "none" "reboot" "none" ""' "$(get Verdict)" Verdict
    equal 'as 1 "hands"' "$(get Flags)" Flags
    equal 'u 17' "$(get Boots)" Boots
    get TimeLeft | grep -q '^t [0-9]*$'
    get Leases | grep -q '^a(subsssbtttttu) 1 "otp" 1000 false "held" "calm" "none" true 60000000 60000000 '
    get Devices | grep -q '^a(ussssttxuy) 1 0 "/run/board ?" "soft" "" "armed" 30000000 [0-9]* -1 0 0$'
    get Evidence | grep -q '^a(sttttb) 1 "disk" '
    get BeatIntervals | grep -q '^a(tu) 12 1000000 0 .* 18446744073709551615 1$'
    [ "$(lines status-asked "$tmp/keeper")" -ge $((asked + 10)) ] || fail 'the keeper was not asked each time'
    call introspect org.vakt.Keeper1 /org/vakt/Keeper1 >"$tmp/all" || fail "introspect: $(cat "$tmp/all")"
    for member in .LastReset .Oldest .Deadline .VerdictSaid .GivenUp .Recovered .Warning .ResetReport; do
        grep -q -- "^$member " "$tmp/all" || fail "$member is not shown"
    done
    if get NoSuch 2>"$tmp/said"; then fail 'there is no such property'; fi
    grep -q NoSuch "$tmp/said"
    if call set-property org.vakt.Keeper1 /org/vakt/Keeper1 org.vakt.Keeper1 Beats t 1 2>"$tmp/said"; then
        fail 'nothing can be set'
    fi
    tell mute
    eventually 20 has '^did mute' "$tmp/keeper"
    if get Beats 2>"$tmp/said"; then fail 'the keeper said nothing'; fi
    grep -q 'keeper does not answer' "$tmp/said"
}

news_are_signals_and_what_changes_is_announced() {
    printf '{"version":1,"cause":"vm_hang","confidence":"high","lease":"otp","text":"no beat"}\n' >"$tmp/reset_report.json"
    start_bus
    start_mock answer answer
    start_keeper
    start_wd_bus
    eventually 20 has '^signal ResetReport vm_hang high otp no beat' "$tmp/mock"
    eventually 20 has '^report-taken' "$tmp/keeper"
    tell news warned otp
    tell news given_up otp
    tell news recovered otp
    tell news snoozed otp
    tell news verdict otp
    eventually 20 has '^signal VerdictSaid otp reboot vm_silent 42000000 1000' "$tmp/mock"
    has '^signal Warning otp 75 42000000' "$tmp/mock"
    has '^signal GivenUp otp vm_silent 42000000' "$tmp/mock"
    has '^signal Recovered otp' "$tmp/mock"
    has '^signal Noted snoozed otp vm_silent 42000000 1000' "$tmp/mock"
    eventually 20 has '^changed.* Verdict' "$tmp/mock"
    equal 1 "$(lines 'ResetReport' "$tmp/mock")" 'reports told'
}

a_shutdown_is_told_before_the_keeper_is_stopped() {
    all_up answer answer stopping
    kill -USR1 "$mock_pid"
    eventually 20 has '^going-down' "$tmp/keeper"
    : >"$tmp/keeper"
    kill "$wd_bus_pid"
    eventually 20 has '^going-down' "$tmp/keeper"
    eventually 20 has '^lost' "$tmp/keeper"
}

a_stop_of_the_service_alone_is_no_shutdown() {
    all_up
    kill "$wd_bus_pid"
    eventually 20 has '^lost' "$tmp/keeper"
    equal 0 "$(lines going-down "$tmp/keeper")" 'words of a shutdown'
}

metrics_are_written_whole_and_valid() {
    awk -f test/prog/openmetrics.awk test/data/show/board.prom || fail 'the golden text'
    printf '# TYPE a gauge\na 1\n' >"$tmp/broken"
    if awk -f test/prog/openmetrics.awk "$tmp/broken" >/dev/null; then fail 'the judge misses a text without end'; fi
    start_keeper
    start_wd_bus --metrics-interval 1
    eventually 20 test -f "$tmp/metrics.prom"
    eventually 20 has '^vakt_keeper_up 1' "$tmp/metrics.prom"
    awk -f test/prog/openmetrics.awk "$tmp/metrics.prom" || fail "$(cat "$tmp/metrics.prom")"
    has '^vakt_beats_total 4711' "$tmp/metrics.prom"
    has '^vakt_lease_held{lease="otp"} 1' "$tmp/metrics.prom"
    equal 644 "$(stat -c %a "$tmp/metrics.prom")" mode
    first=$(stat -c %i "$tmp/metrics.prom")
    kill "$keeper_pid"
    eventually 20 has '^vakt_keeper_up 0' "$tmp/metrics.prom"
    awk -f test/prog/openmetrics.awk "$tmp/metrics.prom" || fail "$(cat "$tmp/metrics.prom")"
    [ "$first" != "$(stat -c %i "$tmp/metrics.prom")" ] || fail 'it was written in place'
}

metrics_are_not_written_unless_asked_for() {
    start_keeper
    start_wd_bus
    eventually 20 has '^watch' "$tmp/keeper"
    tell news given_up otp
    eventually 20 has '^status-asked' "$tmp/keeper"
    [ ! -e "$tmp/metrics.prom" ] || fail 'it was'
}

switches() { sed -n 's/^voluntary_ctxt_switches:[[:space:]]*//p' "/proc/$wd_bus_pid/status"; }
settled() {
    before=$(switches)
    sleep 2
    [ "$(switches)" = "$before" ]
}

it_sleeps_when_nobody_asks() {
    all_up
    eventually 20 owned
    eventually 20 settled
}

arguments_that_are_wrong_are_refused() {
    for words in --nosuch --socket '--metrics-interval 0' '--metrics-interval 1s' '--metrics-interval 86401'; do
        code=0
        # shellcheck disable=SC2086 # words
        "$bin/wd_bus" $words >"$tmp/out" 2>&1 || code=$?
        equal 64 "$code" "status of wd_bus $words"
        has '^wd_bus: ' "$tmp/out"
    done
    "$bin/wd_bus" --version | grep -q '^wd_bus [0-9]'
}

root_without_a_capability_is_enough() {
    [ "$(id -u)" -eq 0 ] || skip 'only root can be without capabilities'
    start_bus
    start_mock answer answer
    start_keeper
    spawn setpriv --bounding-set=-all --inh-caps=-all env DBUS_SYSTEM_BUS_ADDRESS="unix:path=$tmp/bus" "$bin/wd_bus" \
        --socket "$tmp/k.sock" --state "$tmp" --run "$tmp" --bus "unix:path=$tmp/bus" --metrics 2>"$tmp/err"
    eventually 20 owned
    equal 0000000000000000 "$(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$spawned/status")" capabilities
    tell ask login1 reboot
    eventually 20 has 'login1 has taken it on' "$tmp/err"
    eventually 20 has '^vakt_keeper_up 1' "$tmp/metrics.prom"
}

# ---- with the real keeper ----

real_keeper() {
    [ -x "$bin/wd_keeper" ] || skip 'wd_keeper was not built'
    cat >"$tmp/keeper.conf" <<-CONF
	lock_memory = false;
	oom_exempt = false;
	CONF
    cat >"$tmp/end" <<-END
	#!/bin/sh
	printf '%s\n' "\$1" >>"$tmp/ended"
	END
    chmod +x "$tmp/end"
    mkdir "$tmp/state" "$tmp/pstore"
    spawn "$bin/wd_keeper" --foreground --config "$tmp/keeper.conf" --socket "$tmp/k.sock" --state "$tmp/state" --run "$tmp" \
        --pstore "$tmp/pstore" --pmsg "$tmp/nopmsg" --end-command "$tmp/end" 2>"$tmp/kerr"
    keeper_pid=$spawned
    eventually 20 test -S "$tmp/k.sock" || fail "$(cat "$tmp/kerr")"
}

the_real_keeper_goes_down_its_ladder() {
    start_bus
    start_mock hang refuse
    real_keeper
    start_wd_bus --state "$tmp/state" --metrics-interval 1
    eventually 20 has 'connected to the bus' "$tmp/err"
    eventually 20 has 'connected to the keeper' "$tmp/err"
    eventually 20 has '^vakt_boots_total 1' "$tmp/metrics.prom"
    awk -f test/prog/openmetrics.awk "$tmp/metrics.prom" || fail "$(cat "$tmp/metrics.prom")"
    "$top/build/test/prog/bus_keeper" end "$tmp/k.sock" reboot || fail "the keeper refused: $(cat "$tmp/kerr")"
    eventually 30 test -s "$tmp/ended" || fail "$(cat "$tmp/kerr" "$tmp/err")"
    equal reboot "$(cat "$tmp/ended")" 'what reboot(2) was to do'
    has '^login1 Reboot not-interactive' "$tmp/mock"
    has '^systemd1 StartUnit reboot.target' "$tmp/mock"
    has '^signal VerdictSaid  reboot requested' "$tmp/mock"
}

a_wd_bus_that_dies_resets_nothing() {
    start_bus
    start_mock answer answer
    real_keeper
    start_wd_bus
    eventually 20 owned
    kill -KILL "$wd_bus_pid"
    start_wd_bus
    eventually 20 owned
    kill -0 "$keeper_pid" || fail 'the keeper is gone'
    equal '(ssss) "none" "reboot" "none" ""' "$(get Verdict)" 'the verdict'
    equal 0 "$(lines '^login1\|^systemd1' "$tmp/mock")" 'calls that end the system'
    [ ! -e "$tmp/ended" ] || fail 'the board was ended'
}

check 'each rung and end is its one call, and an answer fails nothing' every_end_is_the_call_it_should_be
check 'a refusal fails the rung' a_refusal_fails_the_rung
check 'a call that hangs fails the rung, and meanwhile the rest goes on' a_call_that_hangs_fails_the_rung_and_holds_up_nothing
check 'who dies in mid call fails the rung' who_dies_in_mid_call_fails_the_rung
check 'nobody there fails the rung' nobody_there_fails_the_rung
check 'a bus that comes late is found' a_bus_that_comes_late_is_found
check 'a bus that is frozen fails the rung' a_bus_that_is_frozen_fails_the_rung
check 'a bus that lets nobody in fails the rung' a_bus_that_lets_nobody_in_fails_the_rung
check 'a bus that is restarted is found again' a_bus_that_is_restarted_is_found_again
check 'a keeper that is restarted has its hands again' a_keeper_that_is_restarted_has_its_hands_again
check 'properties are the keeper'\''s own answer' properties_are_asked_of_the_keeper_when_somebody_asks
check 'news are signals, the report is told once, changes are announced' news_are_signals_and_what_changes_is_announced
check 'a shutdown is told before the keeper is stopped' a_shutdown_is_told_before_the_keeper_is_stopped
check 'a stop of the service alone is no shutdown' a_stop_of_the_service_alone_is_no_shutdown
check 'metrics are written whole and valid, with and without a keeper' metrics_are_written_whole_and_valid
check 'metrics are not written unless asked for' metrics_are_not_written_unless_asked_for
check 'it sleeps when nobody asks' it_sleeps_when_nobody_asks
check 'arguments that are wrong are refused' arguments_that_are_wrong_are_refused
check 'root without a capability is enough' root_without_a_capability_is_enough
check 'the real keeper: login1 hangs, systemd1 refuses, reboot(2) is done' the_real_keeper_goes_down_its_ladder
check 'a wd_bus that dies resets nothing' a_wd_bus_that_dies_resets_nothing
finish
