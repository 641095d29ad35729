#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The x86_64 board in QEMU, really reset: five of the faults of test/board/faults.sh (make board-test has all of them), each judged by what
# the boot after it says, which is the one that is struck next. With Debian's stock kernel, in 128 MB, where the board's own small
# kernel was not built before, or as BOARD says.
. test/prog/lib.sh
. test/board/lib.sh
. test/board/faults.sh
suite board_qemu
# It computes where others wait, and its clock is its own: they go first.
BOARD_NICE=${BOARD_NICE:-10}
board=${BOARD:-$(board_at_hand qemu-x86_64)}
machine "$board"

missing=$(missing_tools "$board")
the_root_is_made() {
    [ -z "$missing" ] || skip "there is no$missing (scripts/setup.sh test)"
    VAKT_BUILT=1 LEVEL=3 scripts/board/root.sh "$board"
}
check "the root of $board is made" the_root_is_made
if [ -z "$missing" ] && [ "$failed" -eq 0 ]; then
    check 'the board comes up and says that nothing is known of a boot before' first_boot
    # The keeper is killed, and cannot be started again.
    for fault in vm_stop keeper_gone irqs_off panic power_cut; do strike "$fault"; done
    matrix
    power_cut
fi
finish
