# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# For suites about the console: a console on a pipe of its own, and real terminals (tmux(1)) on which it is looked at.
# Read after `suite`. $run_erl and $to_erl say whose programs are used.

# shellcheck disable=SC2034,SC2154 # for the suites, and lib.sh's
{
run_erl=$bin/run_erl to_erl=$bin/to_erl
otp_run_erl=$(command -v run_erl || :)
otp_to_erl=$(command -v to_erl || :)
}

# console COMMAND: on $pipe, with its log in $tmp/log; run_erl's pid is in $console, and what it says in $tmp/complaints.
console() {
    pipe=$tmp/pipe
    mkdir -p "$tmp/log"
    # shellcheck disable=SC2016 # for the shell there
    spawn sh -c 'exec "$@" 2>>"$0"' "$tmp/complaints" "$run_erl" "$pipe" "$tmp/log" "$1"
    # shellcheck disable=SC2034 # for the suites
    console=$spawned
    eventually 20 test -p "$pipe.w"
    # It is there for viewers once it reads what they write.
    eventually 20 is_read "$pipe.w"
}
# Opening a FIFO for writing without waiting succeeds when somebody reads it: dd(1) does it.
is_read() { dd if=/dev/null of="$1" oflag=nonblock conv=notrunc count=0 2>/dev/null; }
# background NAME [OPTION]: to_erl without a terminal, whose pid is in $viewer. It sees into $tmp/NAME.seen.
background() {
    mkfifo "$tmp/$1.keys"
    # Held open for writing as long as the check runs.
    # shellcheck disable=SC2016 # for the shells there
    spawn sh -c 'exec sleep 1000 >"$0"' "$tmp/$1.keys"
    # shellcheck disable=SC2016
    spawn sh -c 'name=$0; exec "$@" <"$name.keys" >"$name.seen" 2>"$name.said"' "$tmp/$1" "$to_erl" ${2:+"$2"} "$pipe"
    # shellcheck disable=SC2034 # for the suites
    viewer=$spawned
    eventually 20 grep -qs Attaching "$tmp/$1.said"
}
types() { printf '%b' "$2" >"$tmp/$1.keys"; }
sees() { grep -aq -- "$2" "$tmp/$1.seen"; }

logged() { cat "$tmp/log"/erlang.log.* 2>/dev/null; }
log_has() { logged | grep -aq -- "$1"; }

# ---- terminals -----------------------------------------------------------------------------------------------------
# One tmux server a check, without anybody's settings; terminals have names.
mux() { tmux -S "$tmp/mux" -f /dev/null "$@"; }
# terminal NAME COLUMNS ROWS COMMAND: COMMAND runs on it; the terminal stays when that has ended.
terminal() {
    command -v tmux >/dev/null 2>&1 || skip 'tmux is not installed'
    known=0
    mux list-sessions >/dev/null 2>&1 && known=1
    TERM=xterm LC_ALL=C.UTF-8 mux set-option -g remain-on-exit on ';' \
        new-session -d -s "$1" -x "$2" -y "$3" "$4" ';' set-option -t "$1" window-size manual
    [ "$known" = 1 ] || mux display-message -p '#{pid}' >>"$tmp/.spawned"
}
keys() { name=$1; shift; mux send-keys -t "$name" "$@"; }
screen() { mux capture-pane -p -t "$1"; }
shows() { screen "$1" | grep -q -- "$2"; }
tty_of() { mux display-message -p -t "$1" '#{pane_tty}'; }
settings() { stty -a -F "$(tty_of "$1")" 2>/dev/null; }
is_raw() { settings "$1" | grep -q -- '-icanon'; }
is_cooked() { settings "$1" | grep -q -- '[^-]icanon'; }
has_ended() { [ "$(mux display-message -p -t "$1" '#{pane_dead}')" = 1 ]; }
# The command on a terminal, whose settings are noted before and after, with its exit status.
noted() { printf 'stty -a >%s.before; "%s" "%s" %s; echo $? >%s.status; stty -a >%s.after' "$tmp/$1" "$to_erl" "$pipe" "${2:-}" "$tmp/$1" "$tmp/$1"; }
# The to_erl on a terminal: the only child of its shell.
viewer_pid() {
    shell_pid=$(mux display-message -p -t "$1" '#{pane_pid}')
    tr -d ' ' <"/proc/$shell_pid/task/$shell_pid/children"
}

# attach NAME [REDIRECTION]: to_erl on a terminal of that name, 80 by 24.
attach() {
    terminal "$1" 80 24 "$(noted "$1" "${2:-}")"
    eventually 20 is_raw "$1"
}
# put_back NAME STATUS: to_erl has ended so, and the terminal is as it was but for its size.
put_back() {
    eventually 20 test -s "$tmp/$1.after"
    equal "$2" "$(cat "$tmp/$1.status")" 'exit status'
    for when in before after; do
        sed 's/rows [0-9]*; columns [0-9]*;//' "$tmp/$1.$when" >"$tmp/$1.$when.kept"
    done
    cmp "$tmp/$1.before.kept" "$tmp/$1.after.kept" || fail "settings differ: $(diff "$tmp/$1.before" "$tmp/$1.after")"
}
