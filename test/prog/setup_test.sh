#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# scripts/setup.sh and get-daemons.sh: when nothing is missing they need no root and no network and change nothing; what they
# are asked wrongly is refused; what they cannot do they say. Nothing is installed here.
. test/prog/lib.sh
suite setup_test

# without NETWORK: as nobody when root, in a network namespace that has none, where that can be made
ordinary='env PATH=/usr/sbin:/usr/bin:/sbin:/bin'
if [ "$(id -u)" -eq 0 ]; then ordinary='unshare --net setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs env PATH=/usr/sbin:/usr/bin:/sbin:/bin'; fi

# A copy of the two scripts with daemons that are there, in a folder where nobody may look and cannot write.
copy() {
    mkdir -p "$tmp/copy/scripts" "$tmp/copy/build/daemons"
    cp scripts/setup.sh scripts/get-daemons.sh "$tmp/copy/scripts/"
    for name in "$@"; do mkdir "$tmp/copy/build/daemons/$name"; done
    chmod -R a+rX "$tmp/copy"
}
# own_folder: as above, and whoever runs it may write there
own_folder() {
    copy "$@"
    if [ "$(id -u)" -eq 0 ]; then chown -R 65534:65534 "$tmp/copy"; fi
}
listing() { find "$tmp/copy" -printf '%P %y %i %m %u %T@\n' | sort; }

nothing_missing() {
    # This machine was set up before the tests; only the daemons might be missing.
    copy rsyslog syslog-ng inetutils busybox journald
    for what in run test; do
        before=$(listing)
        # shellcheck disable=SC2086 # words
        $ordinary "$tmp/copy/scripts/setup.sh" "$what" >"$tmp/said" 2>&1 || fail "$what: $(cat "$tmp/said")"
        equal 'setup: nothing is missing' "$(cat "$tmp/said")" "setup.sh $what"
        equal "$before" "$(listing)" 'the folder'
    done
}

wrong_arguments() {
    for arguments in '' all 'run test' 'test test' --help; do
        code=0
        # shellcheck disable=SC2086 # words
        scripts/setup.sh $arguments >"$tmp/out" 2>"$tmp/err" || code=$?
        equal 2 "$code" "status of setup.sh $arguments"
        equal 'usage: setup.sh run|test|cross|board|boards' "$(cat "$tmp/err")" 'what it says'
        equal 0 "$(wc -c <"$tmp/out")" 'bytes on stdout'
        code=0
        # shellcheck disable=SC2086
        scripts/get-daemons.sh $arguments >"$tmp/out" 2>"$tmp/err" || code=$?
        equal 2 "$code" "status of get-daemons.sh $arguments"
        grep -q '^usage: get-daemons.sh run|test' "$tmp/err"
    done
    code=0
    DAEMON=nosuch scripts/get-daemons.sh run >"$tmp/out" 2>&1 || code=$?
    equal 2 "$code" 'status with an unknown DAEMON'
}

daemons_second_run() {
    copy rsyslog syslog-ng inetutils busybox journald
    before=$(listing)
    for what in run test; do
        # shellcheck disable=SC2086
        $ordinary "$tmp/copy/scripts/get-daemons.sh" "$what" >"$tmp/said" 2>&1 || fail "$(cat "$tmp/said")"
        equal '' "$(cat "$tmp/said")" 'what it says'
        equal "$before" "$(listing)" 'the folder'
    done
}

run_wants_one_daemon() {
    copy syslog-ng
    # shellcheck disable=SC2086
    $ordinary env DAEMON=syslog-ng "$tmp/copy/scripts/get-daemons.sh" run >"$tmp/said" 2>&1 || fail "$(cat "$tmp/said")"
    equal '' "$(cat "$tmp/said")" 'what it says'
}

no_network() {
    [ "$(id -u)" -eq 0 ] || skip 'needs root, to take the network away'
    if [ -x /usr/sbin/syslog-ng ]; then skip 'syslog-ng is installed here and would be used'; fi
    own_folder rsyslog inetutils busybox journald
    code=0
    # shellcheck disable=SC2086
    timeout 120 $ordinary "$tmp/copy/scripts/get-daemons.sh" test >"$tmp/out" 2>"$tmp/err" || code=$?
    equal 1 "$code" status
    grep -q '^daemons: syslog-ng: the package syslog-ng-core could not be fetched (is there a network?)' "$tmp/err"
    grep -q '^daemons: not there: syslog-ng$' "$tmp/err"
    [ ! -e "$tmp/copy/build/daemons/syslog-ng" ] || fail 'something was left'
    equal '' "$(find "$tmp/copy/build/daemons" -name '.new*')" 'what is left of the attempt'
}

# The suites of the other daemons are worth running, and what is skipped is counted; but make run needs its own.
a_daemon_cannot_be_had() {
    copy
    printf '#!/bin/sh\necho asked >>"%s/asked"\nexit 1\n' "$tmp" >"$tmp/copy/scripts/get-daemons.sh"
    CI='' "$tmp/copy/scripts/setup.sh" test >"$tmp/out" 2>&1 || fail "setup.sh test: $(cat "$tmp/out")"
    grep -q 'will be skipped' "$tmp/out" || fail 'it does not say that anything is skipped'
    equal 1 "$(wc -l <"$tmp/asked")" 'how often a person waits for the network'
    if CI='' "$tmp/copy/scripts/setup.sh" run >"$tmp/out" 2>&1; then fail 'run goes on'; fi
}
# A network that comes back while CI is patient.
ci_is_patient() {
    copy
    # shellcheck disable=SC2016 # expands in the script
    printf '#!/bin/sh\necho asked >>"%s/asked"\n[ "$(wc -l <"%s/asked")" -ge "$NETWORK_AT" ]\n' "$tmp" "$tmp" >"$tmp/copy/scripts/get-daemons.sh"
    CI=true PATIENCE=0 NETWORK_AT=3 "$tmp/copy/scripts/setup.sh" test >"$tmp/out" 2>&1 || fail "setup.sh test: $(cat "$tmp/out")"
    equal 'setup: nothing is missing' "$(cat "$tmp/out")" 'what it says of a network that came back'
    rm "$tmp/asked"
    CI=true PATIENCE=0 NETWORK_AT=9 "$tmp/copy/scripts/setup.sh" test >"$tmp/out" 2>&1 || fail "setup.sh test: $(cat "$tmp/out")"
    equal 3 "$(wc -l <"$tmp/asked")" 'how often CI asks'
    grep -q 'will be skipped' "$tmp/out" || fail 'it does not say that anything is skipped'
}

# In a mount namespace of the command's own: the machine's folder must never stand, writable, in one that is swept away.
with_sbin_of_our_own() {
    # shellcheck disable=SC2016 # runs inside the namespace
    unshare --mount --propagation private sh -euc 'mount -o bind,ro /usr/sbin "$1/real"; mount -o bind,ro "$1/sbin" /usr/sbin
        shift; exec "$@"' of-our-own "$tmp" "$@"
}

# Where one is installed and nothing can be fetched. Here inetutils' is, in a /usr/sbin of our own.
daemon_of_the_machine() {
    [ "$(id -u)" -eq 0 ] || skip 'needs root, to take the network away'
    [ -x build/daemons/inetutils/usr/sbin/syslogd ] || skip 'no private copy of inetutils to install'
    own_folder rsyslog syslog-ng busybox journald
    cp scripts/private-syslogd.sh scripts/make-otp-conf.sh "$tmp/copy/scripts/"
    mkdir "$tmp/real" "$tmp/sbin" "$tmp/own"
    for file in /usr/sbin/*; do ln -s "$tmp/real/${file##*/}" "$tmp/sbin/"; done
    rm -f "$tmp/sbin/syslogd"
    cp build/daemons/inetutils/usr/sbin/syslogd "$tmp/sbin/syslogd"
    code=0
    # shellcheck disable=SC2086 # words
    with_sbin_of_our_own timeout 120 $ordinary "$tmp/copy/scripts/get-daemons.sh" test >"$tmp/said" 2>&1 || code=$?
    equal 0 "$code" "status ($(cat "$tmp/said"))"
    grep -q 'inetutils: no package could be fetched; using /usr/sbin/syslogd of this machine' "$tmp/said"
    equal /usr/sbin/syslogd "$(cat "$tmp/copy/build/daemons/inetutils/on-machine")" 'what is kept'
    # It is what private-syslogd.sh then runs: the row of the policy names it.
    with_sbin_of_our_own "$tmp/copy/scripts/private-syslogd.sh" --prepare inetutils "$tmp/own"
    equal /usr/sbin/syslogd "$(cut -d ' ' -f 5 "$tmp/own/syslog.allow")" 'the executable in the policy'
}

# What is missing is asked of root once; without one, and without a terminal, the words to type are shown.
no_root() {
    copy rsyslog syslog-ng inetutils busybox journald
    mkdir "$tmp/path"
    for tool in sudo apt-get; do printf '#!/bin/sh\nprintf "%%s\\n" "%s $*" >>"%s/called"\nexit 1\n' "$tool" "$tmp" >"$tmp/path/$tool"; done
    printf '#!/bin/sh\nexit 1\n' >"$tmp/path/dpkg-query"
    chmod 0755 "$tmp/path" "$tmp/path"/*
    : >"$tmp/called"
    chmod 0666 "$tmp/called"
    code=0
    # shellcheck disable=SC2086
    timeout 60 $ordinary env PATH="$tmp/path:$PATH" "$tmp/copy/scripts/setup.sh" run >"$tmp/out" 2>"$tmp/err" </dev/null || code=$?
    equal 1 "$code" status
    grep -q '^setup: this needs root once. As root run: apt-get update && apt-get install --no-install-recommends g++ ' "$tmp/err"
    # Asked without a question for a password, and nothing else was called.
    equal 'sudo -n true' "$(cat "$tmp/called")" 'commands called'
}

check 'with nothing missing setup.sh needs no root and no network, and says so' nothing_missing
check 'wrong arguments: usage, status 2' wrong_arguments
check 'a second get-daemons.sh does nothing, without network' daemons_second_run
check 'get-daemons.sh run wants the daemon that DAEMON names' run_wants_one_daemon
check 'without network: words, status 1, nothing left' no_network
check 'a daemon that cannot be had: test goes on and says so, run does not' a_daemon_cannot_be_had
check 'CI asks three times before it goes on without' ci_is_patient
check 'a daemon of the machine is used when none can be fetched' daemon_of_the_machine
check 'without root: the words to type, and no question' no_root
finish
