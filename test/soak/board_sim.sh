#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Other boards each time: SOAK_FACTOR times 500,000 from a seed that is said, so that what breaks can be played again.
set -eu
. test/prog/lib.sh

new_boards_keep_every_invariant() {
    seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')000000000
    printf 'from seed %s\n' "$seed"
    "$top/build/test/sim/board_sim" --seed "$seed" --boards $((${SOAK_FACTOR:-1} * 500000))
}

suite board_sim
check "boards that nobody has seen before keep every invariant" new_boards_keep_every_invariant
finish
