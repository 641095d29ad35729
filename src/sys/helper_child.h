// SPDX-License-Identifier: Apache-2.0
// A child that does what may block, at the other end of a socket.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <span>

#include "sys/fd.h"

namespace vakt::sys {

/// One message on the socket (SOCK_SEQPACKET) is one message of theirs, whole.
struct Child {
    Fd socket;      ///< ours; used with MSG_DONTWAIT, for the other end shall block
    pid_t pid = 0;  ///< 0: none
};

namespace detail {
/// Both ends of the socket; in the child, where `pid` is 0, `socket` is 3.
Child fork_helper();
}  // namespace detail

/// Forks a child which runs `run(socket)` and ends. It shall serve `socket`, blocking, until its
/// end of file, which is when we have ended. Standard descriptors are kept, every other one of ours
/// is closed in it; signals are at their defaults but those that a terminal or a service manager
/// sends to a whole group, which are ignored: they reach us, and our end ends it. It has no
/// exemption from the OOM killer. Allocates nothing here. A pid of 0 is an error: errno.
/// REQUIRES: one thread.
template <class Run>
[[nodiscard]] Child spawn_helper(const Run& run) {
    auto child = detail::fork_helper();
    if (!child.socket || child.pid != 0) return child;
    run(child.socket.get());
    ::_exit(0);
}

/// In the child: the next message, in `room`; waits for it. 0 is the end, when ours has ended and
/// all that it had sent was read, or what makes further reading useless; a message of more than
/// `room` is cut.
[[nodiscard]] std::size_t next_task(int socket, std::span<std::byte> room);

}  // namespace vakt::sys
