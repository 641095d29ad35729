// SPDX-License-Identifier: Apache-2.0
// Who is at the other end of a local socket.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <span>

#include "sys/fd.h"

namespace vakt::sys {

/// Who connected, as it was at that moment (Linux: SO_PEERCRED, unix(7); Solaris:
/// getpeerucred(3C)).
struct LocalPeer {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
};
[[nodiscard]] std::optional<LocalPeer> peer_of(int connection);
[[nodiscard]] inline std::optional<LocalPeer> peer_of(const Fd& connection) {
    return peer_of(connection.get());
}

/// Its supplementary groups, written into `room`: how many there are; 0 where the kernel does not
/// tell (before Linux 4.13), or when there is not room for all of them.
[[nodiscard]] std::size_t groups_of_peer(int connection, std::span<gid_t> room);

/// Whether the group is one of its groups; where the kernel does not tell, whether it is its first.
[[nodiscard]] bool peer_has_group(const Fd& connection, gid_t group);

}  // namespace vakt::sys
