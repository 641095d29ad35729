// SPDX-License-Identifier: Apache-2.0
#include <ucred.h>

#include <algorithm>
#include <memory>

#include "sys/local_peer.h"

namespace vakt::sys {
namespace {

struct FreeUcred {
    void operator()(ucred_t* who) const { ::ucred_free(who); }
};
using Ucred = std::unique_ptr<ucred_t, FreeUcred>;

Ucred ask(int connection) {
    ucred_t* who = nullptr;  // getpeerucred(3C) takes memory where it is given none
    return Ucred(::getpeerucred(connection, &who) == 0 ? who : nullptr);
}

}  // namespace

std::optional<LocalPeer> peer_of(int connection) {
    const auto who = ask(connection);
    if (!who) return std::nullopt;
    return LocalPeer{::ucred_getpid(who.get()), ::ucred_geteuid(who.get()),
                     ::ucred_getegid(who.get())};
}

std::size_t groups_of_peer(int connection, std::span<gid_t> room) {
    const auto who = ask(connection);
    const gid_t* groups = nullptr;
    const int count = who ? ::ucred_getgroups(who.get(), &groups) : -1;
    if (count < 0 || static_cast<std::size_t>(count) > room.size()) return 0;
    std::copy_n(groups, count, room.begin());
    return static_cast<std::size_t>(count);
}

}  // namespace vakt::sys
