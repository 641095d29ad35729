# shellcheck shell=sh
# shellcheck disable=SC2154 # what lib.sh and the suite set
# SPDX-License-Identifier: Apache-2.0
# What a user does with a board, on its serial console: the shell, to_erl, vaktctl, events of the kernel and of syslog in Erlang, an
# upgrade in place, and one that does not come up. After test/board/faults.sh, on a board that is ready.

user_checks() {
    check 'the console gives the node'\''s user a shell' a_shell_on_the_console
    check 'to_erl attaches; the line can be edited; Ctrl-D leaves and the node runs on' to_erl_attaches
    check 'vaktctl status says that the board is guarded' status_on_the_console
    check 'what kernel and programs log comes to Erlang as events' events_come
    check 'a release that was put there is started, and is the good one then' an_upgrade_in_place
    check 'one that does not come up is left for the last good one, and the report says so' an_upgrade_that_fails
}

# From the console's mark on; echoes come with escapes of line editors.
on_console() { await "${2:-60}" console "$1"; }

a_shell_on_the_console() {
    mark
    types '\r'
    on_console '^(.*\r)?otpuser@board:~\$ '
    # shellcheck disable=SC2016 # for the board's shell
    types 'id -un; echo "$((6 * 7)) is it"\r'
    on_console '^otpuser'
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
    says 600 '^board: ready'
    greet
    equal 0.2.0 "$(running)" 'the release'
    answer 60 'vaktctl --no-colour reset; tail -n 20 /data/log/erlang.log.*; echo'
    grep -q '0\.3\.0' "$machine/answer"
}
