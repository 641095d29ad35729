// SPDX-License-Identifier: Apache-2.0
// keeper.state: what outlives a keeper that is killed, in memory that the kernel keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "keeper/keeper_state_bytes.h"
#include "sys/mapped_file.h"

namespace vakt::prog {

/// A write is a copy in memory; what is written is there for the next keeper even when this one is
/// killed in the middle (two slots). A power cut loses it, as it should: it is of this boot alone.
class StateFile {
 public:
    /// Opens or makes `path`. Only one keeper may have it: resource_unavailable_try_again while
    /// another does, which is waited for a second, unless `shared`, for a successor, which calls
    /// own() later.
    [[nodiscard]] static Result<StateFile> open(const std::string& path, bool shared);

    /// What was written last; none when nothing valid is there.
    [[nodiscard]] std::optional<keeper::KeeperState> read();
    void write(const keeper::KeeperState& state);

    /// The predecessor is gone; waits for its lock at most a second.
    [[nodiscard]] bool own();

 private:
    explicit StateFile(sys::MappedFile file) : file_(std::move(file)) {}

    sys::MappedFile file_;
    std::uint64_t number_ = 0;
};

}  // namespace vakt::prog
