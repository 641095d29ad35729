#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The attack table's rows that need no setuid bit, against mod_syslog built with the address and undefined-behaviour sanitizers: an
# answer other than the expected, or a word on stderr, is a finding.
set -u
. test/prog/lib.sh
. test/prog/lib-setuid.sh
. test/prog/lib-attacks.sh
room_enter "$0"
suite mod_syslog_asan
program=build/asan/bin/mod_syslog

sanitized_row() {
    [ -x "$program" ] || skip "no $program: make SANITIZE=asan"
    as_plain_program "$program"
    new_tree
    "$1"
}

for name in a_second_otp_changes_nothing a_second_nootp_changes_nothing wrong_arguments long_arguments any_other_file conf_is_a_symlink \
    conf_is_a_hard_link source_is_a_symlink source_is_not_roots_alone source_is_no_file source_is_empty source_is_missing \
    source_is_too_big nul_bytes fifo_name_is_taken the_last_folder_is_writable pid_of_another_program pid_file_lies \
    pid_file_is_not_roots pid_is_stale; do
    row "sanitized: $(printf '%s' "$name" | tr _ ' ')" sanitized_row "$name"
done
finish
