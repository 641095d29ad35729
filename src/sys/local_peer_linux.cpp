// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include "sys/local_peer.h"

namespace vakt::sys {

std::optional<LocalPeer> peer_of(int connection) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return std::nullopt;
    return LocalPeer{who.pid, who.uid, who.gid};
}

std::size_t groups_of_peer(int connection, std::span<gid_t> room) {
#ifdef SO_PEERGROUPS
    auto size = static_cast<socklen_t>(room.size_bytes());
    if (::getsockopt(connection, SOL_SOCKET, SO_PEERGROUPS, room.data(), &size) == 0)
        return static_cast<std::size_t>(size) / sizeof(gid_t);
#endif
    return 0;
}

}  // namespace vakt::sys
