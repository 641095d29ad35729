# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What starts the node, the keeper and the bridge when the board boots: systemd, System V init, SMF or busybox's init.
# shellcheck disable=SC2154,SC2034 # the settings are install.sh's, and all parts share their words

find_init() {
    if [ -d "$target/lib/svc/manifest" ]; then
        init=smf
    elif [ -x "$target/lib/systemd/systemd" ] || [ -x "$target/usr/lib/systemd/systemd" ]; then
        init=systemd
    elif [ -f "$target/etc/inittab" ] && [ ! -d "$target/etc/rc3.d" ]; then
        init=busybox
    elif [ -d "$target/etc/rc3.d" ] || [ -d "$target/etc/init.d" ]; then
        init=sysv
    else
        init=none
    fi
}

# enabled UNIT WANTED-BY
enabled() {
    settle "$prefix/lib/systemd/system/$1"
    [ -f "$there" ] || return 0
    want_link "$prefix/lib/systemd/system/$1" "/etc/systemd/system/$2.wants/$1"
}

want_classic() {
    filled conf/systemd/vakt-node-classic.conf >"$work/classic"
    want_file config "$work/classic" /etc/systemd/system/vakt-node.service.d/classic.conf root:root 644
}

want_group() {
    settle /etc/group
    row=$(grep '^vakt:' "$there") || return 0
    case ,${row##*:}, in *",$user,"*) return 0 ;; esac
    case $row in *:) want_swap /etc/group "$row" "$row$user" ;; *) want_swap /etc/group "$row" "$row,$user" ;; esac
}

plan_systemd() {
    enabled vakt-node.service multi-user.target
    [ "$keeper" = no ] || {
        enabled vakt-keeper.service sysinit.target
        enabled vakt-bus.service multi-user.target
    }
    [ "$bridge" = no ] || {
        enabled vakt-bridge.socket sockets.target
        enabled vakt-bridge.service multi-user.target
    }
    # a setuid mod_syslog needs what a sandbox takes away
    case $flavour in bridge | none | busybox) ;; *) want_classic ;; esac
    say 'note    systemctl daemon-reload, then systemctl start vakt-keeper vakt-bus vakt-bridge vakt-node; or the next boot does'
}

# rc_link FOLDER NAME: only where there is that run level.
rc_link() {
    if [ -d "$target/etc/$1" ]; then want_link ../init.d/otp.system "/etc/$1/$2"; fi
}

plan_sysv() {
    filled conf/sysv/S75otp.system >"$work/sysv"
    want_file file "$work/sysv" /etc/init.d/otp.system root:root 744
    # Linux goes to one run level only; Solaris passes through them, and takes Erlang down from 3 to 2 (rc2.d).
    if [ -f "$target/etc/release" ]; then
        rc_link rc3.d S75otp.system
        for level in rc0.d rc1.d rc2.d rcS.d; do rc_link "$level" K25otp.system; done
    else
        for level in rc2.d rc3.d rc4.d rc5.d; do rc_link "$level" S75otp.system; done
        for level in rc0.d rc1.d rc6.d; do rc_link "$level" K25otp.system; done
    fi
}

plan_busybox() {
    filled conf/sysv/S75otp.system >"$work/sysv"
    want_file file "$work/sysv" /etc/init.d/otp.system root:root 744
    filled conf/busybox/inittab >"$work/inittab"
    while IFS= read -r entry; do
        case $entry in
            '' | '#'*) continue ;;
            *wd_keeper*) [ "$keeper" = yes ] || continue ;;
            *bridge*) [ "$bridge" = yes ] || continue ;;
        esac
        want_line /etc/inittab "$entry"
    done <"$work/inittab"
}

plan_smf() {
    filled conf/sysv/S75otp.system >"$work/sysv"
    want_file file "$work/sysv" /lib/svc/method/vakt-node root:root 755
    filled conf/smf/vakt.xml >"$work/smf"
    want_file file "$work/smf" /lib/svc/manifest/site/vakt.xml root:root 644
    say 'note    svccfg import /lib/svc/manifest/site/vakt.xml; svcadm enable vakt/node; or the next boot does'
}

plan_boot() {
    [ "$init" != auto ] || find_init
    [ "$bridge" = no ] || want_group
    case $init in
        systemd) plan_systemd ;;
        sysv) plan_sysv ;;
        busybox) plan_busybox ;;
        smf) plan_smf ;;
        none) say "note    nothing starts the node: have your init run, as $user, $otp_root/bin/start" ;;
        *) die "--start: systemd, sysv, busybox, smf or none, not '$init'" ;;
    esac
}
