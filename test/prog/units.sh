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
    for unit in vakt-keeper vakt-bus vakt-bridge vakt-node; do
        [ -f "$units/$unit.service" ] || fail "$unit.service is not installed"
        if grep -E '%(PREFIX|USER|ROOT|SYSCONFDIR)%' "$units/$unit.service"; then fail 'a place is not filled in'; fi
    done
    equal /usr/lib/vakt/bin/wd_bus "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$units/vakt-bus.service")" 'the program of vakt-bus'
    equal /usr/lib/vakt/bin/syslog_bridge "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$units/vakt-bridge.service")" 'the program of vakt-bridge'
    [ -f "$units/vakt-bridge.socket" ] || fail 'vakt-bridge.socket is not installed'
    [ ! -x "$bin/wd_bus" ] || [ -x "$tmp/root/usr/lib/vakt/bin/wd_bus" ] || fail 'wd_bus is not there'
}

# units_for_analysis: with the programs of the build, since what is named has to be there
units_for_analysis() {
    command -v systemd-analyze >/dev/null 2>&1 || skip 'there is no systemd-analyze'
    for program in wd_bus wd_keeper syslog_bridge; do [ -x "$bin/$program" ] || skip "$program was not built"; done
    mkdir -p "$tmp/lib/vakt"
    ln -s "$bin" "$tmp/lib/vakt/bin"
    for unit in vakt-keeper vakt-bus vakt-bridge vakt-node; do
        sed "s|%PREFIX%|$tmp|; s|%USER%|root|; s|%SYSCONFDIR%|/etc|" "conf/systemd/$unit.service" >"$tmp/$unit.service"
    done
    cp conf/systemd/vakt-bridge.socket "$tmp"
}

systemd_understands_every_line() {
    units_for_analysis
    cd "$tmp"
    systemd-analyze verify --man=no ./vakt-keeper.service ./vakt-bus.service ./vakt-bridge.service ./vakt-bridge.socket ./vakt-node.service >said 2>&1 || fail "$(cat said)"
    # what is not understood is said and passed over
    if grep -E 'vakt-(keeper|bus|bridge|node)\.(service|socket)' said; then fail 'something is not understood'; fi
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
    systemd-analyze security --offline=true --no-pager --threshold=10 ./vakt-bridge.service >said 2>&1 || fail "$(tail -n 1 said)"
    # the node talks to networks and to hardware, has /tmp and /home, and makes its own machine code
    systemd-analyze security --offline=true --no-pager --threshold=40 ./vakt-node.service >said 2>&1 || fail "$(tail -n 1 said)"
}

# A part of a sandbox that takes setuid programs away would have mod_syslog answer -2 for ever.
the_classic_node_may_have_its_setuid_helper() {
    units_for_analysis
    cd "$tmp"
    mkdir vakt-node.service.d
    cp "$top/conf/systemd/vakt-node-classic.conf" vakt-node.service.d/classic.conf
    systemd-analyze verify --man=no ./vakt-node.service >said 2>&1 || fail "$(cat said)"
    if grep -E 'vakt-node\.service|classic.conf' said; then fail 'something is not understood'; fi
    # what systemd.exec(5) says implies NoNewPrivileges=: each that the unit sets is taken back
    for key in NoNewPrivileges SystemCallFilter SystemCallArchitectures RestrictAddressFamilies RestrictNamespaces PrivateDevices \
        ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectClock MemoryDenyWriteExecute RestrictRealtime \
        RestrictSUIDSGID DynamicUser LockPersonality ProtectHostname; do
        grep -q "^$key=" vakt-node.service || continue
        grep -q -E "^$key=(no)?$" vakt-node.service.d/classic.conf || fail "$key"
    done
    grep '^CapabilityBoundingSet=' vakt-node.service.d/classic.conf | grep -q CAP_SETUID
}

what_the_node_must_not_lose_is_there() {
    # shellcheck disable=SC2016 # for the node's shell
    for line in Type=exec Restart=always StartLimitIntervalSec=0 'ExecStart=/bin/sh -c '"'"'exec "$$ROOTDIR/bin/start"'"'"; do
        grep -q -x -F -e "$line" conf/systemd/vakt-node.service || fail "$line"
    done
    # it orders itself behind keeper and bridge, and needs neither
    for other in vakt-keeper.service vakt-bridge.socket; do
        grep '^After=' conf/systemd/vakt-node.service | grep -q -F "$other" || fail "After=$other"
        if grep -E '^(Requires|BindsTo)=' conf/systemd/vakt-node.service; then fail 'the node needs it'; fi
    done
}

# It comes where the disk is gone, and may open a watchdog whose driver comes after it.
the_keeper_needs_no_disk_and_no_driver() {
    ! grep -E '^(Requires|BindsTo|Requisite|StateDirectory)=' conf/systemd/vakt-keeper.service || fail 'it needs it'
    # systemd.resource-control(5): a group is looked up in /proc/devices and a path with stat(2), once; of all groups only * is not
    equal 'char-* rw' "$(sed -n 's/^DeviceAllow=//p' conf/systemd/vakt-keeper.service)" 'what it may open'
}

# SMF's manifest: well-formed, with what startd asks for; against the DTD where somebody has one (it is not ours to copy).
the_manifest_is_well_formed_and_whole() {
    command -v xmllint >/dev/null 2>&1 || skip 'there is no xmllint'
    smf=conf/smf/vakt.xml
    xmllint --nonet --noout "$smf"
    for path in '/service_bundle[@type="manifest" and @name]' '/service_bundle/service[@name and @type="service" and @version]' \
        '//create_default_instance[@enabled="false"]' '//single_instance' '//dependency/service_fmri[starts-with(@value,"svc:/")]' \
        '//dependency[@name="filesystem" and @grouping="require_all" and @restart_on and @type="service"]' \
        '//dependent[@name and @grouping and @restart_on]/service_fmri' \
        '//exec_method[@name="start" and @type="method" and @exec and @timeout_seconds]' \
        '//exec_method[@name="stop" and @timeout_seconds >= 80]' '//property_group[@name="startd"]/propval[@name="duration"]' \
        '//template/common_name/loctext[@xml:lang="C"]'; do
        equal true "$(xmllint --nonet --xpath "boolean($path)" "$smf")" "$path"
    done
    # the DTD's order of what stands in a service
    at=0
    for child in create_default_instance single_instance dependency dependency dependency dependent exec_method exec_method property_group \
        stability template; do
        at=$((at + 1))
        equal "$child" "$(xmllint --nonet --xpath "name(/service_bundle/service/*[$at])" "$smf")" "child $at of the service"
    done
    equal "$at" "$(xmllint --nonet --xpath 'count(/service_bundle/service/*)' "$smf")" 'children of the service'
}

the_manifest_is_valid() {
    [ -n "${VAKT_SMF_DTD:-}" ] || skip 'no DTD: name a service_bundle.dtd.1 with VAKT_SMF_DTD'
    xmllint --nonet --noout --dtdvalid "$VAKT_SMF_DTD" conf/smf/vakt.xml
}

# busybox: what init reads, field by field.
the_lines_for_busybox_are_inittab_lines() {
    grep -v '^#' conf/busybox/inittab >"$tmp/lines"
    if grep -v -E '^::(sysinit|respawn|shutdown):(%PREFIX%)?/[^ ]+' "$tmp/lines"; then fail 'no such line'; fi
    for action in 'respawn:/etc/init.d/otp.system run' 'shutdown:/etc/init.d/otp.system stop'; do
        grep -q -x -F -e "::$action" "$tmp/lines" || fail "$action"
    done
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

# systemd gives a directory that two units name, and all in it, to the one that started last.
the_bridge_has_nothing_of_the_keeper_s() {
    grep -qx RuntimeDirectory=vakt conf/systemd/vakt-keeper.service
    for kind in Runtime State; do
        equal vakt/bridge "$(sed -n "s/^${kind}Directory=//p" conf/systemd/vakt-bridge.service)" "${kind}Directory"
    done
    for line in User=vakt RuntimeDirectoryPreserve=yes Restart=always Type=notify WatchdogSec=30 StartLimitIntervalSec=0 \
        CapabilityBoundingSet= AmbientCapabilities=; do
        grep -qx "$line" conf/systemd/vakt-bridge.service || fail "$line"
    done
    grep -q -- '--run /run/vakt/bridge --state /var/lib/vakt/bridge' conf/systemd/vakt-bridge.service
    grep -qx 'ListenStream=/run/vakt/bridge.sock' conf/systemd/vakt-bridge.socket
}

# What each source needs more stands in the unit as a comment, which systemd has to understand as well.
what_the_sources_need_more_is_understood() {
    units_for_analysis
    sed -n '/^#   kmsg/,/^ProtectSystem/ s/^#     //p' conf/systemd/vakt-bridge.service >"$tmp/more"
    grep -q CAP_SYSLOG "$tmp/more" || fail 'nothing is there'
    cd "$tmp"
    cat more >>vakt-bridge.service
    systemd-analyze verify --man=no ./vakt-bridge.service >said 2>&1 || fail "$(cat said)"
    if grep -E 'vakt-bridge\.service' said; then fail 'something is not understood'; fi
}

the_user_and_its_directories_are_made() {
    command -v systemd-sysusers >/dev/null 2>&1 || skip 'there is no systemd-sysusers'
    [ "$(id -u)" -eq 0 ] || skip 'only root makes users'
    mkdir -p "$tmp/root/etc" "$tmp/root/usr/lib"
    make -s install DESTDIR="$tmp/root" prefix=/usr sysconfdir=/etc >"$tmp/said" || fail "$(cat "$tmp/said")"
    printf 'root:x:0:0::/:/bin/sh\n' >"$tmp/root/etc/passwd"
    printf 'root:x:0:\n' >"$tmp/root/etc/group"
    systemd-sysusers --root "$tmp/root" || fail 'systemd-sysusers'
    uid=$(sed -n 's/^vakt:[^:]*:\([0-9]*\):.*/\1/p' "$tmp/root/etc/passwd")
    gid=$(sed -n 's/^vakt:[^:]*:\([0-9]*\):.*/\1/p' "$tmp/root/etc/group")
    [ -n "$uid" ] || fail 'there is no user vakt'
    [ -n "$gid" ] || fail 'there is no group vakt'
    systemd-tmpfiles --root "$tmp/root" --create "$tmp/root/usr/lib/tmpfiles.d/vakt.conf" || fail 'systemd-tmpfiles'
    for folder in run/vakt var/lib/vakt; do
        equal '0:0 755' "$(stat -c '%u:%g %a' "$tmp/root/$folder")" "$folder"
        equal "$uid:$gid 755" "$(stat -c '%u:%g %a' "$tmp/root/$folder/bridge")" "$folder/bridge"
    done
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
check "the bridge has nothing of the keeper's" the_bridge_has_nothing_of_the_keeper_s
check 'what its sources need more is understood' what_the_sources_need_more_is_understood
check 'its user and directories are made' the_user_and_its_directories_are_made
check 'the bus policy is well formed' the_policy_is_well_formed
check 'a system without libsystemd is built without wd_bus' without_libsystemd_wd_bus_is_left_out
check 'the keeper needs no disk, and no driver before it' the_keeper_needs_no_disk_and_no_driver
check 'the node: started for ever, after keeper and bridge, needing neither' what_the_node_must_not_lose_is_there
check 'with the classic drop-in the node may have its setuid helper' the_classic_node_may_have_its_setuid_helper
check "SMF's manifest is well-formed and says all that it has to" the_manifest_is_well_formed_and_whole
check "SMF's manifest is valid against the DTD" the_manifest_is_valid
check "the lines for busybox's inittab are lines of inittab" the_lines_for_busybox_are_inittab_lines
finish
