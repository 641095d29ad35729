#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SOAK_FACTOR times 500,000 boards: other ones each time, from a seed that is said, so that what breaks can be played again; CI's
# short form, which must not depend on chance, has boards of its own.
. test/prog/lib.sh

random_boards_keep_every_invariant() {
    seed=20261122000000000
    [ "${SOAK_FACTOR:-1}" -eq 1 ] || seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')000000000
    printf 'from seed %s\n' "$seed"
    "$top/build/test/sim/board_sim" --seed "$seed" --boards $((${SOAK_FACTOR:-1} * 500000))
}

suite board_sim
check "random boards keep every invariant" random_boards_keep_every_invariant
finish
