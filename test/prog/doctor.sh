#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: scripts/confine.sh sh test/prog/doctor.sh
# vaktctl doctor on boards that are trees of files: a good one, and the same with one thing wrong after the other. Every
# finding has its cure, and no device is opened.
set -u
. test/prog/lib.sh
suite doctor

# doctor BOARD [OPTION ...]: with nothing of heart in the environment but what HEART says (VARIABLE=VALUE ...).
doctor() {
    board=$1
    shift
    # shellcheck disable=SC2086 # several words
    env -i PATH=/usr/sbin ${HEART:-} "$bin/vaktctl" doctor --root "$board" --no-colour "$@"
}

put() { # BOARD PATH TEXT
    mkdir -p "$(dirname "$1$2")"
    printf '%s\n' "$3" >"$1$2"
}

good_board() {
    b=$tmp/b
    put "$b" /etc/vakt/keeper.conf 'leases = ( { name = "otp"; user = "root"; } ); devices = ( { driver = "systemd"; } );'
    put "$b" /etc/passwd 'root:x:0:0::/:'
    put "$b" /etc/systemd/system.conf '[Manager]'
    put "$b" /etc/systemd/system.conf.d/wd.conf "$(printf '[Manager]\nRuntimeWatchdogSec=30')"
    put "$b" /proc/mounts '/dev/sda1 / ext4 rw 0 0'
    put "$b" /proc/modules 'loop 1 0'
    put "$b" /proc/ioports '0000-0cf7 : PCI Bus'
    put "$b" /sys/module/pstore/parameters/backend ramoops
    put "$b" /sys/module/watchdog/parameters/handle_boot_enabled Y
    put "$b" /sys/module/watchdog/parameters/open_timeout 120
    put "$b" /usr/sbin/reboot '#!/bin/sh'
    chmod 0755 "$b/usr/sbin/reboot"
    mkdir -p "$b/dev" "$b/run/vakt" "$b/var/lib/vakt"
    ln -s /dev/null "$b/dev/pmsg0"
    chmod -R go-w "$b"
}

# A row for the hardware itself; its node is a link to a device that may be looked at.
with_hardware() {
    put "$b" /etc/vakt/keeper.conf \
        'leases = ( { name = "otp"; user = 0; } ); devices = ( { driver = "linux"; path = "/dev/watchdog0"; } );'
    rm "$b/etc/systemd/system.conf.d/wd.conf"
    ln -s /dev/null "$b/dev/watchdog0"
    put "$b" /sys/class/watchdog/watchdog0/identity 'i6300ESB timer'
    put "$b" /sys/class/watchdog/watchdog0/nowayout 0
    put "$b" /sys/class/watchdog/watchdog0/max_timeout 2046
}

# finds WORDS CURE: among what it says, which ends with 1.
finds() {
    status=0
    doctor "$b" --json >"$tmp/json" || status=$?
    equal 1 "$status" 'exit status'
    tr '{' '\n' <"$tmp/json" | grep -F -e "$1" | grep -qF -e "$2" || fail "no finding [$1] with cure [$2]: $(cat "$tmp/json")"
}

# The keeper's socket is the one thing that a tree of files cannot have.
nothing_else_is_wrong_with_a_good_board() {
    good_board
    status=0
    doctor "$b" --json >"$tmp/json" || status=$?
    equal 1 "$status" 'exit status'
    equal '{"version":1,"findings":[{"level":"wrong","subject":"/run/vakt/keeper.sock","text":"is not there: wd_keeper does not run","cure":"start it: systemctl enable --now vakt-keeper, or see wd_keeper(8)"}]}' "$(cat "$tmp/json")"
}

with_a_keeper_nothing_is_wrong() {
    good_board
    put "$tmp" /empty.conf ''
    mkdir "$tmp/state" "$tmp/r"
    spawn "$bin/wd_keeper" --foreground --config "$tmp/empty.conf" --socket "$b/run/vakt/keeper.sock" --state "$tmp/state" \
        --run "$tmp/r" --pmsg "$tmp/none" --pstore "$tmp/none" --end-command /bin/false
    eventually 20 test -S "$b/run/vakt/keeper.sock"
    doctor "$b" >"$tmp/said" || fail "$(cat "$tmp/said")"
    grep -q 'nothing is wrong' "$tmp/said"
    equal '{"version":1,"findings":[]}' "$(doctor "$b" --json)"
}

a_socket_that_nobody_listens_at_is_told_apart() {
    good_board
    mkdir "$tmp/state" "$tmp/r"
    put "$tmp" /empty.conf ''
    spawn "$bin/wd_keeper" --foreground --config "$tmp/empty.conf" --socket "$tmp/s" --state "$tmp/state" \
        --run "$tmp/r" --pmsg "$tmp/none" --pstore "$tmp/none" --end-command /bin/false
    eventually 20 test -S "$tmp/s"
    kill -KILL "$spawned"
    wait "$spawned" || :
    mv "$tmp/s" "$b/run/vakt/keeper.sock"
    finds 'nobody listens' 'start it again'
}

errors_of_the_configuration_are_findings() {
    good_board
    put "$b" /etc/vakt/keeper.conf "$(printf 'lock_memory = 1;\ndivices = ();')"
    finds "keeper.conf:1: lock_memory: true or false is wanted" SIGHUP
    finds "keeper.conf:2: unknown key 'divices': did you mean 'devices'?" SIGHUP
    rm "$b/etc/vakt/keeper.conf"
    finds 'is not there: wd_keeper does not start' 'make install'
    put "$b" /etc/vakt/keeper.conf ''
    chmod 0666 "$b/etc/vakt/keeper.conf"
    finds 'mode 0666' 'chmod go-w'
}

devices_and_their_owners() {
    good_board
    with_hardware
    finds 'may be opened by every user' 'chmod 0600'
    mkdir -p "$b/proc/77/fd"
    put "$b" /proc/77/comm watchdogd
    ln -s /dev/watchdog "$b/proc/77/fd/5" # the alias is the same device
    finds 'is open in watchdogd, process 77' 'stop watchdogd'
    put "$b" /proc/77/comm wd_keeper
    if doctor "$b" --json | grep -q 'is open in'; then fail 'the keeper is no foreigner'; fi
    put "$b" /sys/class/watchdog/watchdog0/max_timeout 30
    finds 'is asked for 60 s, but counts 30 s at most' 'timeout = 30 or less'
    put "$b" /sys/class/watchdog/watchdog0/identity 'Software Watchdog'
    finds softdog 'the board'
    rm "$b/dev/watchdog0"
    finds '/dev/watchdog0","text":"is not there' 'ls /sys/class/watchdog'
}

systemd_and_the_kernel_may_have_it() {
    good_board
    with_hardware
    put "$b" /usr/lib/systemd/system.conf.d/10.conf "$(printf '[Manager]\nRuntimeWatchdogSec=20')"
    finds '/usr/lib/systemd/system.conf.d/10.conf:2","text":"RuntimeWatchdogSec=20' 'driver = \"systemd\"'
    put "$b" /etc/systemd/system.conf.d/10.conf "$(printf '[Manager]\nRuntimeWatchdogSec=off')" # hides the other
    if doctor "$b" --json | grep -q RuntimeWatchdogSec; then fail 'a drop-in of the same name hides the other'; fi
    put "$b" /sys/module/watchdog/parameters/open_timeout 0
    finds 'petted by the kernel for ever' 'watchdog.open_timeout=120'
    put "$b" /proc/modules "$(printf 'iTCO_wdt 1 0\nwdat_wdt 1 0')"
    finds 'two drivers for one chip' 'blacklist iTCO_wdt'
    put "$b" /sys/module/pstore/parameters/backend '(null)'
    finds 'no backend' ramoops
}

# clashes STATUS WORDS CURE: what a boot asks; "" "": nothing is found.
clashes() {
    status=0
    doctor "$b" --json clashes >"$tmp/json" || status=$?
    equal "$1" "$status" "exit status where [$2] is so: $(cat "$tmp/json")"
    if [ -z "$2" ]; then
        equal '{"version":1,"findings":[]}' "$(cat "$tmp/json")"
    else
        tr '{' '\n' <"$tmp/json" | grep -F -e "$2" | grep -qF -e "$3" || fail "no finding [$2] with cure [$3]: $(cat "$tmp/json")"
    fi
}

# As sysfs has them: a link into /sys/devices.
kernel_watchdog() { # NAME IDENTITY DEVICE DRIVER
    put "$b" "/sys/devices/$3/watchdog/$1/identity" "$2"
    mkdir -p "$b/sys/class/watchdog"
    rm -rf "$b/sys/class/watchdog/$1"
    ln -s "../../devices/$3/watchdog/$1" "$b/sys/class/watchdog/$1"
    ln -sfn "../.." "$b/sys/devices/$3/watchdog/$1/device"
    ln -sfn "../../bus/x/drivers/$4" "$b/sys/devices/$3/driver"
}

two_on_one_watchdog() {
    good_board
    with_hardware
    kernel_watchdog watchdog0 'i6300ESB timer' pci0000:00/0000:00:03.0 i6300esb
    clashes 0 ''
    kernel_watchdog watchdog1 iTCO_wdt pci0000:00/0000:00:04.0 iTCO_wdt
    clashes 0 ''
    kernel_watchdog watchdog1 iTCO_wdt pci0000:00/0000:00:03.0 i6300esb
    clashes 1 'by i6300ESB timer and iTCO_wdt' 'blacklist one of the two'
    rm "$b/sys/class/watchdog/watchdog1"
    put "$b" /proc/modules "$(printf 'iTCO_wdt 1 0\ni6300esb 1 0')"
    clashes 0 ''
    put "$b" /sys/bus/pci/devices/0000:00:1f.0/vendor 0x8086
    put "$b" /sys/bus/pci/devices/0000:00:1f.0/device 0x25a1
    clashes 1 "i6300esb and iTCO_wdt" 'blacklist iTCO_wdt'
    put "$b" /proc/modules "$(printf 'ib700wdt 1 0\ni6300esb 1 0')"
    clashes 1 'ib700wdt and i6300esb' 'not on the board'
    put "$b" /proc/modules "$(printf 'softdog 1 0\ni6300esb 1 0')"
    clashes 0 'is decided anew at each boot' 'blacklist softdog' # weak: a boot goes on
    kernel_watchdog watchdog1 'i6300ESB timer' pci0000:00/0000:00:03.0 i6300esb
    kernel_watchdog watchdog0 'Software Watchdog' virtual none
    put "$b" /sys/class/watchdog/watchdog0/identity 'Software Watchdog'
    clashes 1 'loaded before i6300esb (/dev/watchdog1)' '/dev/watchdog1'
    rm -r "$b/sys/class/watchdog"
    put "$b" /proc/modules 'loop 1 0'
    put "$b" /etc/vakt/keeper.conf 'devices = ( { driver = "linux"; path = "/dev/watchdog0"; }, { driver = "linux"; path = "/dev/wd"; } );'
    ln -s watchdog0 "$b/dev/wd"
    clashes 1 'two rows of keeper.conf' 'take one of them out'
    put "$b" /etc/systemd/system.conf.d/wd.conf "$(printf '[Manager]\nRuntimeWatchdogSec=30')"
    clashes 1 'RuntimeWatchdogSec=30' 'RuntimeWatchdogSec=off'
    rm "$b/etc/systemd/system.conf.d/wd.conf"
    put "$b" /etc/vakt/keeper.conf 'devices = ( { driver = "vme"; path = "/dev/bus/vme/m0"; offset = 0x200;
        window = { address = 0x10000; size = 0x10000; space = "a32"; }; } );'
    clashes 0 ''
    put "$b" /proc/modules 'vme_wdt 1 0'
    put "$b" /sys/module/vme_wdt/parameters/aspace a32
    put "$b" /sys/module/vme_wdt/parameters/size 512
    put "$b" /sys/module/vme_wdt/parameters/base 66560 # 0x10400, behind the last of the row's
    clashes 0 ''
    put "$b" /sys/module/vme_wdt/parameters/base 66559
    clashes 1 'are two drivers for the same registers' 'rmmod vme_wdt'
}

what_does_not_survive_a_reset() {
    good_board
    put "$b" /proc/mounts "$(printf '/dev/sda1 / ext4 rw 0 0\ntmpfs /var/lib tmpfs rw 0 0')"
    finds 'is on tmpfs (/var/lib)' '--state DIR'
    rmdir "$b/var/lib/vakt"
    finds 'no reason survives a reset' 'install -d'
    put "$b" /run/vakt/keeper.state x
    chmod 0666 "$b/run/vakt/keeper.state"
    finds '/run/vakt/keeper.state' 'chmod go-w'
}

clashes_on_solaris() {
    good_board
    mkdir -p "$b/var/sadm/pkg/FORCEvme"
    put "$b" /etc/system "$(printf '* exclude: drv/mcpp\nexclude: drv/mcp\nexclude: drv/mcpzsa')"
    finds 'does not exclude drv/mcpp' 'exclude: drv/mcpp'
    if grep -q 'drv/mcpzsa' "$tmp/json"; then fail 'that one is excluded'; fi
}

hearts_environment() {
    good_board
    HEART='HEART_BEAT_TIMEOUT=11 HEART_BEAT_BOOT_DELAY=11 VAKT_LEASE=opt'
    finds '11 s beat timeout + 11 s boot delay - 10 s = 12 s is the longest' 'change them, or timeout'
    finds 'VAKT_LEASE=opt' 'add the row'
    HEART='HEART_BEAT_TIMEOUT=10'
    finds 'is not used: 60 s count instead' 'above 10'
    HEART='HEART_COMMAND=/nowhere/reboot'
    finds '/nowhere/reboot is not there' 'mend the command'
    HEART='HEART_COMMAND=reboot' # found by PATH
    chmod 0644 "$b/usr/sbin/reboot"
    finds '/usr/sbin/reboot cannot be run' 'chmod a+rx'
    HEART=
    chmod 4755 "$b/usr/sbin/reboot"
    finds 'is setuid root' 'the keeper reboots for it'
    put "$b" /usr/lib/erlang/erts-13.1/bin/heart 'somebody else'
    finds '/usr/lib/erlang/erts-13.1/bin/heart' 'ln -sf'
    cp "$bin/heart" "$b/usr/lib/erlang/erts-13.1/bin/heart"
    if doctor "$b" --json | grep -q 'not Vakt'; then fail 'this one is ours'; fi
}

units_as_they_were_changed() {
    good_board
    unit=/usr/lib/systemd/system/vakt-keeper.service
    mkdir -p "$b/etc/systemd/system/sysinit.target.wants" "$b/usr/lib/vakt/bin"
    sed 's|%PREFIX%|/usr|' conf/systemd/vakt-keeper.service >"$tmp/unit"
    put "$b" "$unit" "$(cat "$tmp/unit")"
    finds 'starts /usr/lib/vakt/bin/wd_keeper, which is not there' 'make install'
    cp "$bin/wd_keeper" "$b/usr/lib/vakt/bin/"
    finds 'is not enabled' 'systemctl enable vakt-keeper'
    ln -s "$unit" "$b/etc/systemd/system/sysinit.target.wants/vakt-keeper.service"
    finds 'has no WatchdogSec=' 'WatchdogSec=30'
    put "$b" /etc/systemd/system/vakt-keeper.service.d/guard.conf \
        "$(printf '[Unit]\nFailureAction=reboot-force\n[Service]\nWatchdogSec=30')"
    doctor "$b" --json >"$tmp/json" || :
    if grep -q "$unit" "$tmp/json"; then fail "$(cat "$tmp/json")"; fi
    put "$b" /run/systemd/system/vakt-keeper.service.d/z.conf "$(printf '[Service]\nRestart=no')"
    finds 'has not Restart=always' 'systemctl edit vakt-keeper'
}

# A board with a bridge that runs as user 990, as its /proc says.
board_with_bridge() {
    good_board
    put "$b" /etc/vakt/bridge.conf "${1:-$(cat conf/bridge.conf)}"
    put "$b" /etc/group "$(printf 'root:x:0:\nadm:x:4:\nsystemd-journal:x:101:\nvakt:x:991:')"
    put "$b" /proc/meminfo 'MemTotal:          65536 kB'
    put "$b" /proc/500/comm syslog_bridge
    put "$b" /proc/500/status "$(printf 'Uid:\t990\t990\t990\t990\nGid:\t991\t991\t991\t991\nGroups:\t101 ')"
    mkdir -p "$b/proc/500/fd" "$b/var/lib/vakt/bridge" "$b/run/systemd/journal"
    if [ "$(id -u)" -eq 0 ]; then chown 990 "$b/var/lib/vakt/bridge"; fi
    chmod -R go-w "$b"
}

what_the_bridge_lacks() {
    [ "$(id -u)" -eq 0 ] || skip 'a directory of another user is made by root'
    board_with_bridge
    finds '/run/vakt/bridge.sock","text":"is not there' 'systemctl enable --now vakt-bridge'
    equal 2 "$(doctor "$b" --json | grep -o '"level"' | wc -l)" 'findings, the keeper that does not run among them'
    put "$b" /proc/meminfo 'MemTotal:           8192 kB'
    finds 'ring takes 4 MiB of 8 MiB' 'ring smaller'
    put "$b" /proc/500/status "$(printf 'Uid:\t990\t990\t990\t990\nGid:\t991\t991\t991\t991\nGroups:\t ')"
    finds 'is in no group that may read it' 'SupplementaryGroups=systemd-journal'
    chown 0 "$b/var/lib/vakt/bridge"
    finds 'cannot write the black box' 'chown 990'
    put "$b" /etc/vakt/bridge.conf 'sources = ( { type = "kmsg"; } ); ring = 1;'
    finds '/etc/vakt/bridge.conf:1: ring: 1 is out of range' SIGHUP
}

# A real one on the board's socket, and one that hangs: it may still be connected to.
says_hello_to_the_bridge() {
    [ "$(id -u)" -eq 0 ] || skip 'the board is made by root'
    board_with_bridge "sources = ( { type = \"socket\"; path = \"$tmp/s\"; } ); black_box = { size = 0; };"
    spawn "$bin/syslog_bridge" --config "$b/etc/vakt/bridge.conf" --socket "$b/run/vakt/bridge.sock" \
        --state "$tmp/state" --run "$tmp/run" --pmsg '' 2>"$tmp/log"
    eventually 20 test -S "$b/run/vakt/bridge.sock"
    doctor "$b" --json >"$tmp/json" || :
    if grep -q bridge.sock "$tmp/json"; then fail "$(cat "$tmp/json")"; fi
    doctor "$b" --json --bridge /run/vakt/other.sock >"$tmp/json" || :
    grep -q '/run/vakt/other.sock","text":"is not there' "$tmp/json" || fail "--bridge: $(cat "$tmp/json")"
    kill -STOP "$spawned"
    finds 'does not answer; it hangs' SIGUSR1
    kill -CONT "$spawned"
}

fifos_and_the_forwarding_socket() {
    [ "$(id -u)" -eq 0 ] || skip 'a FIFO of another user is made by root'
    board_with_bridge 'sources = ( { type = "fifo"; path = "/run/f"; } ); feed = "/etc/syslog.otp";'
    mkfifo -m 0640 "$b/run/f" "$b/etc/syslog.otp"
    finds '/etc/syslog.otp","text":"belongs to uid 0, and the bridge, uid 990' 'bridge uid:990 -'
    chown 990 "$b/etc/syslog.otp"
    doctor "$b" --json >"$tmp/json" || :
    if grep -q syslog.otp "$tmp/json"; then fail "$(cat "$tmp/json")"; fi
    mkdir -p "$b/proc/78/fd"
    put "$b" /proc/78/comm ferrule
    ln -s /run/f "$b/proc/78/fd/3"
    finds 'read by ferrule, process 78, and by the bridge' 'a FIFO of its own'
    put "$b" /run/systemd/journal/syslog ''
    finds '/run/systemd/journal/syslog","text":"has no reader' 'syslog.socket'
    put "$b" /proc/79/comm rsyslogd
    doctor "$b" --json >"$tmp/json" || :
    if grep -q 'has no reader' "$tmp/json"; then fail 'rsyslogd reads it'; fi
}

# The rows of an installation, S2 to S12: a board as install.sh leaves it, and then one thing wrong after the other.
board_with_node() {
    good_board
    put "$b" /etc/passwd "$(printf 'root:x:0:0::/:\notp:x:%s:%s::/home/otp:/bin/sh' "${1:-0}" "${1:-0}")"
    put "$b" /etc/vakt/keeper.conf 'leases = ( { name = "otp"; user = "otp"; } ); devices = ( { driver = "systemd"; } ); rights = ( { user = "otp"; may = [ "reboot" ]; } );'
    put "$b" /etc/vakt/node.conf "$(printf 'VAKT_USER=otp\nROOTDIR=/otp\nHEART_COMMAND="vaktctl --yes reboot"')"
    put "$b" /otp/bin/start "$(printf '#!/bin/sh\nTERM=vt100; export TERM')"
    put "$b" /otp/releases/start_erl.data '13.1 7'
    put "$b" /otp/releases/7/sys.config '[{vakt,[{start_os_sup,true}]}].'
    put "$b" /etc/rc3.d/S75otp.system '#!/bin/sh'
    put "$b" /etc/syslog.conf '*.* /x'
    put "$b" /etc/syslog.conf.ORIG '*.* /x'
    put "$b" /etc/syslog.conf.OTP '*.* /x'
    put "$b" /etc/vakt/syslog.allow '/etc /etc/syslog.conf inetutils /run/syslog.pid /usr/sbin/syslogd 1000'
    mkdir -p "$b/otp/erts-13.1" "$b/otp/log" "$b/usr/share/terminfo/v"
    put "$b" /usr/share/terminfo/v/vt100 x
    chmod 0755 "$b/otp/bin/start"
    chmod -R go-w "$b"
    if [ "$(id -u)" -eq 0 ]; then chown -R "${1:-0}" "$b/otp"; fi
}

the_node_and_its_place() {
    [ "$(id -u)" -eq 0 ] || skip 'a directory of another user is made by root'
    board_with_node 1000
    doctor "$b" --json >"$tmp/json" || :
    equal 1 "$(grep -o '"level"' "$tmp/json" | wc -l)" "findings of a good one, of which the keeper that does not run is one: $(cat "$tmp/json")"
    chown 7 "$b/otp"
    finds '/otp","text":"belongs to uid 7' 'chown otp' # S2
    chown 1000 "$b/otp"
    mv "$b/otp/erts-13.1" "$b/otp/erts"
    finds 'no release was unpacked' 'unpack the release' # S3
    mv "$b/otp/erts" "$b/otp/erts-13.1"
    rm "$b/etc/rc3.d/S75otp.system"
    finds 'no boot starts' 'systemctl enable vakt-node' # S4
    put "$b" /etc/inittab '::respawn:/etc/init.d/otp.system run'
    put "$b" /etc/rc2.d/S75otp.system x
    finds 'started twice at boot' 'one of them'
    rm "$b/etc/inittab"
    put "$b" /etc/vakt/keeper.conf 'leases = ( { name = "otp"; user = "otp"; } ); devices = ( { driver = "systemd"; } );'
    finds 'does not let otp reboot' 'rights = (' # S6
    put "$b" /otp/bin/start '#!/bin/sh'
    finds 'does not set TERM' 'TERM=vt100' # S7
    put "$b" /otp/bin/start 'TERM=sun; export TERM'
    finds 'TERM=sun, which no terminfo' ncurses-term
    put "$b" /proc/mounts '/dev/sda1 / ext4 rw,barrier=0,data=writeback 0 0'
    finds 'is mounted without barriers' /etc/fstab # S8
    finds 'data=writeback: after a power cut' 'data=ordered'
    put "$b" /etc/modules-load.d/wd.conf "$(printf '# both\niTCO_wdt\nwdat_wdt')"
    finds 'two drivers for one chip' 'blacklist iTCO_wdt' # S9, before the boot
}

os_sup_and_its_files() {
    board_with_node
    rm "$b/etc/syslog.conf.OTP"
    finds '/etc/syslog.conf.OTP","text":"is not there' 'mod_syslog --check /etc /etc/syslog.conf' # S10
    put "$b" /etc/syslog.conf.OTP 'x'
    chmod 0666 "$b/etc/syslog.conf.OTP"
    finds '/etc/syslog.conf.OTP' 'chmod go-w' # S11
    put "$b" /otp/lib/os_mon-2.8/priv/bin/mod_syslog 'of theirs'
    if [ "$(id -u)" -eq 0 ]; then
        mount -t tmpfs -o size=64k vakt-setuid "$b/otp/lib/os_mon-2.8/priv/bin"
        put "$b" /otp/lib/os_mon-2.8/priv/bin/mod_syslog 'of theirs'
        chmod 4755 "$b/otp/lib/os_mon-2.8/priv/bin/mod_syslog"
        finds "is OTP's own, setuid root" 'chmod u-s'
        umount "$b/otp/lib/os_mon-2.8/priv/bin"
    fi
    put "$b" /otp/releases/7/sys.config '[{os_mon,[{os_sup_own,"/opt"}]},{vakt,[{start_os_sup,true}]}].'
    finds 'asks for os_sup_own /opt' 'the row' # S12
    put "$b" /otp/lib/os_mon-2.8/ebin/os_mon.app '{application,os_mon,[{env,[{start_os_sup, true}]}]}.'
    finds 'os_mon.app","text":"was edited' 'system configuration file'
    put "$b" /etc/vakt/syslog.allow 'one two'
    finds 'every request is refused' 'syslog.allow(5)'
}

no_device_is_opened() {
    command -v strace >/dev/null || skip 'strace is not installed'
    good_board
    with_hardware
    strace -o "$tmp/calls" -e trace=true true 2>/dev/null || strace -o "$tmp/calls" true 2>/dev/null || skip 'nothing can be traced here'
    strace -f -o "$tmp/calls" env -i "$bin/vaktctl" doctor --root "$b" >"$tmp/said" || :
    grep -q 'sys/class/watchdog/watchdog0/identity' "$tmp/calls" || fail 'the trace shows nothing'
    if grep -E 'open(at)?\(.*dev/(watchdog|pmsg|port)' "$tmp/calls"; then fail 'a device was opened'; fi
}

wrong_usage_is_2() {
    for words in '--root' "--root $tmp/none" 'more' '--nonsense'; do
        status=0
        # shellcheck disable=SC2086
        "$bin/vaktctl" doctor $words 2>/dev/null || status=$?
        equal 2 "$status" "$words"
    done
}

check 'nothing else is wrong with a good board' nothing_else_is_wrong_with_a_good_board
check 'with a keeper nothing is wrong, and the exit status is 0' with_a_keeper_nothing_is_wrong
check 'a socket that nobody listens at is told apart from none' a_socket_that_nobody_listens_at_is_told_apart
check 'errors and rights of keeper.conf are findings' errors_of_the_configuration_are_findings
check 'devices: node, owner, what the kernel says of them' devices_and_their_owners
check 'systemd, the kernel, two drivers, pstore' systemd_and_the_kernel_may_have_it
check 'two drivers, or two programs, on one watchdog: what a boot asks' two_on_one_watchdog
check 'what does not survive a reset' what_does_not_survive_a_reset
check "Solaris' /etc/system excludes what clashes with the VME bus" clashes_on_solaris
check "heart's environment, its command, and whose heart it is" hearts_environment
check 'units: what is started, enabled, and as changed by drop-ins' units_as_they_were_changed
check 'the bridge: socket, memory, groups, black box, configuration' what_the_bridge_lacks
check 'the bridge: one that hangs is not one that answers' says_hello_to_the_bridge
check 'the bridge: FIFOs, the feed, the forwarding socket' fifos_and_the_forwarding_socket
check 'the node: user, place, start at boot, TERM, disk, drivers of the next boot' the_node_and_its_place
check 'os_sup: the files of the swap, rights, the keys of os_mon and vakt' os_sup_and_its_files
check 'no device is opened' no_device_is_opened
check 'wrong usage is 2' wrong_usage_is_2
finish
