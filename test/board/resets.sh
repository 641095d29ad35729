# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The board BOARD, struck with FAULTS (all) TIMES (1) times each; what scripts/board/test.sh and test/soak/board_resets.sh run.
board=${BOARD:-qemu-x86_64}
. test/prog/lib.sh
. test/board/lib.sh
. test/board/faults.sh
. test/board/user.sh
suite "board_resets_$(printf '%s' "$board" | tr -c 'a-z0-9\n' _)"
machine "$board"
check 'the board comes up, and says that nothing is known of a boot before' first_boot
[ -n "${FAULTS:-}" ] || user_checks
for _ in $(seq "${TIMES:-1}"); do
    for fault in ${FAULTS:-$all_faults}; do strike "$fault"; done
done
matrix
finish
