#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The bridge's core beside a model of what it must do, at thousands of random steps; bridges broken on purpose, each of which
# must be caught; and deaths in the middle of its work, after each of which another one goes on from what is in the memory.
set -u
. test/prog/lib.sh

two_thousand_bridges_keep_every_invariant() {
    "$sim" --seed 1 --runs 2000
}

every_broken_bridge_is_caught() {
    "$sim" --mutants --runs 300
}

# Where no process may be traced, those single steps are left out; the signals are not.
nothing_is_lost_or_twice_wherever_it_dies() {
    status=0
    "$kill" --points 3000 --steps 150 || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq 77 ]
}

what_is_committed_before_its_bytes_is_seen() {
    if "$kill" --points 3000 --steps 0 --torn >"$tmp/torn"; then return 1; fi
    grep -q '^BROKEN' "$tmp/torn"
}

suite bridge_sim
sim=$top/build/test/sim/bridge_sim
kill=$top/build/test/sim/bridge_kill
check "two thousand bridges and their clients keep every invariant at every step" two_thousand_bridges_keep_every_invariant
check "every bridge that is broken on purpose is caught" every_broken_bridge_is_caught
check "after a death at 3,000 random points each record is there once or in a gap" nothing_is_lost_or_twice_wherever_it_dies
check "a record that is committed before its bytes is seen" what_is_committed_before_its_bytes_is_seen
finish
