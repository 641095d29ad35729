#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: newcomer.sh      (after make dist; root; mmdebstrap or debootstrap, and Debian's packages the first time)
# What somebody does who has a Debian board, an Erlang release and Vakt's archive: install, start at boot, attach, detach, have the
# node killed, give it a release that cannot boot, stop, uninstall. In a Debian of its own, made once under build/newcomer and
# unpacked on a tmpfs in private namespaces: nothing of this machine is touched.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)
place=$top/build/newcomer
VERSION=$(sed -n 's/^VERSION := //p' Makefile)

if [ "${1:-}" != inside ]; then
    [ "$(id -u)" -eq 0 ] || { printf 'newcomer: root is needed, to chroot\n' >&2; exit 1; }
    mkdir -p "$place"
    if [ ! -s "$place/base.tar" ]; then
        command -v mmdebstrap >/dev/null 2>&1 || { printf 'newcomer: apt-get install mmdebstrap\n' >&2; exit 1; }
        printf '== a minimal Debian, once\n'
        mmdebstrap --variant=minbase --include=libtinfo6,zlib1g,libsystemd0,libevent-core-2.1-7,libconfig9,inetutils-syslogd,procps \
            bookworm "$place/base-new.tar" >"$place/log" 2>&1 || { tail -n 20 "$place/log" >&2; exit 1; }
        mv "$place/base-new.tar" "$place/base.tar"
    fi
    printf '== two releases by systools: 1 is good, 2 cannot boot\n'
    rm -rf "$place/releases"
    mkdir "$place/releases"
    erlc -o "$place/releases" scripts/newcomer/board_app.erl
    for release in 1 2; do
        erl -noshell -pa "$place/releases" -run board_app make "$place/releases" "$release" "$top/build/lib/vakt-$VERSION" >"$place/log" 2>&1 || {
            cat "$place/log" >&2
            exit 1
        }
    done
    cp "$(erl -noshell -eval 'io:format("~s", [code:root_dir()]), halt().')/bin/start_clean.boot" "$place/releases/"
    exec scripts/confine.sh unshare --mount --pid --fork --kill-child --ipc --uts --net -- sh scripts/newcomer.sh inside
fi

# Here is a machine of its own: processes, mounts, network.
root=$place/root
mkdir -p "$root"
mount -t tmpfs -o mode=0755,size=2g vakt-newcomer "$root"
trap 'cd "$top"; umount -l "$root"; rmdir "$root"' EXIT
tar -C "$root" -xf "$place/base.tar" --exclude=./dev/*
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
# terminals that others than root may open, too
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
ip link set lo up 2>/dev/null || :
hostname newcomer
printf '127.0.0.1 localhost newcomer\n' >"$root/etc/hosts"
mkdir "$root/trial"
cp "build/dist/vakt-$VERSION.tar.gz" "$place/releases/board-1.tar.gz" "$place/releases/board-2.tar.gz" "$place/releases/start_clean.boot" \
    scripts/newcomer/trial.sh "$root/trial/"
chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/trial LC_ALL=C sh /trial/trial.sh "$VERSION"
