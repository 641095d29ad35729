#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: scripts/confine.sh sh test/prog/install_target.sh      (EVERY=1: killed before each of its commands, not one in EVERY)
# scripts/install.sh into a board's files on a private tmpfs: planned, done, done again, undone, changed by others, killed.
. test/prog/lib.sh
suite install_target
every=${EVERY:-13}

# What is installed here is small, so that it can be installed a hundred times; the whole built tree comes in a check of its own.
make_top() {
    top_dir=$suite_tmp/top
    mkdir -p "$top_dir/build/bin"
    ln -s "$top/scripts" "$top_dir/scripts"
    cp -R conf "$top_dir/conf"
    printf '9.9\n' >"$top_dir/VERSION"
    for program in mod_syslog ferrule heart run_erl to_erl start_erl wd_keeper vaktctl syslog_bridge; do
        printf 'ours %s\n' "$program" >"$top_dir/build/bin/$program"
    done
    cat >"$top_dir/conf/modes" <<-'END'
	build/bin/mod_syslog    $(bin)/mod_syslog    root:$(group) 4750
	build/bin/ferrule       $(bin)/ferrule       root:root     0755
	build/bin/heart         $(bin)/heart         root:root     0755
	build/bin/run_erl       $(bin)/run_erl       root:root     0755
	conf/syslog.allow       $(etc)/syslog.allow  root:root     0644 config
	conf/keeper.conf        $(etc)/keeper.conf   root:root     0644 config
	conf/node.conf          $(etc)/node.conf     root:root     0644 config
	conf/systemd/vakt-node.service $(units)/vakt-node.service root:root 0644
	END
}

# A board as it was before: Debian's tables, a syslog daemon, OTP with two erts in the user's place, one original a link.
make_board() {
    mkdir "$suite_tmp/fs"
    mount -t tmpfs -o mode=0755 vakt-target "$suite_tmp/fs"
    b=$suite_tmp/fs/board
    mkdir -p "$b/etc/rc2.d" "$b/etc/rc3.d" "$b/etc/rc6.d" "$b/etc/init.d" "$b/usr/sbin" "$b/var/lib" "$b/home"
    printf 'root:x:0:0::/root:/bin/sh\nsomebody:x:1000:1000::/:/bin/sh' >"$b/etc/passwd" # its last line is cut
    printf 'root:x:0:\nsomebody:x:1000:\n' >"$b/etc/group"
    printf 'root:*:19000:0:99999:7:::\n' >"$b/etc/shadow"
    chmod 0640 "$b/etc/shadow"
    printf '*.*\t/var/log/messages\n' >"$b/etc/syslog.conf"
    printf '#!/bin/sh\n# stands in for GNU inetutils\n' >"$b/usr/sbin/syslogd"
    printf 'reboot\n' >"$b/usr/sbin/reboot"
    chmod 0755 "$b/usr/sbin/syslogd" "$b/usr/sbin/reboot"
    o=$b/home/otpuser/otp
    mkdir -p "$o/erts-13.1/bin" "$o/erts-14.0/bin" "$o/bin" "$o/lib/os_mon-2.8/priv/bin" "$o/lib/os_mon-2.9/ebin" "$o/lib/vakt-0.0/priv/bin" "$o/lib/vakt-0.1/ebin"
    for program in erts-13.1/bin/heart erts-13.1/bin/run_erl erts-14.0/bin/heart bin/run_erl lib/os_mon-2.8/priv/bin/mod_syslog \
        lib/vakt-0.0/priv/bin/mod_syslog lib/vakt-0.0/priv/bin/heart; do
        printf 'theirs %s\n' "$program" >"$o/$program"
        chmod 0751 "$o/$program"
        touch -d '2020-02-02 02:02:02' "$o/$program"
    done
    ln -s ../../erts-13.1/bin/run_erl "$o/erts-14.0/bin/run_erl"
    chmod 4755 "$o/lib/os_mon-2.8/priv/bin/mod_syslog"
    # everything but the times of folders, links, and of files that get lines and lose them again
    listing "$b" >"$suite_tmp/before"
}

listing() {
    (cd "$1" && find . \( -type f ! -path './etc/*' -printf '%P %y %U:%G %m %n %T@\n' -o -printf '%P %y %U:%G %m %l\n' \) | sort && find . -type f -exec sha256sum {} + | sort -k 2)
}
# What it is, without when it was made: for two roots that shall be the same.
shape() { (cd "$1" && find . -printf '%P %y %U:%G %m %l\n' | sort && find . -type f -exec sha256sum {} + | sort -k 2); }
everything() { (cd "$1" && find . -printf '%P %i %y %U:%G %m %n %l %T@ %C@\n' | sort); }

# room: a fresh copy of the board in $r, where setuid files may stand.
room() {
    [ "$(id -u)" -eq 0 ] || skip 'needs root'
    r=$suite_tmp/fs/r
    rm -rf "$r"
    cp -a "$suite_tmp/fs/board" "$r"
}

put() { ${shell:-sh} "$top_dir/scripts/install.sh" install --target "$r" "$@"; }
take() { ${shell:-sh} "$top_dir/scripts/install.sh" uninstall --target "$r" "$@"; }
restored() {
    listing "$r" >"$tmp/after"
    diff "$suite_tmp/before" "$tmp/after" || fail 'something is not as it was'
}

a_dry_run_says_what_will_be_done_and_does_nothing() {
    room
    everything "$r" >"$tmp/before"
    put --dry-run >"$tmp/dry"
    everything "$r" >"$tmp/after"
    diff "$tmp/before" "$tmp/after" || fail 'the dry run changed something'
    put >"$tmp/said"
    diff "$tmp/dry" "$tmp/said" || fail 'it did something else'
    grep -q '^install 4750 0:1001 /usr/lib/vakt/bin/mod_syslog$' "$tmp/said"
    take --dry-run >"$tmp/dry"
    [ -f "$r/var/lib/vakt/install/manifest" ]
    take >"$tmp/said"
    diff "$tmp/dry" "$tmp/said" || fail 'uninstall did something else'
}

a_second_run_changes_nothing() {
    room
    put >/dev/null
    everything "$r" >"$tmp/before"
    put >"$tmp/said"
    everything "$r" >"$tmp/after"
    diff "$tmp/before" "$tmp/after" || fail 'the second run changed something'
    grep -q '^nothing to do' "$tmp/said"
    put --dry-run | grep -q '^nothing to do'
}

uninstall_restores_byte_for_byte() {
    room
    put >/dev/null
    take >"$tmp/said"
    restored
    if grep -E '^(kept|lost)' "$tmp/said"; then fail 'something could not be undone'; fi
    take | grep -q 'nothing is installed'
    restored
}

is() { equal "$2" "$(stat -c '%U:%G %a' "$r$1" | sed "s/UNKNOWN/$3/g")" "$1"; }
otps_places_are_ours_and_the_originals_stay() {
    room
    put >/dev/null
    o=$r/home/otpuser/otp
    for place in erts-13.1/bin/heart erts-14.0/bin/heart erts-13.1/bin/run_erl erts-14.0/bin/run_erl bin/run_erl; do
        equal "/usr/lib/vakt/bin/${place##*/}" "$(readlink "$o/$place")" "$place"
    done
    cmp "$o/erts-13.1/bin/heart.ORIG" "$suite_tmp/fs/board/home/otpuser/otp/erts-13.1/bin/heart"
    equal ../../erts-13.1/bin/run_erl "$(readlink "$o/erts-14.0/bin/run_erl.ORIG")" 'an original that is a link'
    equal /usr/lib/vakt/bin/mod_syslog "$(readlink "$o/lib/os_mon-2.8/priv/bin/mod_syslog")"
    # where OTP has none, there is ours alone
    equal /usr/lib/vakt/bin/ferrule "$(readlink "$o/lib/os_mon-2.9/priv/bin/ferrule")"
    [ ! -e "$o/lib/os_mon-2.9/priv/bin/ferrule.ORIG" ]
    # a release's copy of vakt has the programs with their rights
    equal /usr/lib/vakt/bin/mod_syslog "$(readlink "$o/lib/vakt-0.0/priv/bin/mod_syslog")"
    equal /usr/lib/vakt/bin/ferrule "$(readlink "$o/lib/vakt-0.0/priv/bin/ferrule")"
    [ ! -L "$o/lib/vakt-0.0/priv/bin/heart" ] || fail 'what nobody starts there is replaced'
    equal /usr/lib/vakt/bin "$(readlink "$o/lib/vakt-0.1/priv/bin")"
    # a release unpacked over it is the next original
    rm "$o/erts-14.0/bin/heart"
    printf 'newer\n' >"$o/erts-14.0/bin/heart"
    put >/dev/null
    equal newer "$(cat "$o/erts-14.0/bin/heart.ORIG")"
    take >/dev/null
    equal newer "$(cat "$o/erts-14.0/bin/heart")"
}

users_and_rights() {
    room
    put >/dev/null
    equal 'otpuser:x:1001:1001:Erlang/OTP:/home/otpuser:/bin/sh' "$(grep ^otpuser "$r/etc/passwd")"
    equal 'somebody:x:1000:1000::/:/bin/sh' "$(grep ^somebody "$r/etc/passwd")" 'the line that was cut'
    equal 'vakt:x:999:otpuser' "$(grep ^vakt "$r/etc/group")" 'who may read the bridge'
    equal 'otpuser:!:::::::' "$(grep ^otpuser "$r/etc/shadow")"
    equal '0:0 640' "$(stat -c '%u:%g %a' "$r/etc/shadow")"
    equal '0:1001 4750' "$(stat -c '%u:%g %a' "$r/usr/lib/vakt/bin/mod_syslog")"
    equal '1001:1001 755' "$(stat -c '%u:%g %a' "$r/home/otpuser/otp/log")"
    for file in syslog.conf syslog.conf.ORIG syslog.conf.OTP vakt/syslog.allow vakt/node.conf; do
        equal '0:0 644' "$(stat -c '%u:%g %a' "$r/etc/$file")" "$file"
    done
    equal 1 "$(find "$r" -perm /6000 -type f ! -name '*.ORIG' | wc -l)" 'setuid files, but for the original'
    equal "$(printf '*.*\t/var/log/messages\n*.err;auth,authpriv.none\t|/etc/syslog.otp')" "$(cat "$r/etc/syslog.conf.OTP")"
    grep -q -x '/etc /etc/syslog.conf inetutils /run/syslog.pid /usr/sbin/syslogd 1001' "$r/etc/vakt/syslog.allow"
    grep -q -x 'VAKT_USER=otpuser' "$r/etc/vakt/node.conf"
    equal otpuser "$(sed -n 's/^User=//p' "$r/usr/lib/systemd/system/vakt-node.service")"
}

# What its user does with a directory is the user's.
a_directory_that_got_other_rights_stays_so() {
    room
    put >/dev/null
    chmod 0775 "$r/home/otpuser/otp/bin" "$r/home/otpuser/otp/log"
    put >"$tmp/said"
    grep -q '^nothing to do' "$tmp/said" || fail "$(cat "$tmp/said")"
}

a_user_who_is_there_stays_as_he_is() {
    room
    mkdir -p "$r/srv/otp/erts-1/bin"
    chown 1000 "$r/srv/otp"
    put --user somebody --root /srv/otp --selector 'kern.err;mail.none' >"$tmp/said"
    equal 1 "$(grep -c ^somebody "$r/etc/passwd")"
    if grep -q otpuser "$r/etc/passwd" "$r/etc/group" "$r/etc/vakt/node.conf"; then fail 'otpuser was made'; fi
    equal '0:1000 4750' "$(stat -c '%u:%g %a' "$r/usr/lib/vakt/bin/mod_syslog")"
    grep -q 'kern.err;mail.none;auth,authpriv.none' "$r/etc/syslog.conf.OTP"
    equal /usr/lib/vakt/bin/heart "$(readlink "$r/srv/otp/erts-1/bin/heart")"
}

reboot_is_for_the_keeper() {
    room
    put >"$tmp/said"
    equal 755 "$(stat -c %a "$r/usr/sbin/reboot")"
    grep -q -x 'HEART_COMMAND="/usr/lib/vakt/bin/vaktctl --yes reboot"' "$r/etc/vakt/node.conf"
    grep -q -x 'rights = ( { user = "otpuser"; may = \[ "reboot" \]; } );' "$r/etc/vakt/keeper.conf"
    grep -q 'nothing is made setuid' "$tmp/said"
    room
    put --no-keeper >"$tmp/said"
    equal 755 "$(stat -c %a "$r/usr/sbin/reboot")" 'reboot without the keeper'
    grep -q 'wants --setuid-reboot' "$tmp/said"
    grep -q -x 'HEART_COMMAND=""' "$r/etc/vakt/node.conf"
    room
    put --no-keeper --setuid-reboot >"$tmp/said"
    equal '0:1001 4750' "$(stat -c '%u:%g %a' "$r/usr/sbin/reboot")" 'reboot as asked'
    take >/dev/null
    restored
    room
    mv "$r/usr/sbin/reboot" "$r/usr/sbin/systemctl"
    ln -s systemctl "$r/usr/sbin/reboot"
    if put --no-keeper --setuid-reboot >"$tmp/said" 2>&1; then fail 'systemctl would be setuid'; fi
    grep -q 'is a link to systemctl' "$tmp/said"
}

what_was_changed_since_is_kept() {
    room
    put >/dev/null
    printf '# mine\n' >>"$r/etc/vakt/node.conf"
    printf 'mine\n' >"$r/home/otpuser/otp/erts-14.0/bin/heart.mine"
    ln -sf heart.mine "$r/home/otpuser/otp/erts-14.0/bin/heart"
    printf 'a patch\n' >"$r/usr/lib/vakt/bin/heart"
    take >"$tmp/said"
    grep -q -x '# mine' "$r/etc/vakt/node.conf"
    equal heart.mine "$(readlink "$r/home/otpuser/otp/erts-14.0/bin/heart")"
    equal 'a patch' "$(cat "$r/usr/lib/vakt/bin/heart")"
    for kept in /etc/vakt/node.conf /home/otpuser/otp/erts-14.0/bin/heart /usr/lib/vakt/bin/heart; do
        grep -q "^kept    $kept (it was changed since)" "$tmp/said" || fail "$kept is not said: $(cat "$tmp/said")"
    done
    [ -f "$r/home/otpuser/otp/erts-14.0/bin/heart.ORIG" ] || fail 'its original is gone'
    # and a configuration is nobody's to overwrite
    room
    put >/dev/null
    printf '# mine\n' >>"$r/etc/vakt/node.conf"
    printf 'RELDIR=/new\n' >>"$top_dir/conf/node.conf"
    put >"$tmp/said"
    grep -q -x '# mine' "$r/etc/vakt/node.conf"
    grep -q -x 'RELDIR=/new' "$r/etc/vakt/node.conf.new"
    cp conf/node.conf "$top_dir/conf/node.conf"
}

an_upgrade_replaces_what_is_ours() {
    room
    put >/dev/null
    printf 'ours, newer\n' >"$top_dir/build/bin/heart"
    put >"$tmp/said"
    printf 'ours heart\n' >"$top_dir/build/bin/heart"
    equal 1 "$(grep -c '^install' "$tmp/said")" 'files installed'
    equal 'ours, newer' "$(cat "$r/usr/lib/vakt/bin/heart")"
    take >/dev/null
    restored
}

the_otp_configuration_does_not_stay() {
    room
    put >/dev/null
    cat "$r/etc/syslog.conf.OTP" >"$r/etc/syslog.conf"
    touch "$r/etc/syslog.otp.lock"
    mkfifo "$r/etc/syslog.otp"
    put | grep -q '^nothing to do'
    take >/dev/null
    equal "$(printf '*.*\t/var/log/messages')" "$(cat "$r/etc/syslog.conf")"
    for rest in syslog.otp syslog.otp.lock syslog.conf.ORIG syslog.conf.OTP; do [ ! -e "$r/etc/$rest" ] || fail "$rest"; done
}

links_of_an_image_stay_inside() {
    room
    mkdir -p "$r/data/lib" "$r/data/home"
    rmdir "$r/var/lib"
    ln -s /data/lib "$r/var/lib"
    mv "$r/home/otpuser" "$r/data/home/"
    rmdir "$r/home"
    ln -s "/data/home" "$r/home"
    if put >"$tmp/said" 2>&1; then fail 'an installation directory by way of a link'; fi
    grep -q 'symbolic link' "$tmp/said"
    put --root /data/home/otpuser/otp >"$tmp/said"
    [ -f "$r/data/lib/vakt/install/manifest" ] || fail 'the manifest went elsewhere'
    equal /usr/lib/vakt/bin/heart "$(readlink "$r/data/home/otpuser/otp/erts-14.0/bin/heart")"
    [ ! -e /data/lib/vakt ] || fail 'it left the image'
}

refuses() { # WORDS OPTION ...
    words=$1
    shift
    everything "$r" >"$tmp/before"
    if put "$@" >"$tmp/said" 2>&1; then fail "$* was taken"; fi
    grep -q -e "$words" "$tmp/said" || fail "it says: $(cat "$tmp/said")"
    everything "$r" >"$tmp/after"
    diff "$tmp/before" "$tmp/after" || fail 'a refusal changed something'
}
what_cannot_be_is_refused_before_anything_is_done() {
    room
    refuses 'no name of an ordinary user' --user root
    refuses 'no plain absolute path' --root 'home/otp'
    refuses 'no plain absolute path' --root '/home/a b'
    refuses 'no plain absolute path' --root '/home/../otp'
    refuses 'is no selector' --selector 'kern.err /etc/passwd'
    refuses usage --nonsense
    refuses 'systemd, sysv' --start upstart
    printf 'somebody else has it\n' >"$r/home/otpuser/otp/erts-13.1/bin/heart.ORIG"
    refuses 'heart.ORIG is there already'
    rm "$r/home/otpuser/otp/erts-13.1/bin/heart.ORIG" "$r/home/otpuser/otp/erts-13.1/bin/heart"
    mkdir "$r/home/otpuser/otp/erts-13.1/bin/heart"
    refuses 'stands in the way'
}

every_way_to_start_at_boot() {
    room
    put >/dev/null # /etc/rcN.d: System V
    equal ../init.d/otp.system "$(readlink "$r/etc/rc3.d/S75otp.system")"
    equal ../init.d/otp.system "$(readlink "$r/etc/rc6.d/K25otp.system")"
    equal '0:0 744' "$(stat -c '%u:%g %a' "$r/etc/init.d/otp.system")"
    [ ! -e "$r/etc/rc4.d" ] || fail 'a run level was made'
    room
    mkdir -p "$r/usr/lib/systemd"
    printf x >"$r/usr/lib/systemd/systemd"
    chmod 0755 "$r/usr/lib/systemd/systemd"
    put >/dev/null
    equal /usr/lib/systemd/system/vakt-node.service "$(readlink "$r/etc/systemd/system/multi-user.target.wants/vakt-node.service")"
    # with a syslog daemon that is swapped the node needs its setuid helper
    grep -q -x NoNewPrivileges=no "$r/etc/systemd/system/vakt-node.service.d/classic.conf"
    room
    rm -r "$r/etc/rc2.d" "$r/etc/rc3.d" "$r/etc/rc6.d" "$r/etc/init.d"
    printf '::sysinit:/etc/rc\n' >"$r/etc/inittab"
    put >/dev/null
    equal '::respawn:/etc/init.d/otp.system run' "$(grep 'otp.system run' "$r/etc/inittab")"
    grep -q '^::respawn:/usr/lib/vakt/bin/wd_keeper ' "$r/etc/inittab"
    take >/dev/null
    equal '::sysinit:/etc/rc' "$(cat "$r/etc/inittab")"
    room
    put --start smf >/dev/null
    cmp "$r/lib/svc/manifest/site/vakt.xml" conf/smf/vakt.xml
    room
    put --start none --no-syslog | grep -q 'have your init run'
}

# The shims stand before the commands in PATH: the one whose turn it is kills all of install.sh, and the trap with it.
make_shims() {
    mkdir "$tmp/shims"
    for name in mv ln rm cp chmod chown mkdir rmdir; do
        cat >"$tmp/shims/$name" <<-END
	#!/bin/sh
	case "\$*" in
	    *"$r"/*)
	        read -r n <"$tmp/count"
	        n=\$((n + 1))
	        printf '%s\n' "\$n" >"$tmp/count"
	        [ "\$n" -ne "\$KILL_AT" ] || kill -KILL 0
	        ;;
	esac
	exec $(command -v "$name") "\$@"
	END
        chmod 0755 "$tmp/shims/$name"
    done
}
# killed_at N put|take: true if it was killed
killed_at() {
    printf '0\n' >"$tmp/count"
    code=0
    case $2 in put) verb=install ;; *) verb=uninstall ;; esac
    KILL_AT=$1 PATH=$tmp/shims:$PATH TMPDIR=$tmp setsid -w sh "$top_dir/scripts/install.sh" "$verb" --target "$r" >"$tmp/said" 2>&1 || code=$?
    [ "$code" -ne 0 ] || return 1
    equal 137 "$code" "killed at $1: $(cat "$tmp/said")"
}
afresh() {
    rm -rf "$r"
    cp -a "$suite_tmp/fs/board" "$r"
}
killed_anywhere_it_goes_on_from_there() {
    room
    make_shims
    put >/dev/null
    shape "$r" >"$tmp/wanted"
    at=1
    while afresh && killed_at "$at" put; do
        if [ $((at / every % 2)) -eq 0 ]; then
            put >"$tmp/said" || fail "killed before command $at, then run again: $(cat "$tmp/said")"
            shape "$r" >"$tmp/got"
            diff "$tmp/wanted" "$tmp/got" || fail "killed before command $at, then run again"
        fi
        take >"$tmp/said" || fail "killed before command $at, then uninstalled: $(cat "$tmp/said")"
        restored || fail "killed before command $at, then uninstalled"
        at=$((at + every))
    done
    [ "$at" -gt 60 ] || fail "only $at commands were seen"
}
an_uninstall_killed_anywhere_goes_on_from_there() {
    room
    make_shims
    put >/dev/null
    shape "$r" >"$tmp/wanted"
    at=1
    while
        afresh
        put >/dev/null
        killed_at "$at" take
    do
        if [ $((at / every % 2)) -eq 0 ]; then
            put >"$tmp/said" || fail "killed before command $at, then installed: $(cat "$tmp/said")"
            shape "$r" >"$tmp/got"
            diff "$tmp/wanted" "$tmp/got" || fail "killed before command $at, then installed"
        fi
        take >"$tmp/said" || fail "killed before command $at, then uninstalled: $(cat "$tmp/said")"
        restored || fail "killed before command $at, then uninstalled"
        at=$((at + every + every))
    done
    [ "$at" -gt 30 ] || fail "only $at commands were seen"
}

with_busybox_and_nothing_else() {
    command -v busybox >/dev/null 2>&1 || skip 'busybox is not installed'
    room
    put >/dev/null
    shape "$r" >"$tmp/wanted"
    room
    mkdir "$tmp/bb"
    for applet in $(busybox --list); do ln -s "$(command -v busybox)" "$tmp/bb/$applet"; done
    shell="env PATH=$tmp/bb:$PATH $tmp/bb/sh"
    $shell -c 'stat --help 2>&1' | grep -q BusyBox || fail 'the commands are not those of busybox'
    put >/dev/null
    shape "$r" >"$tmp/got"
    diff "$tmp/wanted" "$tmp/got" || fail 'it came out otherwise'
    everything "$r" >"$tmp/before"
    put | grep -q '^nothing to do'
    everything "$r" >"$tmp/after"
    diff "$tmp/before" "$tmp/after" || fail 'a second run changed something'
    take >/dev/null
    restored
}

the_built_tree_is_well_for_the_programs_that_read_it() {
    [ -x "$bin/vaktctl" ] || skip 'nothing was built'
    room
    sh scripts/install.sh install --target "$r" --start systemd >"$tmp/said" || fail "$(cat "$tmp/said")"
    # what is read by its readers: no error of either configuration, and the policy's row is understood
    env -i "$bin/vaktctl" doctor --root "$r" --json >"$tmp/json" || :
    if grep -E -o 'keeper.conf:[0-9][^"]*|bridge.conf:[0-9][^"]*' "$tmp/json"; then fail 'a configuration is not understood'; fi
    chroot "$r" /usr/lib/vakt/bin/mod_syslog --check /etc /etc/syslog.conf >"$tmp/checked" 2>&1 || :
    grep -q 'inetutils' "$tmp/checked" || fail "$(cat "$tmp/checked")"
    if grep -v '^policy: ' "$tmp/checked" | grep -i -E 'syslog.allow|not allowed|syslog.conf.OTP'; then fail 'the policy or the configuration is not well'; fi
    # without what it came from: it can be taken away by what was installed
    sh "$r/usr/lib/vakt/install/scripts/install.sh" uninstall --target "$r" >"$tmp/said" || fail "$(cat "$tmp/said")"
    restored
}

make_top
[ "$(id -u)" -ne 0 ] || make_board
check 'a dry run says exactly what will be done, and changes nothing' a_dry_run_says_what_will_be_done_and_does_nothing
check 'a second run changes nothing' a_second_run_changes_nothing
check 'uninstall restores byte for byte, mode for mode, and its originals second for second' uninstall_restores_byte_for_byte
check "OTP's places lead to ours, in every erts, and the originals stay" otps_places_are_ours_and_the_originals_stay
check 'user, group, policy and rights' users_and_rights
check 'a directory that got other rights keeps them' a_directory_that_got_other_rights_stays_so
check 'a user who is there stays as he is' a_user_who_is_there_stays_as_he_is
check 'reboot is the keeper'"'"'s; setuid only if asked for, and never a link' reboot_is_for_the_keeper
check 'what was changed since is kept, and said' what_was_changed_since_is_kept
check 'an upgrade replaces what is ours' an_upgrade_replaces_what_is_ours
check 'an OTP configuration in force is taken back first' the_otp_configuration_does_not_stay
check 'links of an image stay inside it' links_of_an_image_stay_inside
check 'what cannot be is refused before anything is done' what_cannot_be_is_refused_before_anything_is_done
check 'systemd, System V, busybox and SMF start it' every_way_to_start_at_boot
check 'killed anywhere, it goes on from there or goes back' killed_anywhere_it_goes_on_from_there
check 'an uninstall that is killed anywhere goes on, or is installed again' an_uninstall_killed_anywhere_goes_on_from_there
check 'busybox alone is enough' with_busybox_and_nothing_else
check 'the whole built tree: its readers understand it, and it goes away again' the_built_tree_is_well_for_the_programs_that_read_it
[ ! -d "$suite_tmp/fs" ] || umount "$suite_tmp/fs"
finish
