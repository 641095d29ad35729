# shellcheck shell=sh
# shellcheck disable=SC2154 # what lib.sh and the suite set
# SPDX-License-Identifier: Apache-2.0
# What a user does with a board, on its serial console: the shell, to_erl, vaktctl, events of the kernel and of syslog in Erlang, an
# upgrade in place, releases that do not come up, a configuration, a directory and a boot that are broken. After test/board/faults.sh, on a board that is ready.

user_checks() {
    check 'the console gives the node'\''s user a shell' a_shell_on_the_console
    check 'to_erl attaches; the line can be edited; Ctrl-D leaves and the node runs on' to_erl_attaches
    check 'vaktctl status says that the board is guarded' status_on_the_console
    check 'what kernel and programs log comes to Erlang as events' events_come
    check 'a release that was put there is started, and is the good one then' an_upgrade_in_place
    check 'one that does not come up is left for the last good one, and the log of the node says so' an_upgrade_that_fails
    check "so is one whose last application does not start, though the board's own did; and its crash dump is small" an_application_that_fails
    check "data that name a release of another image: the image's own is started; and the report tells what the boot before fell back to" another_images_data
    check "a configuration that the keeper does not take: the board is guarded by the image's, and says so" a_wrong_configuration
    check 'on a full disk the board comes up, and its start is known as a good one' a_full_disk
    check "whatever the node's user makes of its directory, root follows no link there" a_link_for_root
    check 'a boot that stands still before there is a keeper is reset, and told' a_boot_that_stands_still
    check 'and so is one whose keeper stands still before it guards anything' a_keeper_that_never_guards
}

# From the console's mark on; echoes come with escapes of line editors.
on_console() { await "${2:-60}" console "$1"; }

a_shell_on_the_console() {
    mark
    types '\r'
    on_console '^(.*\r)?otpuser@board:~\$ '
    # shellcheck disable=SC2016 # for the board's shell
    types 'id -un; echo "$((6 * 7)) is it"\r'
    on_console '^otpuser$'
    on_console '^42 is it'
}

to_erl_attaches() {
    mark
    types 'to_erl\r'
    on_console 'Attaching to'
    types '\r'
    on_console '[0-9]> '
    # Typed in the wrong order: Ctrl-A is QEMU's own, so the cursor goes left by its key.
    types '+ 4000.\033[D\033[D\033[D\033[D\033[D\033[D\033[D300 \r'
    on_console '^4300'
    types '\004'
    on_console '\[Quit\]'
    guest "pidof beam.smp >/dev/null && echo 'it runs on'"
    await 60 shell '^it runs on'
}

status_on_the_console() {
    mark
    types 'vaktctl --no-colour status\r'
    on_console '^Board +guarded'
    on_console '^ +board .*VM [0-9]'
}

events_come() {
    mark
    # What was said before it has subscribed it is not told: it is said again.
    erlang '{ok, R} = vakt:subscribe(), F = fun F(T) -> receive {vakt, R, #{text := T, source := S}} -> {came, S, T} end end,
io:format("~p~n~p~n", [F(<<"a word of a program">>), F(<<"a word of the kernel">>)]).'
    answer 120 "for n in \$(seq 60); do logger -p user.err -t test 'a word of a program'; echo '<3>a word of the kernel' >/dev/kmsg
sleep 1; ! grep -q '^{came,kmsg' /data/log/erlang.log.* || break; done; grep -h '^{came' /data/log/erlang.log.*"
    grep -q '{came,socket,<<"a word of a program">>}' "$machine/answer"
    grep -q '{came,kmsg,<<"a word of the kernel">>}' "$machine/answer"
}

# release NAME COMMAND: a release beside the board's own, made of it, changed by the command in its folder, and named in start_erl.data.
release() {
    guest "cd /home/otpuser/otp/releases && rm -rf $1 && cp -rL 0.1.0 $1 && cd $1 && { $2; }; cd ..; chown -R otpuser $1
read -r erts _ <start_erl.data; echo \"\$erts $1\" >data.new; chown otpuser data.new; sync; mv data.new start_erl.data; sync; cd /; reboot"
}

# The release that runs, by where it was booted from.
running() {
    answer 60 "tr '\\0' '\\n' </proc/\$(pidof beam.smp)/cmdline | sed -n 's|.*/releases/\\(.*\\)/start\$|\\1|p'"
    cat "$machine/answer"
}

an_upgrade_in_place() {
    mark
    release 0.2.0 :
    rises
    equal 0.2.0 "$(running)" 'the release'
}

an_upgrade_that_fails() {
    mark
    # The node ends while it starts, and the board is reset: three times.
    release 0.3.0 "echo nonsense >sys.config"
    says 1800 '^board: ready'
    greet
    equal 0.2.0 "$(running)" 'the release'
    the_log_tells_of 0.3.0
}

# the_log_tells_of VSN: that it failed, and what is started in its place.
the_log_tells_of() {
    answer 60 'cat /data/log/erlang.log.*; echo'
    grep "last good release 0\.2\.0 .*$1 .* failed 3 times" "$machine/answer" || fail "the node's log: $(tail -n 20 "$machine/answer")"
}

an_application_that_fails() {
    mark
    erlang '{ok, Bytes} = file:read_file("/home/otpuser/otp/releases/0.2.0/start.boot"), {script, Id, Steps} = binary_to_term(Bytes),
{Most, [Last]} = lists:split(length(Steps) - 1, Steps), Keys = [{vsn, "1"}, {modules, []}, {registered, []}, {applications, [kernel, stdlib]}, {mod, {broken, []}}],
ok = file:write_file("/tmp/broken.boot", term_to_binary({script, Id, Most ++ [{apply, {application, load, [{application, broken, Keys}]}}, {apply, {application, start_boot, [broken, permanent]}}, Last]})).'
    answer 60 'until [ -s /tmp/broken.boot ]; do usleep 100000; done; sleep 1; ls -l /tmp/broken.boot'
    mark
    release 0.4.0 'cp /tmp/broken.boot start.boot'
    says 1800 '^board: ready'
    greet
    equal 0.2.0 "$(running)" 'the release'
    the_log_tells_of 0.4.0
    answer 60 'find /data -name erl_crash.dump -exec ls -l {} \; ; echo'
    awk '$5 > 1000 && $5 < 300000 { good = 1 } END { exit !good }' "$machine/answer" || fail "the crash dump: $(cat "$machine/answer")"
}

another_images_data() {
    mark
    guest 'cd /home/otpuser/otp/releases && echo "99.0 9.9.9" >data.new && chown otpuser data.new && mv data.new start_erl.data; sync; cd /; reboot'
    rises
    said console '^board: release 9.9.9 with erts 99.0 is not on this board any more' || show_end 'the console does not say so'
    equal 0.1.0 "$(running)" 'the release'
    # What was noted in the boot before, which fell back.
    answer 60 'vaktctl --no-colour reset; echo'
    tr -s ' \n' ' ' <"$machine/answer" | grep -q 'last good release 0\.2\.0 .*0\.4\.0 .* failed 3 times' || fail "the report: $(cat "$machine/answer")"
}

a_wrong_configuration() {
    mark
    # The bridge's is right, but the bridge may not read it.
    guest 'echo "leases = nonsense;" >/data/etc/keeper.conf; cp /etc/vakt/bridge.conf /data/etc/; chmod 600 /data/etc/bridge.conf; sync; reboot'
    rises
    said console '^board: refused: .*/data/etc/keeper.conf:1' || show_end 'the console does not say so'
    said console '^board: refused: .*/data/etc/bridge.conf' || show_end 'the console does not say so of the bridge'
    # Now it may, and says nothing of how large the ring is.
    answer 60 'vaktctl --no-colour status; vaktctl --no-colour account; vaktctl --no-colour events --text refused; rm /data/etc/keeper.conf; sed -i "/^ring/d" /data/etc/bridge.conf; chmod 644 /data/etc/bridge.conf; sync'
    grep -q '^Board  *guarded' "$machine/answer"
    grep -q '^source  *kmsg' "$machine/answer" || fail "the bridge: $(cat "$machine/answer")"
    grep -q 'board: refused: .*/data/etc/keeper.conf:1' "$machine/answer" || fail "no event says so: $(cat "$machine/answer")"
    mark
    guest 'reboot'
    rises
    ! said console '^board: refused' || show_end 'what is right is refused'
    answer 60 'vaktctl --no-colour account; grep -c . /etc/vakt/bridge.conf; ls -l /run/vakt/bridge/bridge.ring'
    grep -q '^source  *kmsg' "$machine/answer" || fail "the bridge: $(cat "$machine/answer")"
    grep -q ' 4194304 ' "$machine/answer" || fail "its ring: $(cat "$machine/answer")"
    guest 'rm /data/etc/bridge.conf; sync'
}

# What is given back on the way up, of the start before, is filled again as soon as there is a VM, which has its word to say later: lines
# that the board's network is configured by do it.
a_full_disk() {
    mark
    guest "mkdir -p /data/etc/seed; cat >/data/etc/seed/network <<'END'
(rm /data/etc/seed/network; until pidof beam.smp; do usleep 10000; done
while [ ! -e /run/enough ]; do cat /dev/zero >>/data/fill; usleep 100000; done) >/dev/null 2>&1 &
END
cat /dev/zero >/data/fill 2>/dev/null; sync; reboot"
    rises
    answer 60 'ls /data/log/start-*.healthy; df -k /data | tail -n 1; cat /dev/zero >>/data/fill; : >/run/enough; usleep 300000; rm /data/fill; sync'
    cat "$machine/answer"
    said console '^board: healthy ok' || show_end 'it could not be said'
    grep -q '^/data/log/start-.*healthy$' "$machine/answer" || fail 'it is not known as a good one'
    grep -q ' 100% ' "$machine/answer" || fail 'the disk is not full'
}

# Such a node does not come up: the board would be reset again and again.
a_link_for_root() {
    mark
    guest "su otpuser -c 'cd /data/home/otpuser && mv otp otp.old && ln -s /data otp'; mkdir -p /data/modules; sync; reboot"
    says 900 '^board: boot '
    greet
    answer 60 "stat -c '%U %n' /data /data/etc /data/modules /data/vakt /data/home; ls /data"
    [ "$(grep -c '^root /data' "$machine/answer")" -eq 5 ] || fail "whose they are: $(cat "$machine/answer")"
    ! grep -qx 'releases' "$machine/answer" || fail "what is there: $(cat "$machine/answer")"
    mark
    guest "su otpuser -c 'cd /data/home/otpuser && rm otp && mv otp.old otp'; rmdir /data/modules; sync; reboot"
    rises
}

# What it stands still in is a line of shell here, which stands for a driver or a disk.
a_boot_that_stands_still() {
    stands_still 'sleep 1000'
}
# The board is up meanwhile, and unguarded.
a_keeper_that_never_guards() {
    stands_still 'printf "#!/bin/sh\nsleep 1000\n" >/run/wd_keeper; chmod 755 /run/wd_keeper; mount --bind /run/wd_keeper /usr/lib/vakt/bin/wd_keeper' \
        '^board: no keeper answers'
}
stands_still() { # WORDS [WHAT-THE-BOARD-SAYS]
    its=$1
    meanwhile=${2:-}
    # That boot is not in the ledger, so no more is sure.
    set -- kernel_panic medium
    # It has no memory of a panic.
    [ "$board" != qemu-s390x ] || set -- . .
    mark
    guest "mkdir -p /data/etc/seed; echo 'rm /data/etc/seed/network; sync; $its' >/data/etc/seed/network; sync; reboot"
    [ -z "$meanwhile" ] || says 900 "$meanwhile"
    says 900 'the way up stands still'
    mark
    rises
    said console "^board: reset cause=$1 confidence=$2" || show_end 'the report says something else'
    [ "$board" = qemu-s390x ] || said console '^board: last: .*the way up stands still' || show_end 'the last line is lost'
}
