# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# For cross.sh: what cannot be under qemu-user (7.2), each with its reason.
leave_out 'ProcessTree' 'PR_SET_CHILD_SUBREAPER is refused'
leave_out 'ProcessSeen.we_see_ourselves' 'the session in /proc/self/stat is 0'
leave_out 'ProcessSeen.who_asks_is_the_nearest_ancestor_of_the_name_else_the_session' 'the name of each process is the name of qemu'
leave_out 'DevNode.a_request_a_plain_file_does_not_know_is_errno' 'an unknown ioctl is ENOSYS'
leave_out 'Registry.a_file_that_is_no_watchdog_is_refused_by_the_linux_driver' 'an unknown ioctl is ENOSYS'
leave_out 'DatagramSource.what_udp_lost_stands_before_the_datagram_that_came_behind_it' 'SO_RXQ_OVFL comes as this machine has it'
leave_out 'DatagramSource.what_udp_lost_before_it_was_started_is_told_and_before_it_was_ours_is_not' 'SO_MEMINFO is refused'
leave_out 'DatagramSocket.an_inherited_udp_socket_is_known_as_one' 'SO_MEMINFO is refused'
leave_out 'DatagramBatch.who_sent_it_and_when_is_the_kernels_word' 'SCM_TIMESTAMPNS comes as this machine has it'
# shellcheck disable=SC2154 # cross.sh's
case $arch in s390x) leave_out 'MappingGuard' 'the address of a SIGBUS is wrong' ;; esac
