#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: scripts/confine.sh sh test/board/vme_board.sh
# The board itself, Erlang and all, guarded by a VME board's watchdog: vme_wdt over the kernel's fake bridge, behind which a module
# plays the VME board. And a board that finds two drivers on one watchdog: it says so and arms none.
set -u
. test/prog/lib.sh
. test/board/lib.sh
suite vme_board
machine qemu-x86_64-stock

# disk: the board's writable partition with the drivers and the configuration in $tmp/etc.
disk() {
    kernel=$(scripts/board/kernel.sh "$board")
    for release in "$kernel"/modules/*; do headers=/usr/src/linux-headers-${release##*/}; done
    [ -f "$headers/.config" ] || skip "${headers##*/} is not installed (scripts/setup.sh board)"
    mkdir -p "$tmp/data/etc" "$tmp/data/modules"
    cp "$(scripts/vme-module.sh "$headers")"/*.ko "$tmp/data/modules/"
    # A reset keeps what ramoops has; in the middle of a record of it that only a ninth panic would write is room for the board.
    printf '%s\n' vme vme_fake "vme_wdt_board $place keep=0x7088000" "vme_wdt $place" >"$tmp/data/modules/list"
    sed "/^devices *=/c devices = ( $1 );" board/common/etc/keeper.conf >"$tmp/data/etc/keeper.conf"
    rm -f "$machine/data.img"
    truncate -s 8M "$machine/data.img"
    mke2fs -q -F -t ext4 -b 1024 -L vakt-data -d "$tmp/data" -E root_owner=0:0 "$machine/data.img"
}
place='base=0x10200'
PATH=$PATH:/usr/sbin

# The board's own i6300esb is the first; D of its lease is 50 s.
# shellcheck disable=SC2016 # the guest's
guarded_by_vme() {
    disk '{ driver = "linux"; path = "/dev/watchdog1"; timeout = 27; }'
    power_on
    says 900 '^board: ready'
    greet
    guest 'cd /sys/class/watchdog/watchdog1; echo "It "is $(cat identity state)'
    await 60 shell '^It is VME fga5000 active'
    mark
    guest 'kill -STOP $(pidof wd_keeper)'
    await 900 qmp '"RESET"'
    ! said qmp '"WATCHDOG"' || show_end 'it was the i6300esb'
    said console 'vme_wdt_board: no pet in 26800 ms' || show_end 'it was not the VME board'
    says 900 '^board: reset cause=hw_watchdog'
    says 900 '^board: ready'
    power_cut
}

# shellcheck disable=SC2016 # the guest's
two_drivers_are_refused() {
    disk '{ driver = "vme"; path = "/dev/bus/vme/m0"; offset = 0x200; window = { address = 0x10000; size = 0x10000; }; timeout = 27; }'
    power_on
    says 900 'board: refused: .*vme_wdt.ko and driver "vme"'
    says 900 '^board: ready'
    greet
    guest 'cd /sys; echo "They "are $(cat class/watchdog/watchdog*/state module/vme_wdt_board/parameters/counting)'
    await 60 shell '^They are inactive inactive N'
    power_cut
}

check 'the board is guarded by a VME watchdog, reset by it, and says so' guarded_by_vme
check 'two drivers on one watchdog: the board names both, arms none, and comes up' two_drivers_are_refused
finish
