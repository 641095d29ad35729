# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# For cross.sh: what cannot be under qemu-user (7.2), each with its reason.
leave_out 'ProcessTree' 'PR_SET_CHILD_SUBREAPER is refused'
leave_out 'ProcessSeen.we_see_ourselves' 'the session in /proc/self/stat is 0'
leave_out 'ProcessSeen.who_asks_is_the_nearest_ancestor_of_the_name_else_the_session' 'the name of each process is the name of qemu'
leave_out 'DevNode.a_request_a_plain_file_does_not_know_is_errno' 'an unknown ioctl is ENOSYS'
leave_out 'Registry.a_file_that_is_no_watchdog_is_refused_by_the_linux_driver' 'an unknown ioctl is ENOSYS'
leave_out 'DatagramSource.what_udp_lost_stands_before_the_datagram_that_came_behind_it' 'SO_RXQ_OVFL is refused'
leave_out 'DatagramSource.what_udp_loses_is_told_to_the_last_one_when_nothing_waits_any_more' 'SO_MEMINFO gives one number alone'
leave_out 'DatagramSource.what_syslog_sends_is_a_record_with_the_kernels_word_of_its_sender' 'SO_TIMESTAMPNS is refused'
leave_out 'DatagramSource.what_udp_lost_before_it_was_started_is_told_and_before_it_was_ours_is_not' 'SO_MEMINFO gives one number alone'
leave_out 'DatagramSocket.an_inherited_udp_socket_is_known_as_one' 'SO_MEMINFO gives one number alone'
leave_out 'DatagramBatch.who_sent_it_and_when_is_the_kernels_word' 'SO_TIMESTAMPNS is refused'
# shellcheck disable=SC2154 # cross.sh's
case $arch in armhf | s390x) leave_out 'MappingGuard' 'the address of a SIGBUS is wrong' ;; esac
