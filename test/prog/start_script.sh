#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2088 # what scripts are looked at for is not for this shell
# conf/start, the script to edit: what it runs, under each shell there is, and that it says nothing that Solaris 10's shell does not
# know, also where the # of an example is taken away.
. test/prog/lib.sh
suite start_script

# An installation in $tmp/otp whose run_erl tells what it is given, and does it.
installed() {
    root=$tmp/otp
    mkdir -p "$root/bin" "$root/log"
    cp conf/start "$root/bin/start"
    cat >"$root/bin/run_erl" <<'END'
#!/bin/sh
printf '<%s>' "$@" >"$SAID"
for last; do :; done
exec sh -c "$last"
END
    cat >"$root/bin/start_erl" <<'END'
#!/bin/sh
{ printf '<%s>' "$@"; printf ' TERM=%s HEART=%s STATIC=%s' "$TERM" "$HEART_COMMAND" "$VAKT_START_STATIC"; } >"$SAID.start_erl"
END
    chmod 755 "$root"/bin/*
    SAID=$tmp/said
    export SAID
    unset TERM RELDIR HEART_COMMAND VAKT_START_STATIC VAKT_PIDFILE VAKT_START_FOREGROUND
}
# edit OLD NEW: as the user does
edit() {
    sed "s|^$1|$2|" "$root/bin/start" >"$tmp/edited"
    ! cmp -s "$tmp/edited" "$root/bin/start" || fail "nothing to edit: $1"
    cat "$tmp/edited" >"$root/bin/start"
}

shells() {
    printf 'dash\n'
    if command -v busybox >/dev/null; then printf 'busybox sh\n'; fi
    if command -v bash >/dev/null; then printf 'bash --posix\n'; fi
}

as_it_is() {
    installed
    # shellcheck disable=SC2086 # a shell and its argument
    $1 "$root/bin/start"
    equal "<-daemon></tmp/><$root/log><exec $root/bin/start_erl $root $root/releases $root/releases/start_erl.data >" "$(cat "$SAID")"
    equal "<$root><$root/releases><$root/releases/start_erl.data> TERM=vt100 HEART= STATIC=" "$(cat "$SAID.start_erl")"
    TERM=sun RELDIR=/rel $1 "$root/bin/start" /rel/new_start_erl.data
    equal "<$root></rel></rel/new_start_erl.data> TERM=sun HEART= STATIC=" "$(cat "$SAID.start_erl")"
    VAKT_PIDFILE=$tmp/pid VAKT_START_FOREGROUND=1 $1 "$root/bin/start" &
    wait $!
    equal "$!" "$(cat "$tmp/pid")" 'in the foreground, the process that starts'
    case $(cat "$SAID") in '</tmp/>'*) ;; *) fail "daemon: $(cat "$SAID")" ;; esac
}
edited() {
    installed
    edit "ROOTDIR='%ROOT%'" "ROOTDIR=$root"
    cp "$root/bin/start" "$tmp/start"
    edit '#CLIENTDIR=$ROOTDIR/clients/NAME' 'CLIENTDIR=$ROOTDIR/clients/c1'
    for name in RELDIR=.CLIENT START_ERL_DATA=..1:-.CLIENT VAKT_START_STATIC 'export VAKT_START_STATIC' HEART_COMMAND=/usr 'export HEART_COMMAND'; do
        edit "#\\($name\\)" '\1'
    done
    edit "#FLAGS='-heart" "FLAGS='-heart"
    cp "$root/bin/start" "$tmp/start"
    # shellcheck disable=SC2086
    $1 "$tmp/start"
    client=$root/clients/c1
    equal "<$root><$client/releases><$client/bin/start_erl.data><-heart><-sname><cp1> TERM=vt100 HEART=/usr/sbin/reboot STATIC=$client/bin" \
        "$(cat "$SAID.start_erl")"
}
shells >"$suite_tmp/shells"
while read -r shell; do
    check "$shell: run_erl is run as OTP's start does it; pid file, foreground" as_it_is "$shell"
    check "$shell: heart, flags and a client without a disk are a # each, wherever it lies" edited "$shell"
done <"$suite_tmp/shells"

# What Solaris 10's /bin/sh does not know, in the lines of a script and in the examples that are one # away.
foreign() {
    sed -n -e 's/^#\([A-Za-z_][A-Za-z_]*=\)/\1/' -e 's/^#\(export \)/\1/' -e '/^[[:space:]]*#/d' -e p "$1" |
        grep -n -e '[$](' -e '[$]{[A-Za-z_0-9]*[#%]' -e '[$]{#' -e 'export [A-Za-z_]*=' -e '^[[:space:]]*! ' -e 'if ! ' -e '\[ -e ' \
            -e 'test -e ' -e '\[\[' -e '^[[:space:]]*local ' -e '^[[:space:]]*function ' -e ' == ' -e '[$]((' -e '<(' -e '<<<' -e '=~' \
            -e '^[[:space:]]*printf ' -e '^[[:space:]]*command ' -e 'readonly [A-Za-z_]*=' -e '~/' -e '-a -\|-o -' -e '&>'
}
knows_the_dialect() {
    ! foreign conf/start || fail 'not in the dialect'
    for bad in 'A=$(pwd)' 'A=${B#/}' 'A=${B%/*}' 'A=${#B}' 'export A=b' '! true' 'if ! true; then' '[ -e /x ]' '[[ a ]]' ' local a' 'function f {' \
        '[ a == b ]' 'A=$((1+1))' 'printf x' '#export A=b' '#A=$(pwd)' 'cd ~/x' 'readonly A=b'; do
        printf '%s\n' "$bad" >"$tmp/bad"
        foreign "$tmp/bad" >/dev/null || fail "not seen: $bad"
    done
    printf '# export A=b is not known there, nor $(this)\nexport A\n' >"$tmp/good"
    ! foreign "$tmp/good" || fail 'what a comment says is no fault'
}
check "it is written in the dialect of Solaris 10's shell, the examples too" knows_the_dialect

finish
