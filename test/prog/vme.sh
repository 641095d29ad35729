#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: scripts/confine.sh sh test/prog/vme.sh
# vme_wdt.ko and the module that plays a board, without booting them (make board-test does): they build for Debian's headers without
# a warning of the compiler, of sparse or of checkpatch.pl, and the build says what it lacks.
set -u
. test/prog/lib.sh
suite vme

they_build_without_a_warning() {
    command -v sparse >/dev/null || skip 'sparse is not installed (scripts/setup.sh board)'
    status=0
    scripts/vme-module.sh --check >"$tmp/dir" 2>"$tmp/said" || status=$?
    [ "$status" -ne 2 ] || skip "$(cat "$tmp/said")"
    if [ "$status" -ne 0 ] || [ -s "$tmp/said" ]; then fail "$(cat "$tmp/said")"; fi
    dir=$(cat "$tmp/dir")
    equal 'GPL GPL' "$(modinfo -F license "$dir/vme_wdt.ko" "$dir/vme_wdt_board.ko" | xargs)" licences
    modinfo -F parm "$dir/vme_wdt.ko" | sed 's/:.*//' | sort >"$tmp/parameters"
    while read -r name; do grep -q "^\\.It Cm $name\\|Cm .*$name\\|, $name" drivers/kernel/vme_wdt/vme_wdt.4 || fail "vme_wdt(4) does not tell of $name"; done \
        <"$tmp/parameters"
}

what_is_no_kernel_is_refused() {
    mkdir "$tmp/none"
    status=0
    scripts/vme-module.sh "$tmp/none" 2>"$tmp/said" || status=$?
    equal 2 "$status" 'exit status'
    grep -q 'is no built kernel' "$tmp/said" || fail "$(cat "$tmp/said")"
}

check 'they build for the headers of Debian without a warning of compiler, sparse and checkpatch' they_build_without_a_warning
in_a_machine() { skip 'takes minutes: make board-test, or scripts/confine.sh sh test/board/vme.sh'; }

check 'what is no kernel is refused' what_is_no_kernel_is_refused
check 'they work in QEMU, under the keeper, with real resets' in_a_machine
finish
