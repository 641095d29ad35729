// SPDX-License-Identifier: Apache-2.0
// Descriptors that come beside a message (SCM_RIGHTS).
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

namespace vakt::sys {

/// What the C library counts control data by: 64 bits in glibc, 32 in Solaris.
using ControlSize = decltype(msghdr::msg_controllen);
using ControlItemSize = decltype(cmsghdr::cmsg_len);

/// recvmsg(2); what descriptors come with it are closed on exec from the beginning, or, on a system
/// that cannot do that, before it returns.
[[nodiscard]] ssize_t receive(int socket, msghdr& message, int flags);

}  // namespace vakt::sys
