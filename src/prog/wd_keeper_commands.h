// SPDX-License-Identifier: Apache-2.0
// The HEART_COMMANDs that hearts left with the keeper, for the case that they are lost themselves.
#pragma once

#include <sys/types.h>

#include <array>
#include <string_view>

#include "keeper/names.h"
#include "wire/lease_bytes.h"

namespace vakt::prog {

class HeartCommands {
 public:
    static constexpr std::size_t kMostGroups = 32;
    /// Who left it, and so who it is run as.
    struct Command {
        keeper::Name lease{};
        uid_t uid = 0;
        gid_t gid = 0;
        std::array<gid_t, kMostGroups> groups{};
        std::uint32_t group_count = 0;
        bool set = false;
        std::array<char, wire::kMaxCommand + 1> text{};
    };

    /// Ids and groups are those of the process at the other end of `socket` (SO_PEERCRED,
    /// SO_PEERGROUPS). A NUL in it ends it, as it does in the shell's argument.
    void keep(const keeper::Name& lease, int socket, std::string_view text);
    /// A heart that took the lease anew has none until it says so.
    void forget(const keeper::Name& lease);

    /// Runs it, clean and in a session of its own, with PATH, SHELL, VAKT_LEASE and HOME=/. 0: none
    /// is set; -1: errno.
    [[nodiscard]] pid_t run(const keeper::Name& lease) const;

 private:
    [[nodiscard]] const Command* find(const keeper::Name& lease) const;
    std::array<Command, keeper::kMaxLeases> commands_;
};

}  // namespace vakt::prog
