#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: make-otp-conf [--with-auth] ORIG SELECTOR FIFO [FLAVOUR] > OTP
# Prints ORIG and one more rule, which writes what SELECTOR (kern.err, '*.*;mail.none', ...) chooses to FIFO in the syntax of
# FLAVOUR: inetutils (default), sysklogd, solaris, syslog-ng. For rsyslog, which re-reads nothing, it prints the drop-in for
# /etc/rsyslog.d alone, without ORIG. auth and authpriv are left out unless asked for: whoever may read the FIFO reads them.
set -eu

die() {
    printf 'make-otp-conf: %s\n' "$*" >&2
    exit 1
}
usage() {
    printf 'usage: make-otp-conf [--with-auth] ORIG SELECTOR FIFO [inetutils|sysklogd|solaris|syslog-ng|rsyslog]\n' >&2
    exit 2
}

with_auth=no
if [ "${1:-}" = --with-auth ]; then
    with_auth=yes
    shift
fi
case $# in 3 | 4) ;; *) usage ;; esac
orig=$1 selector=$2 fifo=$3 flavour=${4:-inetutils}

# What goes into a rule is checked here, since a rule that is not understood can cost all logging.
case $selector in
    '' | *[!A-Za-z0-9.,\;*=!]* | [!A-Za-z*]*) die "'$selector' is no selector (FACILITY.LEVEL[;FACILITY.LEVEL]...)" ;;
    *.*) ;;
    *) die "'$selector' has no level" ;;
esac
case $fifo in
    *[!A-Za-z0-9/._+@:-]* | *//* | */ | */./* | */../*) die "'$fifo' is no plain absolute path" ;;
    /*/*) ;;
    *) die "'$fifo' is no plain absolute path" ;;
esac
case $flavour in
    busybox) die 'busybox syslogd reads no configuration, so no rule can be given to it; run another daemon (with -O FIFO it dies when the reader leaves)' ;;
    bridge) die 'the bridge writes the FIFO itself and needs no rule' ;;
    inetutils | sysklogd | solaris | syslog-ng | rsyslog) ;;
    *) usage ;;
esac
case ";$selector" in
    *[\;,]auth.* | *[\;,]auth,* | *[\;,]authpriv.* | *[\;,]authpriv,*)
        [ "$with_auth" = yes ] || printf 'make-otp-conf: auth and authpriv stay out without --with-auth\n' >&2
        ;;
esac

# BSD daemons: a later part takes out what an earlier one chose. A facility that is not known costs the whole rule, and
# Oracle's Solaris does not know authpriv; on illumos, which does, say so in SELECTOR ('*.*;authpriv.none').
bsd_selector() {
    if [ "$with_auth" = yes ]; then
        printf '%s' "$selector"
    elif [ "$flavour" = solaris ]; then
        printf '%s;auth.none' "$selector"
    else
        printf '%s;auth,authpriv.none' "$selector"
    fi
}

# syslog-ng has no selectors: (chosen or chosen ...) and not left out.
ng_level() {
    case $1 in
        error) printf 'err' ;;
        warn) printf 'warning' ;;
        panic) printf 'emerg' ;;
        emerg | alert | crit | err | warning | notice | info | debug) printf '%s' "$1" ;;
        *) die "'$1' is no level that can be said to syslog-ng" ;;
    esac
}
ng_filter() {
    chosen='' left_out=''
    [ "$with_auth" = yes ] || left_out=' and not facility(auth, authpriv)'
    rest=$selector\;
    while [ -n "$rest" ]; do
        part=${rest%%;*}
        rest=${rest#*;}
        facilities=${part%.*}
        level=${part##*.}
        [ -n "$facilities" ] || die "'$part' has no facility"
        list=$(printf '%s' "$facilities" | sed 's/,/, /g')
        case $facilities in *'*'*) of='' ;; *) of="facility($list)" ;; esac
        case $level in
            none)
                [ -n "$of" ] || die "'$part' leaves out everything"
                left_out="$left_out and not $of"
                continue
                ;;
            '*') at='' ;;
            =*)
                at=$(ng_level "${level#=}") || exit 1
                at="level($at)"
                ;;
            *)
                at=$(ng_level "$level") || exit 1
                at="level($at..emerg)"
                ;;
        esac
        both="$of${of:+${at:+ and }}$at"
        [ -n "$both" ] || both='level(debug..emerg)'
        chosen="$chosen${chosen:+ or }($both)"
    done
    [ -n "$chosen" ] || die "'$selector' chooses nothing"
    printf '(%s)%s' "$chosen" "$left_out"
}

case $flavour in
    rsyslog)
        cat <<END
# Vakt's permanent rule for rsyslog, which does not read its configuration again on SIGHUP: mod_syslog otp makes the
# FIFO, nootp removes it. The action has its own queue and tries again every second, so that a FIFO that is full or not
# there costs this action's lines alone; without that, rsyslog gives up on it for 30 s at a time.
template(name="vakt" type="string"
  string="<%PRI%>%TIMESTAMP:::date-rfc3339% %HOSTNAME% %syslogtag%%msg:::sp-if-no-1st-sp%%msg:::drop-last-lf%\n")
$(bsd_selector) action(type="ompipe" pipe="$fifo" template="vakt"
  queue.type="LinkedList" queue.size="2000" queue.timeoutEnqueue="0"
  action.resumeRetryCount="-1" action.resumeInterval="1")
END
        exit 0
        ;;
esac

[ -f "$orig" ] || die "$orig is no file"
[ -s "$orig" ] || die "$orig is empty"
if grep -F -q -- "$fifo" "$orig"; then die "$orig names $fifo already; it should be the configuration without it"; fi

# All is known to be good now: nothing is printed before. A last line without newline gets one.
case $flavour in
    inetutils | sysklogd)
        rule=$(printf '%s\t|%s' "$(bsd_selector)" "$fifo")
        ;;
    solaris)
        # No pipe sign and only a TAB: that is what this daemon knows. Elsewhere a bare path blocks or kills the daemon.
        rule=$(printf '%s\t%s' "$(bsd_selector)" "$fifo")
        ;;
    syslog-ng)
        source=$(sed -n 's/^[[:blank:]]*source[[:blank:]]\{1,\}\([A-Za-z0-9_-]\{1,\}\)[[:blank:]]*{.*/\1/p' "$orig" | head -n 1)
        [ -n "$source" ] || die "$orig has no line that begins with 'source NAME {'"
        filter=$(ng_filter)
        # -1: mod_syslog has given the FIFO its owner and group. Never flow-control: a full FIFO would stop every sender.
        rule=$(
            cat <<END
filter f_vakt { $filter; };
destination d_vakt { pipe("$fifo" owner(-1) group(-1) perm(0640)
  template("<\${PRI}>\${ISODATE} \${HOST} \${MSGHDR}\${MSG}\\n")); };
log { source($source); filter(f_vakt); destination(d_vakt); };
END
        )
        ;;
esac
cat "$orig"
[ -z "$(tail -c 1 "$orig")" ] || printf '\n'
printf '%s\n' "$rule"
