#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Simulated boards in virtual time: heart, keeper, watchdogs, VMs and what breaks. A million and more, the same each time;
# then keepers broken on purpose, each of which must be caught by the invariant that is there for it.
set -u
. test/prog/lib.sh

a_million_boards_keep_every_invariant() {
    "$sim" --seed 1 --boards 1500000
}

a_board_is_the_same_each_time() {
    "$sim" --seed 4711 --boards 1 --talk >"$tmp/first"
    "$sim" --seed 4711 --boards 1 --talk >"$tmp/second"
    cmp "$tmp/first" "$tmp/second"
}

every_broken_keeper_is_caught() {
    "$sim" --mutants --boards 100000
}

small_boards_are_explored_whole() {
    "$explore"
}

exploring_catches_broken_keepers() {
    "$explore" --mutants
}

hearts_and_keeper_keep_every_promise() {
    "$hearts" --seed 1 --boards 200000
}

every_broken_heart_is_caught() {
    "$hearts" --mutants --boards 100000
}

suite board_sim
sim=$top/build/test/sim/board_sim
hearts=$top/build/test/sim/heart_sim
explore=$top/build/test/sim/board_explore
check "a million and a half boards keep every invariant" a_million_boards_keep_every_invariant
check "a board is the same each time it is played" a_board_is_the_same_each_time
check "every keeper that is broken on purpose is caught" every_broken_keeper_is_caught
check "every order of events on a small board keeps every invariant" small_boards_are_explored_whole
check "exploring catches keepers that are broken on purpose" exploring_catches_broken_keepers
check "two hundred thousand boards with real hearts, their links and the keeper keep every promise" \
    hearts_and_keeper_keep_every_promise
check "every heart that is broken on purpose is caught" every_broken_heart_is_caught
finish
