#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The attack table against the real setuid mod_syslog, called by nobody: every row's answer, and that nothing else changed. Rows of one
# kind (crashes, a full disk, many at once) are in mod_syslog_crash.sh, more attacks in mod_syslog_abuse.sh.
set -u
. test/prog/lib.sh
. test/prog/lib-setuid.sh
. test/prog/lib-attacks.sh
room_enter "$0"
suite mod_syslog_attacks

row '1: otp and nootp answer 0, files byte-equal, mode kept, FIFO 0640, one hangup each, seen whole' otp_then_nootp
row '1: a second otp changes nothing' a_second_otp_changes_nothing
row '1: a second nootp changes nothing' a_second_nootp_changes_nothing
row '1: root may call too' root_may_call
row '1: who holds the FIFO for a daemon that wants a reader has the caller'"'"'s rights and the FIFO alone, and is one' the_holder_has_no_rights
row '1: own folder and configuration side by side, as in /etc' own_and_conf_in_one_folder
row '2: no, few, many and unknown arguments are -1' wrong_arguments
row '3: paths of 1000 to 100000 bytes are -1' long_arguments
row '4: any file of root as configuration is -1' any_other_file
row '5: a configuration that is a symlink is -2, its target untouched' conf_is_a_symlink
row '6: a configuration with a second hard link is -2' conf_is_a_hard_link
row '7: an attacker'"'"'s own folder is -1, and -2 where the policy names it' attackers_own_folder
row '8: a source that is a symlink to a secret is -2' source_is_a_symlink
row '9: a source that others own or write or have linked is -2' source_is_not_roots_alone
row '10: a source that is a FIFO, device, folder or socket is -2 without a hang' source_is_no_file
row '11: an empty source is -2 and the configuration stays' source_is_empty
row '12: a missing source is -2' source_is_missing
row '13: a source of 1 MiB is copied, of one byte more -2' source_is_too_big
row '13: long lines, 8-bit bytes and a missing last newline are copied byte for byte' odd_bytes_are_copied
row '13: NUL bytes are copied or refused, nothing between' nul_bytes
row '14: syslog.otp as file, folder, link, socket or device is -2 and stays' fifo_name_is_taken
row '15: an own folder that is a symlink is -1, and -2 where the policy names it' own_is_a_symlink
row '15: a symlink on the way is -2' a_symlink_on_the_way
row '15: a way that others can change is -2' a_way_others_can_change
row '15: "..", ".", "//" and a last "/" are refused in request and policy' dots_and_slashes
row '16: a last folder that others can write, sticky or not, is -2' the_last_folder_is_writable
row '17: a file size limit: 0 or -2, never half' small_files_only
row '18: 0 to 8 descriptors: 0 or -2, never half, never silent' few_descriptors
row '18: little memory or stack: 0, -2 or not started, never half' little_memory
row '18: no processes, no locks, no pending signals, a second of time: 0' no_processes_no_time
row '18: a caller with no time left: the configuration is whole whatever happens' no_time_at_all
row '19: closed standard descriptors never become the configuration' closed_descriptors
row '20: timers, ignored and blocked signals, any umask: 0, FIFO 0640' timers_and_signals
row '21: the pid of another program is -3 and it is not signalled' pid_of_another_program
row '22: a pid file with anything but a pid is -2 or -3' pid_file_lies
row '22: a pid file that is not root'"'"'s, or no file, is -2 or -3' pid_file_is_not_roots
row '22: the pid of a dead daemon is -3' pid_is_stale
row '23: a caller outside the group is refused by mode and by policy' a_stranger_calls
row '24: a policy that is not root'"'"'s alone is -2' policy_is_not_roots_alone
row '25: the environment and argv[0] have no effect' environment
row '25: an empty argv is -1' no_argv_at_all
row '25: nothing is opened or run for the sake of the environment' opens_nothing_else
row '29: the running helper cannot be signalled, traced, read or dumped' the_running_helper_is_out_of_reach
row '29: under a tracer it has no rights and changes nothing' under_a_tracer
row '31: a path swapped in a loop is never followed' swapped_in_a_loop
# 26, 27, 28 and 30 are in mod_syslog_crash.sh.

caught otp_then_nootp '^failed: FIFO'
caught long_arguments 'wanted .-1'
for fault in any_other_file conf_is_a_symlink conf_is_a_hard_link attackers_own_folder source_is_a_symlink source_is_not_roots_alone \
    source_is_empty fifo_name_is_taken own_is_a_symlink the_last_folder_is_writable pid_of_another_program pid_is_stale \
    policy_is_not_roots_alone; do
    caught "$fault"
done
caught source_is_no_file '^failed: hangs'
caught small_files_only 'exit status and answer 153:'
caught closed_descriptors '^failed: FIFO'
caught timers_and_signals '^failed: '
caught a_stranger_calls 'wanted .-1'
caught the_running_helper_is_out_of_reach 'failed: '

check 'build/ holds no setuid file' build_holds_no_setuid_file
check 'the /etc of the machine is untouched' machines_etc_is_untouched
finish
