#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The units, the bus policy and their place in an installation, judged offline: nothing is loaded or started.
. test/prog/lib.sh
suite units

install_here() {
    make -s install DESTDIR="$tmp/root" prefix=/usr sysconfdir=/etc >"$tmp/said" || fail "$(cat "$tmp/said")"
    units=$tmp/root/usr/lib/systemd/system
}

units_name_the_programs_that_are_installed() {
    install_here
    for unit in vakt-keeper vakt-bus; do
        [ -f "$units/$unit.service" ] || fail "$unit.service is not installed"
        if grep '%PREFIX%' "$units/$unit.service"; then fail 'a place is not filled in'; fi
    done
    equal /usr/lib/vakt/bin/wd_bus "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$units/vakt-bus.service")" 'the program of vakt-bus'
    [ ! -x "$bin/wd_bus" ] || [ -x "$tmp/root/usr/lib/vakt/bin/wd_bus" ] || fail 'wd_bus is not there'
}

# units_for_analysis: with the programs of the build, since what is named has to be there
units_for_analysis() {
    command -v systemd-analyze >/dev/null 2>&1 || skip 'there is no systemd-analyze'
    for program in wd_bus wd_keeper; do [ -x "$bin/$program" ] || skip "$program was not built"; done
    mkdir -p "$tmp/lib/vakt"
    ln -s "$bin" "$tmp/lib/vakt/bin"
    for unit in vakt-keeper vakt-bus; do
        sed "s|%PREFIX%|$tmp|" "conf/systemd/$unit.service" >"$tmp/$unit.service"
    done
}

systemd_understands_every_line() {
    units_for_analysis
    cd "$tmp"
    systemd-analyze verify --man=no ./vakt-keeper.service ./vakt-bus.service >said 2>&1 || fail "$(cat said)"
    # what is not understood is said and passed over
    if grep -E 'vakt-(keeper|bus)\.service' said; then fail 'something is not understood'; fi
    printf '[Service]\nExecStart=/nonexistent\nNoSuchKey=1\n' >broken.service
    systemd-analyze verify --man=no ./broken.service >said 2>&1 || :
    grep -q NoSuchKey said || fail 'the judge passes over what it does not know'
}

exposure_stays_low() {
    units_for_analysis
    cd "$tmp"
    systemd-analyze security --help 2>/dev/null | grep -q -- --threshold || skip 'systemd-analyze cannot judge offline'
    # tenths of systemd's points: 4.0 is what remains where reboot(2), other people's processes and real time are the job
    systemd-analyze security --offline=true --no-pager --threshold=45 ./vakt-keeper.service >said 2>&1 || fail "$(tail -n 1 said)"
    systemd-analyze security --offline=true --no-pager --threshold=10 ./vakt-bus.service >said 2>&1 || fail "$(tail -n 1 said)"
}

what_the_keeper_must_not_lose_is_there() {
    for line in Type=notify Restart=always OOMScoreAdjust=-1000 LimitMEMLOCK=infinity StartLimitIntervalSec=0 KillMode=process \
        DefaultDependencies=no RuntimeDirectoryPreserve=yes; do
        grep -qx "$line" conf/systemd/vakt-keeper.service || fail "$line"
    done
    for can in KILL SYS_BOOT IPC_LOCK SYS_NICE SYS_RESOURCE SETUID SETGID; do
        grep -A 1 '^CapabilityBoundingSet=' conf/systemd/vakt-keeper.service | grep -q "CAP_$can\\b" || fail "CAP_$can"
    done
    # a watchdog of systemd's over the keeper is the keeper's own choice
    if grep -q '^WatchdogSec=' conf/systemd/vakt-keeper.service; then fail 'WatchdogSec is on'; fi
}

the_policy_is_well_formed() {
    command -v xmllint >/dev/null 2>&1 || skip 'there is no xmllint'
    xmllint --nonet --noout conf/dbus/org.vakt.Keeper1.conf
}

without_libsystemd_wd_bus_is_left_out() {
    cat >"$tmp/pkg-config" <<-'END'
	#!/bin/sh
	case " $* " in *' libsystemd '*) exit 1 ;; esac
	exec pkg-config "$@"
	END
    chmod +x "$tmp/pkg-config"
    for what in PROGS TOOLS UNIT_SRCS systemd_SRCS systemd_PKGS; do
        make -s "print-$what" PKG_CONFIG="$tmp/pkg-config" >"$tmp/said"
        if grep -E 'wd_bus|bus_mock|bus_keeper|src/systemd|libsystemd' "$tmp/said"; then fail "$what"; fi
    done
    make -s print-PROGS PKG_CONFIG="$tmp/pkg-config" | grep -q wd_keeper
}

check 'units name the programs that are installed' units_name_the_programs_that_are_installed
check 'systemd understands every line of them' systemd_understands_every_line
check 'what they expose stays low' exposure_stays_low
check 'what the keeper must not lose is there' what_the_keeper_must_not_lose_is_there
check 'the bus policy is well formed' the_policy_is_well_formed
check 'a system without libsystemd is built without wd_bus' without_libsystemd_wd_bus_is_left_out
finish
