#!/bin/sh
# shellcheck disable=SC2154 # what the libraries set
# SPDX-License-Identifier: Apache-2.0
# The disk image of BOARD, booted by its own boot loader: it comes up, and what it wrote is there after a power cut. What
# scripts/board/test.sh runs where there is such an image.
board=${BOARD:-qemu-x86_64}
. test/prog/lib.sh
. test/board/lib.sh
suite "board_disk_$(printf '%s' "$board" | tr -c 'a-z0-9\n' _)"
machine "$board"

# It has no words for a shell of ours: the console alone is believed.
boots() { # N
    power_on
    says 900 "^board: boot $1\$"
    says 900 '^board: reset cause='
    says 900 '^board: ready'
    ! said console 'nothing is kept over a reset' || show_end 'the writable partition is not mounted'
}
from_the_disk() {
    DISK=$(scripts/board/disk.sh "$board" "$machine/disk.img")
    export DISK
    boots 1
    power_cut
    boots 2
    said console '^board: reset cause=power' || show_end 'the report says something else'
    power_cut
}
# What the small board's flash has room for; the other boards carry Debian's kernel, and Elixir is no small thing either.
is_small() {
    bytes=$(stat -c %s "$machine/disk.img")
    [ "$bytes" -lt $((12 * 1024 * 1024)) ] || fail "the disk image has $bytes bytes"
}
check 'the disk image boots by itself, and has after a power cut what it wrote before' from_the_disk
case $board:${ELIXIR:-no}:${APPS:-}:${EPMD:-no}:${EMULATOR:-} in qemu-x86_64:no::no:) check 'and it is under 12 MB' is_small ;; esac
finish
