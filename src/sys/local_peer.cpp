// SPDX-License-Identifier: Apache-2.0
#include "sys/local_peer.h"

#include <algorithm>
#include <vector>

namespace vakt::sys {

bool peer_has_group(const Fd& connection, gid_t group) {
    const auto who = peer_of(connection);
    if (who && who->gid == group) return true;
    constexpr std::size_t kMostGroups = 65536;  // NGROUPS_MAX of Linux; nobody has more
    std::vector<gid_t> groups(32);
    auto count = groups_of_peer(connection.get(), groups);
    if (count == 0) {
        groups.resize(kMostGroups);
        count = groups_of_peer(connection.get(), groups);
    }
    const auto end = groups.begin() + static_cast<std::ptrdiff_t>(count);
    return std::find(groups.begin(), end, group) != end;
}

}  // namespace vakt::sys
