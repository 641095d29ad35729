#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Scripts of a board (board/common) by themselves, by the board's own shell: what they make of the node's directory, of a network, and of
# their own configuration's form. The whole boot is test/prog/board_qemu.sh and make board-test.
. test/prog/lib.sh
suite board_scripts
command -v busybox >/dev/null 2>&1 || { printf '  skip  all: busybox is not installed\n'; skipped=1; finish; exit 0; }

# An image's release, as scripts/board/root.sh lays it out.
image() { # VSN ERTS
    rm -rf "$tmp/image"
    mkdir -p "$tmp/image/erts-$2" "$tmp/image/bin" "$tmp/image/lib/kernel-1" "$tmp/image/lib/app-$1" "$tmp/image/releases/$1"
    : >"$tmp/image/bin/start"
    printf '%s %s\n' "$2" "$1" >"$tmp/image/start_erl.data"
}
home() { busybox sh board/common/home "$tmp/otp" "$tmp/image" "$tmp/log"; }

first_boot() {
    image 1.0 13
    equal '' "$(home)" 'what is said'
    equal '13 1.0' "$(cat "$tmp/otp/releases/start_erl.data")"
    for part in erts-13 lib/kernel-1 lib/app-1.0 releases/1.0 bin/start; do
        equal "$tmp/image/$part" "$(readlink "$tmp/otp/$part")"
    done
    equal "$tmp/log" "$(readlink "$tmp/otp/log")"
    # Again: nothing changes.
    find "$tmp/otp" -exec ls -ld --time-style=+ {} + >"$tmp/before"
    equal '' "$(home)" 'what is said'
    find "$tmp/otp" -exec ls -ld --time-style=+ {} + | diff "$tmp/before" -
}
check "the image's release is linked into the node's directory, and named; once" first_boot

what_was_installed() {
    image 1.0 13
    home
    mkdir -p "$tmp/otp/releases/2.0" "$tmp/otp/lib/app-2.0"
    echo '13 2.0' >"$tmp/otp/releases/start_erl.data"
    equal '' "$(home)" 'what is said'
    equal '13 2.0' "$(cat "$tmp/otp/releases/start_erl.data")"
    [ -d "$tmp/otp/lib/app-2.0" ] && [ ! -L "$tmp/otp/lib/app-2.0" ]
}
check 'what was installed on the board is left alone' what_was_installed

another_image() {
    image 1.0 13
    home
    image 1.1 14
    equal 'release 1.0 with erts 13 is not on this board any more: the image'\''s own is started' "$(home)" 'what is said'
    equal '14 1.1' "$(cat "$tmp/otp/releases/start_erl.data")"
    equal '' "$(find "$tmp/otp" -xtype l ! -path "$tmp/otp/log" ! -path "$tmp/otp/bin/*")" 'links that lead nowhere'
    [ -d "$tmp/otp/releases/1.1" ] && [ -d "$tmp/otp/erts-14" ]
    : >"$tmp/otp/releases/start_erl.data"
    equal '' "$(home)" 'what is said'
    equal '14 1.1' "$(cat "$tmp/otp/releases/start_erl.data")"
}
check 'with a newer image whose release the data do not know, or an empty start_erl.data, the image'\''s own is started' another_image

# What is said there stands on root's console.
what_is_no_name_is_not_repeated() {
    image 1.0 13
    mkdir -p "$tmp/otp/releases"
    for word in "$(printf '1.0\033[2J')" "$(printf '%02000d' 0)"; do
        printf '13 %s\n' "$word" >"$tmp/otp/releases/start_erl.data"
        said=$(home)
        case $said in 'release ? with erts '*' is not on this board'*) ;; *) fail "it says: $said" ;; esac
        equal '13 1.0' "$(cat "$tmp/otp/releases/start_erl.data")"
    done
}
check 'a name that is none, or too long for one, is not repeated' what_is_no_name_is_not_repeated

no_fifo_is_waited_for() {
    image 1.0 13
    mkdir -p "$tmp/otp/releases"
    : >"$tmp/otp/releases/start_erl.data"
    mkfifo "$tmp/otp/releases/start_erl.new"
    equal '' "$(timeout 20 busybox sh board/common/home "$tmp/otp" "$tmp/image" "$tmp/log")" 'what is said'
    equal '13 1.0' "$(cat "$tmp/otp/releases/start_erl.data")"
}
check "a FIFO in place of what is made anew holds no boot up" no_fifo_is_waited_for

# The node's user is not root, and what is made is that user's: a link of that user's leads root nowhere.
no_root_at_home() {
    grep -q '^timeout 20 su otpuser -c .*/lib/board/home ' board/common/boot
    sed '/^#/d' board/common/boot | grep -n '/data/home' | grep -v '^[0-9]*:\(mkdir -p\|chown otpuser:otpuser /data/home/otpuser \|timeout 20 su otpuser\)' >"$tmp/others" || :
    [ ! -s "$tmp/others" ] || fail "root works in the user's directory: $(cat "$tmp/others")"
    grep -q '^mkdir -p [^&|;]*/data/home/otpuser /run/vakt$' board/common/boot
}
check "root does nothing within the node's own directory" no_root_at_home

# In a network of its own there is lo, whose address is 00:00:00:00:00:00.
network() {
    printf '%s\n' "$@" >"$tmp/network"
    # shellcheck disable=SC2016 # the inner shell's
    CONSOLE=$tmp/console unshare -n busybox sh -c 'busybox sh board/common/network "$1"; ip addr show dev lo' sh "$tmp/network" >"$tmp/shown" 2>&1 ||
        { cat "$tmp/shown"; return 1; }
}
another_card() {
    network INTERFACE=lo METHOD=static ADDRESS=10.0.0.7 PREFIX=24 || skip 'no network of its own can be had here'
    grep -q '10.0.0.7/24' "$tmp/shown"
    equal 'board: network: lo has 10.0.0.7/24' "$(cat "$tmp/console")"
    rm "$tmp/console"
    network INTERFACE=lo MAC=52:54:00:12:34:56 METHOD=static ADDRESS=10.0.0.7 PREFIX=24
    ! grep -q '10.0.0.7' "$tmp/shown" || fail "another card has the address: $(cat "$tmp/shown")"
    equal 'board: network: there is no 52:54:00:12:34:56 (that was to be lo)' "$(cat "$tmp/console")"
    rm "$tmp/console"
    network INTERFACE=eth7 MAC=00:00:00:00:00:00 METHOD=static ADDRESS=10.0.0.7 PREFIX=24
    equal 'board: network: lo has 10.0.0.7/24' "$(cat "$tmp/console")"
    rm "$tmp/console"
    network INTERFACE=lo METHOD=static ADDRESS=10.0.0.777 PREFIX=24
    equal 'board: network: lo does not take 10.0.0.777/24' "$(cat "$tmp/console")"
}
check 'a card is named by its address or not at all, and has what it was given or the console says not' another_card

# udhcpc's script, with a board's places in a directory of its own and an ip that does nothing.
lease() {
    mkdir -p "$tmp/lease"
    printf '#!/bin/sh\n' >"$tmp/lease/ip"
    chmod 755 "$tmp/lease/ip"
    sed -e "s|/data/etc/seed/|$tmp/lease/|" -e "s|/run/|$tmp/lease/run.|g" -e "s|/dev/console|$tmp/console|" board/common/lease >"$tmp/lease/script"
    interface=eth0 ip=192.0.2.9 mask=24 router=192.0.2.1 domain=lease.example dns='192.0.2.2 192.0.2.3' PATH="$tmp/lease:$PATH" \
        busybox sh "$tmp/lease/script" bound
}
name_servers() {
    lease
    equal 'search lease.example nameserver 192.0.2.2 nameserver 192.0.2.3' "$(xargs <"$tmp/lease/run.resolv.conf")" 'without a seed'
    printf 'search seed.example\n' >"$tmp/lease/resolv.conf"
    lease
    equal 'search seed.example nameserver 192.0.2.2 nameserver 192.0.2.3' "$(xargs <"$tmp/lease/run.resolv.conf")" 'with a search list alone'
    printf 'search seed.example\nnameserver 192.0.2.7\n' >"$tmp/lease/resolv.conf"
    rm "$tmp/lease/run.resolv.conf"
    lease
    [ ! -e "$tmp/lease/run.resolv.conf" ] || fail "the seed's name servers are not those: $(cat "$tmp/lease/run.resolv.conf")"
}
check "name servers are the lease's, but those of the seed come first, and so does its search list" name_servers

# What boot cuts out of it where two drivers have one watchdog.
one_line() {
    equal 1 "$(grep -c '^devices = (.*);$' board/common/etc/keeper.conf)" 'lines of devices'
    sed '/^devices = /d' board/common/etc/keeper.conf >"$tmp/without"
    sed -e 's/otpuser/root/g' board/common/etc/keeper.conf >"$tmp/with"
    sed -i -e 's/otpuser/root/g' "$tmp/without"
    for file in with without; do "$bin/wd_keeper" --check --config "$tmp/$file"; done
    ! grep -q devices "$tmp/without" || fail 'devices are left'
    code=0
    echo 'leases = ( { name = "board"; beat_timeot = 20; } );' >"$tmp/wrong"
    "$bin/wd_keeper" --check --config "$tmp/wrong" 2>"$tmp/said" || code=$?
    equal 78 "$code" 'status'
    grep -q "$tmp/wrong:1: .*beat_timeot" "$tmp/said" || fail "$(cat "$tmp/said")"
    "$bin/syslog_bridge" --check --config board/common/etc/bridge.conf 2>"$tmp/said" || grep -q group "$tmp/said" || fail "$(cat "$tmp/said")"
    code=0
    echo 'sources = ( { type = "telex"; } );' >"$tmp/wrong"
    "$bin/syslog_bridge" --check --config "$tmp/wrong" 2>"$tmp/said" || code=$?
    equal 78 "$code" 'status'
    grep -q "$tmp/wrong:1: .*telex" "$tmp/said" || fail "$(cat "$tmp/said")"
}
check "the keeper's file is one that the keeper takes, with its devices and without; --check says what is wrong with another" one_line
finish
