// SPDX-License-Identifier: Apache-2.0
// The HEART_COMMANDs that hearts left with the keeper, for the case that they are lost themselves.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string_view>

#include "keeper/heart_command.h"
#include "sys/mapped_file.h"

namespace vakt::prog {

/// They stand in a file, so that a successor, or the next keeper after one that was killed, can
/// still run what a ladder needs.
class HeartCommands {
 public:
    static constexpr std::size_t kFile = keeper::kMaxLeases * keeper::kCommandSlot;

    explicit HeartCommands(sys::MappedFile& file) : file_(file) {}

    /// Ids and groups are those of the process at the other end of `socket` (SO_PEERCRED,
    /// SO_PEERGROUPS).
    void keep(const keeper::Name& lease, int socket, std::string_view text);
    /// A heart that took the lease anew has none until it says so.
    void forget(const keeper::Name& lease);

    /// Runs it, clean and in a session of its own, with PATH, SHELL, VAKT_LEASE and HOME=/. 0: none
    /// is set; -1: errno.
    [[nodiscard]] pid_t run(const keeper::Name& lease) const;

 private:
    using Slot = std::span<std::uint8_t, keeper::kCommandSlot>;
    [[nodiscard]] Slot slot(std::size_t at) const {
        return file_.bytes().subspan(at * keeper::kCommandSlot).first<keeper::kCommandSlot>();
    }
    [[nodiscard]] std::optional<Slot> find(const keeper::Name& lease) const;

    sys::MappedFile& file_;
};

}  // namespace vakt::prog
