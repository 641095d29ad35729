# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the syslog daemon is given: ORIG, OTP made from a selector, or a permanent rule; and the row of syslog.allow.
# shellcheck disable=SC2154,SC2034 # the settings are install.sh's, and all parts share their words

# has PATH: the target has that program; in $exe as the kernel will show it.
has() {
    settle "$1"
    [ -f "$disk" ] && [ -x "$disk" ] || return 1
    while [ -L "$disk" ]; do
        leads=$(readlink "$disk")
        case $leads in /*) settle "$leads" ;; *) settle "${place%/*}/$leads" ;; esac
    done
    exe=$place
}

# find_flavour: the daemon that is there. Two of them are called syslogd, and only one says of itself what it is.
find_flavour() {
    exe=-
    if has /usr/sbin/rsyslogd; then
        flavour=rsyslog
    elif has /usr/sbin/syslog-ng; then
        flavour=syslog-ng
    elif has /usr/sbin/syslogd || has /sbin/syslogd; then
        case $exe in
            */busybox) flavour=busybox ;;
            *) if grep -q 'GNU inetutils' "$disk"; then flavour=inetutils; else flavour=sysklogd; fi ;;
        esac
    elif [ "$bridge" = yes ]; then
        flavour=bridge
    else
        flavour=none
    fi
}

# want_pair: ORIG as CONF is now, OTP with one rule more. An ORIG that is there stays: CONF may be the OTP one at the moment.
want_pair() {
    settle "$conf"
    [ -s "$there" ] || die "$target$conf is not there, and $flavour wants it: name it with --syslogconf, or --no-syslog"
    settle "$own/syslog.conf.ORIG"
    if [ ! -f "$there" ]; then
        settle "$conf"
        cp "$there" "$work/orig"
        want_file config "$work/orig" "$own/syslog.conf.ORIG" root:root 644
        settle "$own/syslog.conf.ORIG"
    fi
    sh scripts/make-otp-conf.sh "$there" "$selector" "$own/syslog.otp" "$flavour" >"$work/otp"
    want_file config "$work/otp" "$own/syslog.conf.OTP" root:root 644
    step syslog "$own" "$conf"
}

# The rows of a run that finds all as it should be are none; this one would count as one.
once() {
    [ ! -f "$manifest" ] || ! grep -q -x -F -e "syslog $own $conf" "$manifest" || sed -i '/^syslog /d' "$work/plan"
}

want_row() { # WHERE EXE
    settle "$etc/syslog.allow"
    if awk -v own="$own" -v conf="$conf" '$1 == own && $2 == conf { found = 1 } END { exit !found }' "$there"; then
        if ! grep -q -x -F -e "$own $conf $flavour $1 $2 $u_group" "$there"; then
            say "kept    $etc/syslog.allow: its row for $own $conf is another than '$flavour $1 $2 $u_group'"
        fi
        return 0
    fi
    want_line "$etc/syslog.allow" "$own $conf $flavour $1 $2 $u_group"
}

plan_syslog() {
    if [ "$flavour" = auto ]; then find_flavour; else flavour_exe; fi
    case $flavour in
        rsyslog)
            sh scripts/make-otp-conf.sh - "$selector" "$own/syslog.otp" rsyslog >"$work/rule"
            want_file config "$work/rule" /etc/rsyslog.d/20-vakt.conf root:root 644
            step syslog "$own" "$conf"
            want_row rsyslog.service "$exe"
            ;;
        syslog-ng)
            [ "$conf_said" = yes ] || conf=/etc/syslog-ng/syslog-ng.conf
            want_pair
            want_row /run/syslog-ng.pid "$exe"
            ;;
        inetutils)
            want_pair
            want_row /run/syslog.pid "$exe"
            ;;
        sysklogd)
            want_pair
            want_row /run/syslogd.pid "$exe"
            ;;
        solaris)
            want_pair
            want_row /etc/syslog.pid "$exe"
            ;;
        bridge)
            want_feed
            step syslog "$own" "$conf"
            want_row "uid:$(number_of passwd vakt)" -
            ;;
        *)
            say "note    syslog: no daemon here that can be given a FIFO ($flavour); the bridge reads the kernel's log and /dev/log itself"
            return 0
            ;;
    esac
    once
    say "note    syslog: $flavour, '$selector'; set {vakt, [{start_os_sup, true}]} in the first node's system configuration"
}

flavour_exe() {
    exe=-
    case $flavour in
        rsyslog | syslog-ng) exe=/usr/sbin/$flavour; [ "$flavour" != rsyslog ] || exe=/usr/sbin/rsyslogd ;;
        inetutils | sysklogd | solaris) exe=/usr/sbin/syslogd ;;
    esac
}

# The bridge writes the FIFO of an unchanged os_sup, while there is one.
want_feed() {
    settle "$etc/bridge.conf"
    [ -f "$there" ] || return 0
    if grep -q '^[[:blank:]]*feed[[:blank:]]*=' "$there"; then return 0; fi
    want_line "$etc/bridge.conf" "feed = \"$own/syslog.otp\";"
}
