#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: private-syslogd.sh DAEMON DIR             run it in the foreground, everything inside DIR
#        private-syslogd.sh --prepare DAEMON DIR   write what it reads (syslog.conf and its ORIG and OTP) and syslog.allow
# DAEMON is rsyslog, syslog-ng, inetutils or busybox, as unpacked by get-daemons.sh. In DIR: log (its socket), syslog.conf,
# syslog.pid, messages, and the FIFO syslog.otp, which mod_syslog makes. No root is needed, no socket of the system and no
# kernel log is read. DIR may lie deep: the socket is bound by the relative name "log" (a socket's path has 107 bytes).
set -eu

top=$(cd "$(dirname "$0")/.." && pwd -P)
die() {
    printf 'private-syslogd: %s\n' "$*" >&2
    exit 1
}
usage() {
    printf 'usage: private-syslogd.sh [--prepare] rsyslog|syslog-ng|inetutils|busybox DIR\n' >&2
    exit 2
}

prepare=no
if [ "${1:-}" = --prepare ]; then
    prepare=yes
    shift
fi
[ $# -eq 2 ] || usage
daemon=$1
case $daemon in
    rsyslog) program=usr/sbin/rsyslogd ;;
    syslog-ng) program=usr/sbin/syslog-ng ;;
    inetutils) program=usr/sbin/syslogd ;;
    busybox) program=bin/busybox ;;
    *) usage ;;
esac

tree=$top/build/daemons/$daemon
[ -d "$tree" ] || die "$daemon is not there; scripts/get-daemons.sh test fetches it"
if [ -f "$tree/on-machine" ]; then
    program=$(readlink -f "$(cat "$tree/on-machine")")
    tree=''
else
    program=$(readlink -f "$tree/$program") || die "$daemon is not whole; remove $tree and run scripts/get-daemons.sh test"
fi
cd "$2" 2>/dev/null || die "no such folder: $2"
dir=$(pwd -P)

# in_tree FILE-PATTERN: the folders of the private copy that hold such files, with colons between them.
in_tree() { [ -z "$tree" ] || find "$tree" -name "$1" -exec dirname {} + | sort -u | tr '\n' ':' | sed 's/:$//'; }

# ---- what each daemon reads: ORIG is logging as ever; OTP has the FIFO beside it, as make-otp-conf.sh writes it ------------
rsyslog_conf() {
    cat <<END
global(workDirectory="$dir")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="log" RateLimit.Interval="0")
*.* action(type="omfile" file="$dir/messages" template="RSYSLOG_FileFormat")
END
}
# no-multi-line: without it a newline in a message forges a line.
syslog_ng_conf() {
    cat <<END
@version: 3.38
options { keep-hostname(yes); keep-timestamp(no); use-dns(no); dns-cache(no); frac-digits(6); stats-freq(0); };
source s_local { unix-dgram("log" flags(no-multi-line)); };
destination d_messages { file("$dir/messages"); };
log { source(s_local); destination(d_messages); };
END
}
inetutils_conf() { printf '*.*\t%s\n' "$dir/messages"; }
busybox_conf() { printf '# busybox syslogd reads no configuration: everything goes to %s\n' "$dir/messages"; }

if [ "$prepare" = yes ]; then
    umask 022
    fifo_rule() { "$top/scripts/make-otp-conf.sh" syslog.conf.ORIG '*.*' "$dir/syslog.otp" "$daemon"; }
    case $daemon in
        rsyslog)
            # It does not read again on HUP, so its rule is permanent and both files have it.
            rsyslog_conf >syslog.conf.ORIG
            fifo_rule >>syslog.conf.ORIG
            cp syslog.conf.ORIG syslog.conf.OTP
            ;;
        syslog-ng)
            syslog_ng_conf >syslog.conf.ORIG
            fifo_rule >syslog.conf.OTP
            ;;
        inetutils)
            inetutils_conf >syslog.conf.ORIG
            fifo_rule >syslog.conf.OTP
            ;;
        busybox)
            busybox_conf >syslog.conf.ORIG
            cp syslog.conf.ORIG syslog.conf.OTP
            ;;
    esac
    cp syslog.conf.ORIG syslog.conf
    printf '%s %s %s %s %s %s uid:%s\n' "$dir" "$dir/syslog.conf" "$daemon" "$dir/syslog.pid" "$program" \
        "$(id -g)" "$(id -u)" >syslog.allow
    exit 0
fi

# ---- run ------------------------------------------------------------------------------------------------------------------
[ -f syslog.conf ] || die "no $dir/syslog.conf; first: private-syslogd.sh --prepare $daemon $2"
umask 022
# By environment and not through ld.so, so that /proc/PID/exe is the daemon and its pid is ours.
libraries=$(in_tree 'lib*.so*')
if [ -n "$libraries" ]; then
    LD_LIBRARY_PATH=$libraries
    export LD_LIBRARY_PATH
fi

case $daemon in
    rsyslog)
        modules=$(in_tree imuxsock.so)
        # -C: it would go to / and bind the socket there. A pid file left by a killed one would stop it.
        rm -f syslog.pid
        exec "$program" -n -C -f "$dir/syslog.conf" -i "$dir/syslog.pid" ${modules:+-M "$modules"}
        ;;
    syslog-ng)
        modules=$(in_tree libaffile.so)
        exec "$program" --foreground --no-caps --cfgfile "$dir/syslog.conf" --pidfile "$dir/syslog.pid" \
            --persist-file "$dir/syslog-ng.persist" --control control ${modules:+--module-path "$modules"}
        ;;
    inetutils)
        mkdir -p syslog.d
        exec "$program" --no-detach --no-klog --no-forward --mark=0 --rcfile="$dir/syslog.conf" --rcdir="$dir/syslog.d" \
            --pidfile="$dir/syslog.pid" --socket=log
        ;;
    busybox)
        # It knows no socket but /dev/log and no pid file but /run/syslogd.pid. So it gets a /dev and a /run of its own, in
        # a mount namespace of its own (without root in a user namespace of its own, where the kernel allows that); it
        # binds where the link /dev/log leads.
        own=''
        [ "$(id -u)" -eq 0 ] || own=--map-current-user
        # shellcheck disable=SC2086 # no option is no word
        unshare --mount --propagation private $own ${own:+--keep-caps} true 2>/dev/null ||
            die 'busybox binds /dev/log alone; that needs a mount namespace, which this user may not make'
        # The quoted script runs inside the namespace.
        # shellcheck disable=SC2016,SC2086
        exec unshare --mount --propagation private $own ${own:+--keep-caps} -- sh -eu -c '
            mount -t tmpfs -o mode=0755,size=64k vakt-run /run
            : >/run/null
            mount --bind /dev/null /run/null
            mount -t tmpfs -o mode=0755,size=64k vakt-dev /dev
            : >/dev/null
            mount --bind /run/null /dev/null
            mkdir /run/d
            mount --bind . /run/d
            ln -s /run/d/log /dev/log
            printf "%s\n" "$$" >syslog.pid
            exec "$1" syslogd -n -O "$2/messages"
        ' private-syslogd "$program" "$dir"
        ;;
esac
