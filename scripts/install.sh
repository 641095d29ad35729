#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: install.sh install|uninstall [--dry-run] [--target DIR] [--user NAME] [--root OTP_ROOT] [--prefix DIR]
#   [--selector SELECTOR] [--flavour NAME] [--syslogconf FILE] [--no-syslog] [--no-keeper] [--no-bridge]
#   [--start systemd|sysv|busybox|smf|none] [--setuid-reboot]
# Installs Vakt on a board, from the built tree or from what make dist packed; needs no make. Into the system itself, or an image
# under --target. Everything is planned first (--dry-run prints it), then written down in /var/lib/vakt/install/manifest, then
# done. A second run changes nothing; uninstall restores what was there. Stopped at any moment: run either again.
# shellcheck disable=SC2034 # much is for the parts
set -eu
umask 022
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
tab=$(printf '\t')
target='' user=otpuser otp_root='' prefix=/usr sysconfdir=/etc dry=no
selector='*.err' flavour=auto own=/etc conf=/etc/syslog.conf conf_said=no with_syslog=yes
keeper=auto bridge=auto init=auto setuid_reboot=no
state=/var/lib/vakt/install

usage() {
    sed -n 's/^# \{0,1\}//; 3,5p' scripts/install.sh >&2
    exit 2
}
act=${1:-}
case $act in install | uninstall) shift ;; *) usage ;; esac
while [ $# -gt 0 ]; do
    case $1 in
        --target | --user | --root | --prefix | --selector | --flavour | --syslogconf | --start) [ $# -gt 1 ] || usage ;;
    esac
    case $1 in
        --dry-run) dry=yes ;;
        --target) target=$2; shift ;;
        --user) user=$2; shift ;;
        --root) otp_root=$2; shift ;;
        --prefix) prefix=$2; shift ;;
        --selector) selector=$2; shift ;;
        --flavour) flavour=$2; shift ;;
        --syslogconf) conf=$2 conf_said=yes; shift ;;
        --start) init=$2; shift ;;
        --no-syslog) with_syslog=no ;;
        --no-keeper) keeper=no ;;
        --no-bridge) bridge=no ;;
        --setuid-reboot) setuid_reboot=yes ;;
        *) usage ;;
    esac
    shift
done

VERSION=
if [ -f VERSION ]; then VERSION=$(cat VERSION); elif [ -f Makefile ]; then VERSION=$(sed -n 's/^VERSION := //p' Makefile); fi
# shellcheck source=scripts/install/look.sh
. scripts/install/look.sh
# shellcheck source=scripts/install/plan.sh
. scripts/install/plan.sh
# shellcheck source=scripts/install/act.sh
. scripts/install/act.sh
# shellcheck source=scripts/install/undo.sh
. scripts/install/undo.sh
# shellcheck source=scripts/install/modes.sh
. scripts/install/modes.sh
# shellcheck source=scripts/install/users.sh
. scripts/install/users.sh
# shellcheck source=scripts/install/otp.sh
. scripts/install/otp.sh
# shellcheck source=scripts/install/syslog.sh
. scripts/install/syslog.sh
# shellcheck source=scripts/install/heart.sh
. scripts/install/heart.sh
# shellcheck source=scripts/install/boot.sh
. scripts/install/boot.sh

target=${target%/}
case $target in '') ;; *) target=$(cd "$target" && pwd) || die "there is no directory $target" ;; esac
[ -n "$otp_root" ] || otp_root=/home/$user/otp
for path in "$otp_root" "$prefix" "$conf"; do plain "$path" || die "'$path' is no plain absolute path"; done
case $user in '' | root | [!a-z_]* | *[!a-z0-9_-]*) die "'$user' is no name of an ordinary user" ;; esac
[ "$dry" = yes ] || [ "$(id -u)" -eq 0 ] || die 'root is needed; --dry-run is not'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
: >"$work/plan"
settle "$state/manifest"
manifest=$disk
state=${place%/*}

plan() {
    [ -f conf/modes ] || die "conf/modes is not here: this can uninstall alone"
    [ "$keeper" != auto ] || { keeper=no; [ ! -f build/bin/wd_keeper ] || keeper=yes; }
    [ "$bridge" != auto ] || { bridge=no; [ ! -f build/bin/syslog_bridge ] || bridge=yes; }
    VAKT_USER=$user VAKT_OTP_ROOT=$otp_root
    choose_command
    plan_user
    each_file plan_one
    want_link ../../../bin "$app/priv/bin"
    plan_otp
    if [ "$with_syslog" = yes ]; then plan_syslog; fi
    plan_heart
    plan_boot
}

# plan_one SOURCE PATH OWNER MODE KIND
# shellcheck disable=SC2317 # each_file calls it
plan_one() {
    ready=$1
    case $1 in
        conf/*)
            ready=$work/ready
            filled "$1" >"$ready"
            ;;
    esac
    case $5 in config) want_file config "$ready" "$2" "$3" "$4" ;; *) want_file file "$ready" "$2" "$3" "$4" ;; esac
}

if [ "$act" = uninstall ]; then
    uninstall
else
    plan
    if [ ! -s "$work/plan" ]; then
        [ "$dry" = yes ] || drop_locks
        say 'nothing to do: all is installed'
    elif [ "$dry" = yes ]; then
        each tell_one
    else
        carry_out
    fi
fi
exit
