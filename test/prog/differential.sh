#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same messages, recorded and made, through a real rsyslogd's parsers for RFC 5424 and 3164 and through ours: every
# difference is one that test/differential/rules.cpp explains (src/syslog/DIFFERENCES.md).
. test/prog/lib.sh
suite differential
# shellcheck disable=SC2034 # used there
daemon=rsyslog
. test/prog/lib-daemons.sh

# What comes is parsed as if it came over a network: no words of imuxsock's own about the sender, no control byte escaped.
rsyslog_that_tells() {
    cat >"$conf" <<END
global(workDirectory="$own" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off" net.enableDNS="off"
       localHostname="none.given")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="log" useSpecialParser="off" parseHostname="on" ignoreTimestamp="off" useSysTimeStamp="off"
      RateLimit.Interval="0")
main_queue(queue.type="direct")
template(name="told" type="list") {
  constant(value="{") property(name="pri" outname="pri" format="jsonf")
  constant(value=",") property(name="timereported" dateFormat="rfc3339" outname="time" format="jsonf")
  constant(value=",") property(name="timegenerated" dateFormat="rfc3339" outname="generated" format="jsonf")
  constant(value=",") property(name="hostname" outname="host" format="jsonf")
  constant(value=",") property(name="fromhost" outname="fromhost" format="jsonf")
  constant(value=",") property(name="app-name" outname="app" format="jsonf")
  constant(value=",") property(name="procid" outname="proc" format="jsonf")
  constant(value=",") property(name="msgid" outname="msgid" format="jsonf")
  constant(value=",") property(name="structured-data" outname="sd" format="jsonf")
  constant(value=",") property(name="protocol-version" outname="version" format="jsonf")
  constant(value=",") property(name="syslogtag" outname="tag" format="jsonf")
  constant(value=",") property(name="msg" outname="msg" format="jsonf")
  constant(value=",") property(name="rawmsg" outname="rawmsg" format="jsonf")
  constant(value="}\n")
}
*.* action(type="omfile" file="$own/messages" template="told")
END
}

every_difference_is_explained() {
    TZ=UTC
    export TZ
    fresh
    rsyslog_that_tells
    start_daemon
    eventually 20 in_messages 'is up'
    # Behind what rsyslog and the probe said.
    sed -i "s|$own/messages|$own/told|" "$conf"
    end "$syslogd"
    spawn scripts/private-syslogd.sh "$daemon" "$own" >>"$own/out" 2>&1
    syslogd=$spawned
    eventually 20 answers
    lines=$(wc -l <"$own/told")
    (cd "$own" && "$tools/differential" send log)
    eventually 60 grep -qF 'differential: end' "$own/told"
    tail -n "+$((lines + 1))" "$own/told" >"$own/compared"
    "$tools/differential" compare "$own/compared" >"$own/account" || {
        cp "$own/compared" "${KEEP_DIFFERENTIAL:-/dev/null}"
        fail "$(cat "$own/account")"
    }
    cat "$own/account"
    # Each is in the table for people, too, and nothing else is.
    sed -n 's/^ *[0-9][0-9]*  \([a-z0-9_]*\): .*/\1/p' "$own/account" | sort >"$own/found"
    # shellcheck disable=SC2016 # backticks of the table
    sed -n 's/^| `\([a-z0-9_]*\)` .*/\1/p' src/syslog/DIFFERENCES.md | sort >"$own/written"
    diff "$own/found" "$own/written"
}
answers() { printf '<13>probe: up' | "$tools/log_sender" -i "$own/log" 2>/dev/null && grep -q 'probe: up' "$own/told"; }

check 'every difference between parsers of rsyslog and ours is explained' every_difference_is_explained
finish
