# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The board in QEMU (BOARD, default qemu-x86_64, or the same with Debian's kernel where the small one was not built): every fault
# SOAK_FACTOR / 2 times; and 5 * SOAK_FACTOR times QEMU is killed at a random moment under load, with ten disks judged each time that a power
# cut might have left besides, see test/board/cuts.sh. The short form of it is test/prog/board_qemu.sh; with SOAK_FACTOR=1 nothing is done
# here.
[ "${SOAK_FACTOR:-20}" -gt 1 ] || { printf 'board_resets: 0 passed, 0 failed, 0 skipped\n'; exit 0; }
. test/prog/lib.sh
. test/board/lib.sh
. test/board/faults.sh
. test/board/cuts.sh
suite board_resets
board=${BOARD:-$(board_at_hand qemu-x86_64)}
machine "$board"

missing=$(missing_tools "$board")
the_image_is_made() {
    [ -z "$missing" ] || skip "there is no$missing (scripts/setup.sh test)"
    make_image
}
check 'the image is made' the_image_is_made
[ -z "$missing" ] || { finish; exit 0; }
check 'the board comes up' first_boot
for _ in $(seq "$((SOAK_FACTOR / 2))"); do
    for fault in ${FAULTS-$all_faults}; do strike "$fault"; done
done
[ ! -s "$machine/rows" ] || matrix
kills=$((5 * SOAK_FACTOR))
check "power cut $kills times under load, and each time ten more disks as a cut might have left: none is torn or contradicts itself, the board comes up" \
    many_cuts "$kills" 10
check 'disks that forget what was flushed are found out' a_disk_that_lies_is_found_out
sed 's/^/        /' "$top/build/log/board_cuts"
finish
