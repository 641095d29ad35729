#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: trial.sh VERSION      inside the newcomer's Debian (scripts/newcomer.sh), as root
# Each step says what it saw; the first that is not as it should be ends it.
set -eu
version=$1
cd /trial
otp=/home/otpuser/otp
step() { printf '== %s\n' "$*"; }
saw() { printf '   %s\n' "$*"; }
fail() {
    printf 'newcomer: failed: %s\n' "$*"
    for log in "$otp"/log/run_erl.log "$otp"/log/erlang.log.*; do
        [ ! -f "$log" ] || { printf -- '-- %s\n' "$log"; tail -n 40 "$log"; }
    done
    exit 1
}
eventually() { # SECONDS COMMAND ...
    limit=$(($(date +%s) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -le "$limit" ] || fail "never came true: $*"
        sleep 0.2
    done
}
listing() { find / -xdev \( -path /proc -o -path /dev -o -path /trial -o -path /tmp -o -path /run -o -path /var/log -o -path /sys \) -prune -o -printf '%p %y %U:%G %m %l\n' | sort; }
as_user() { su - otpuser -c "$1"; }
# What the node answers to an expression, by to_erl as a script uses it.
asked() { printf '%s\n' "$1" | timeout 30 su - otpuser -c "$otp/bin/to_erl /tmp/" 2>&1 | tr -d '\r'; }
answers() { asked "io:format(\"<~p>~n\", [$1])." | grep -q -F -e "<$2>"; }
vm() { cat /var/lib/vakt/node.pid; }
is_vm() { grep -q beam "/proc/$(vm)/comm"; }
# Release 1 itself, not the safe one.
runs_board() { answers 'lists:keymember(board, 1, application:which_applications())' true; }
new_vm() { [ "$(vm)" != "$1" ] && is_vm; }

step 'install.sh, from the archive'
tar -xzf "vakt-$version.tar.gz"
find /etc -type f -exec sha256sum {} + | sort -k 2 >before.sums
listing >before
sh "vakt-$version/scripts/install.sh" install --start sysv >said || { cat said; fail install.sh; }
saw "$(grep -c '^install' said) files; $(grep '^note.*erts' said)"

step 'the release is unpacked by its user, and its programs are replaced'
install -m 0644 board-1.tar.gz board-2.tar.gz start_clean.boot /tmp/
as_user "cd otp && tar -xzf /tmp/board-1.tar.gz && tar -xzf /tmp/board-2.tar.gz && cp /tmp/start_clean.boot bin/"
erts=$(basename "$otp"/erts-*)
# as release_handler:create_RELEASES and make_permanent write them
as_user "printf '%s 1' ${erts#erts-} >otp/releases/start_erl.data"
sh "vakt-$version/scripts/install.sh" install --start sysv >said || { cat said; fail 'install.sh, again'; }
saw "$(grep '^link' said | head -n 3 | tr '\n' ';')"
[ "$(readlink "$otp/$erts/bin/heart")" = /usr/lib/vakt/bin/heart ] || fail 'heart is not ours'
sh "vakt-$version/scripts/install.sh" install --start sysv >said
grep -q '^nothing to do' said || { cat said; fail 'a third run does something'; }

step 'start is edited: heart, which starts the node again'
as_user "sed -i \"s|^FLAGS=''|FLAGS='-heart -sname board'|\" otp/bin/start"
sed -i "s|^HEART_COMMAND=.*|HEART_COMMAND=\"$otp/bin/start\"|; s|^#NODE=.*|NODE=board|" /etc/vakt/node.conf

step 'the board boots (run level 3)'
# Debian's start script of it wants more of a system than there is here.
syslogd --no-klog
checked() { as_user "/usr/lib/vakt/bin/mod_syslog --check /etc /etc/syslog.conf" >checked 2>&1; }
checked || { cat checked; fail 'mod_syslog --check'; }
env -i PATH=/sbin:/bin:/usr/sbin:/usr/bin sh /etc/rc3.d/S75otp.system start </dev/null >said 2>&1 || { cat said; fail S75; }
eventually 60 is_vm
eventually 60 runs_board
saw "process $(vm) of $(stat -c %U "/proc/$(vm)"), answers by to_erl"
/usr/lib/vakt/bin/vaktctl --no-colour doctor >findings 2>&1 || :
grep -i -e 'node.conf' -e "$otp" findings || saw 'doctor has nothing to say of the node'

step 'attach and detach: the node goes on'
before=$(vm)
asked 'x' >/dev/null
[ "$(vm)" = "$before" ] || fail 'another node'
eventually 30 answers '1 + 1' 2

step 'the emulator is killed with -9: heart starts it again'
kill -KILL "$before"
eventually 90 new_vm "$before"
eventually 60 runs_board
saw "process $(vm) now"

if [ -f /usr/lib/vakt/bin/start_erl ]; then
    step 'a release that cannot boot: start_erl goes back to the good one'
    as_user "printf '%s 2' ${erts#erts-} >otp/releases/start_erl.data"
    before=$(vm)
    kill -KILL "$before"
    eventually 90 new_vm "$before"
    eventually 240 runs_board
    asked 'io:format("<~s>~n", [element(2, init:script_id())]).' | grep -q '<1>' || fail 'it is not release 1 that runs'
    saw "release 1 runs, process $(vm), though start_erl.data says 2:"
    cat "$otp"/log/erlang.log.* | tr -d '\r' | grep '^start_erl' | head -n 12 | sed 's/^/   | /'
else
    step 'start_erl was not built: no fallback'
fi

step 'the board goes down (run level 6)'
last=$(vm)
env -i PATH=/sbin:/bin:/usr/sbin:/usr/bin sh /etc/rc6.d/K25otp.system stop </dev/null || fail K25
[ ! -d "/proc/$last" ] || fail 'the emulator is still there'
# epmd is for every node of the board: it is nobody's to stop but by name
as_user "otp/$erts/bin/epmd -kill" >/dev/null || :
eventually 20 sh -c '! pgrep -u otpuser'
saw 'no process of otpuser is left'

step 'uninstall'
kill "$(cat /run/syslog.pid)"
eventually 20 sh -c '! pgrep -x syslogd'
as_user "rm -rf otp/* otp/.[!.]*; rm -f .erlang.cookie .bash_history" || :
sh /usr/lib/vakt/install/scripts/install.sh uninstall >said || { cat said; fail uninstall; }
grep -E '^(kept|lost)' said || :
grep -q '^kept.*/etc/vakt/node.conf (it was changed since)' said || fail 'what was edited is gone without a word'
rm -rf /home/otpuser /etc/vakt
find /etc -type f -exec sha256sum {} + | sort -k 2 >after.sums
diff before.sums after.sums || fail '/etc is not as it was'
listing >after
diff before after || fail 'something is not as it was'
saw 'everything is as it was'
printf 'newcomer: all steps passed\n'
