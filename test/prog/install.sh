#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make install and uninstall: every line of conf/modes lands with its mode, changed configuration is kept, nothing else stays.
. test/prog/lib.sh
suite install

# A setuid file may stand only on a private tmpfs, never under build/.
install_root() {
    mkdir "$tmp/root"
    if [ "$(id -u)" -eq 0 ]; then mount -t tmpfs -o mode=0755 vakt-install "$tmp/root"; fi
}
leave_root() { if [ "$(id -u)" -eq 0 ]; then umount "$tmp/root"; fi; }
put() { make -s "$1" DESTDIR="$tmp/root" prefix=/usr sysconfdir=/etc; }

every_line_lands_with_its_mode() {
    install_root
    put install >"$tmp/said"
    if [ "$(id -u)" -eq 0 ]; then expected=4750; else expected=755; fi
    equal "$expected" "$(stat -c %a "$tmp/root/usr/lib/vakt/bin/mod_syslog")" 'mode of mod_syslog'
    equal 755 "$(stat -c %a "$tmp/root/usr/lib/vakt/bin/ferrule")" 'mode of ferrule'
    equal 644 "$(stat -c %a "$tmp/root/etc/vakt/syslog.allow")" 'mode of the policy'
    for file in etc/vakt/bridge.conf usr/lib/systemd/system/vakt-bridge.socket usr/lib/sysusers.d/vakt.conf usr/lib/tmpfiles.d/vakt.conf; do
        equal 644 "$(stat -c %a "$tmp/root/$file")" "mode of $file"
    done
    equal "$(grep -c '^install ' "$tmp/said")" "$(find "$tmp/root" -type f | wc -l)" 'files installed'
    [ -x "$tmp/root/usr/lib/vakt/lib/vakt-$(make -s print-VERSION)/priv/bin/ferrule" ] || fail 'priv/bin does not lead to the programs'
    if [ "$(id -u)" -eq 0 ]; then
        equal 1 "$(find "$tmp/root" -perm /6000 -type f | wc -l)" 'setuid or setgid files'
    fi
    leave_root
}

uninstall_leaves_nothing_of_ours() {
    install_root
    mkdir -p "$tmp/root/usr/lib" "$tmp/root/usr/share/man"
    put install >/dev/null
    put uninstall >/dev/null
    equal '' "$(find "$tmp/root" -type f -o -type l)" 'left behind'
    leave_root
}

changed_configuration_is_kept() {
    install_root
    put install >/dev/null
    printf '# mine\n' >"$tmp/root/etc/vakt/syslog.allow"
    put install >/dev/null
    equal '# mine' "$(cat "$tmp/root/etc/vakt/syslog.allow")" 'after a second install'
    cmp conf/syslog.allow "$tmp/root/etc/vakt/syslog.allow.new"
    put uninstall >/dev/null
    equal '# mine' "$(cat "$tmp/root/etc/vakt/syslog.allow")" 'after uninstall'
    leave_root
}

the_installed_application_starts() {
    install_root
    put install >/dev/null
    erl -noshell -pa "$tmp/root/usr/lib/vakt/lib/vakt-$(make -s print-VERSION)/ebin" \
        -eval 'ok = application:load(vakt), {ok, V} = application:get_key(vakt, vsn), io:format("~s ~s", [V, filelib:is_regular(filename:join([code:priv_dir(vakt), "bin", "ferrule"]))]), halt().' >"$tmp/said"
    equal "$(make -s print-VERSION) true" "$(cat "$tmp/said")" 'version, and ferrule found'
    leave_root
}

check 'every line of conf/modes lands with its mode, mod_syslog alone setuid' every_line_lands_with_its_mode
check 'uninstall leaves nothing of ours' uninstall_leaves_nothing_of_ours
check 'a changed configuration file is kept by install and uninstall' changed_configuration_is_kept
check 'the installed application is found and finds its programs' the_installed_application_starts
finish
