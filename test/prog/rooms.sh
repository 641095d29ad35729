#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# scripts/check-rooms.sh: passes on the real tree, and on a small good one; fails on each deliberately bad one, naming it.
. test/prog/lib.sh
suite rooms

# A good tree of three rooms and a program; the checks spoil it.
good_tree() {
    tree=$tmp/tree
    for room in base sys loop swap prog; do mkdir -p "$tree/src/$room"; done
    printf 'base_SRCS := src/base/a.cpp\nbase_NEEDS :=\n' >"$tree/src/base/room.mk"
    printf 'swap_SRCS :=\nswap_NEEDS := base\n' >"$tree/src/swap/room.mk"
    printf 'sys_SRCS :=\nsys_NEEDS := base\n' >"$tree/src/sys/room.mk"
    printf 'loop_SRCS :=\nloop_NEEDS := base sys\nloop_PKGS := libevent_core\n' >"$tree/src/loop/room.mk"
    printf 'PROGS := tool\ntool_ROOMS := swap loop\n' >"$tree/src/prog/room.mk"
    printf '#include <string>\n' >"$tree/src/base/a.h"
    printf '#include "base/a.h"\n' >"$tree/src/base/a.cpp"
    printf '#include "base/a.h"\n#include <vector>\n' >"$tree/src/swap/plan.h"
    printf '#include <unistd.h>\n#include "base/a.h"\n' >"$tree/src/sys/fd.h"
    printf '#include <event2/event.h>\n#include "sys/fd.h"\n' >"$tree/src/loop/loop.cpp"
    printf '#include "loop/loop.h"\n#include "swap/plan.h"\n#include "base/a.h"\n#include <unistd.h>\n' >"$tree/src/prog/tool.cpp"
}

# refused WORD ...: it fails, and says each of these words
refused() {
    if scripts/check-rooms.sh "$tree" >"$tmp/said" 2>&1; then fail "it passed"; fi
    for word in "$@"; do
        grep -qF -- "$word" "$tmp/said" || fail "it does not say $word: $(cat "$tmp/said")"
    done
}

the_real_tree() { scripts/check-rooms.sh; }
a_good_tree() {
    good_tree
    scripts/check-rooms.sh "$tree"
}
include_down_the_order() {
    good_tree
    printf '#include "sys/fd.h"\n' >>"$tree/src/swap/plan.h"
    refused src/swap/plan.h sys/fd.h
}
include_of_a_room_not_needed() {
    good_tree
    printf '#include "swap/plan.h"\n' >>"$tree/src/loop/loop.cpp"
    refused src/loop/loop.cpp swap
}
need_against_the_order() {
    good_tree
    printf 'swap_SRCS :=\nswap_NEEDS := base sys\n' >"$tree/src/swap/room.mk"
    refused src/swap/room.mk sys
}
ring() {
    good_tree
    printf 'sys_SRCS :=\nsys_NEEDS := base loop\n' >"$tree/src/sys/room.mk"
    refused src/sys/room.mk loop
}
need_of_itself() {
    good_tree
    printf 'sys_SRCS :=\nsys_NEEDS := base sys\n' >"$tree/src/sys/room.mk"
    refused src/sys/room.mk
}
system_header_in_a_pure_room() {
    for header in unistd.h sys/socket.h linux/watchdog.h fstream thread time.h; do
        rm -rf "$tmp/tree"
        good_tree
        printf '#include <%s>\n' "$header" >>"$tree/src/swap/plan.h"
        refused src/swap/plan.h "<$header>"
    done
}
package_outside_its_room() {
    for header in event2/event.h systemd/sd-bus.h libconfig.h++ yaml.h; do
        rm -rf "$tmp/tree"
        good_tree
        printf '#include <%s>\n' "$header" >>"$tree/src/sys/fd.h"
        refused src/sys/fd.h "<$header>"
    done
}
program_beyond_its_rooms() {
    good_tree
    printf 'PROGS := tool\ntool_ROOMS := swap\n' >"$tree/src/prog/room.mk"
    refused src/prog/tool.cpp loop
}
unknown_room() {
    good_tree
    mkdir "$tree/src/cellar"
    printf 'cellar_SRCS :=\ncellar_NEEDS :=\n' >"$tree/src/cellar/room.mk"
    refused cellar
}
spaces_in_an_include() {
    good_tree
    printf '  #  include   <unistd.h>\n' >>"$tree/src/swap/plan.h"
    refused src/swap/plan.h '<unistd.h>'
}

check 'the real tree is in order' the_real_tree
check 'a small good tree is in order' a_good_tree
check 'an include from a room above is refused' include_down_the_order
check 'an include from a room that is not needed is refused' include_of_a_room_not_needed
check 'a need of a room above is refused' need_against_the_order
check 'a ring of two rooms is refused' ring
check 'a room that needs itself is refused' need_of_itself
check "a system's header in a pure room is refused" system_header_in_a_pure_room
check "a package's header outside its one room is refused" package_outside_its_room
check 'a program that includes from a room it does not name is refused' program_beyond_its_rooms
check 'a room without a place in the order is refused' unknown_room
check 'an include with blanks in it is seen' spaces_in_an_include
finish
