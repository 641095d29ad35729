// SPDX-License-Identifier: Apache-2.0
// keeper.state: what outlives a keeper that is killed, in memory that the kernel keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "keeper/keeper_state_bytes.h"
#include "sys/fd.h"

namespace vakt::prog {

/// Mapped shared: a write is a copy in memory and waits for no disk; what is written is there for
/// the next keeper even when this one is killed in the middle (two slots). A power cut loses it, as
/// it should: it is of this boot alone.
class StateFile {
 public:
    /// Opens or makes `path` (0600). Only one keeper may have it: resource_unavailable_try_again
    /// while another does, which is waited for a second, unless `shared`, for a successor, which
    /// calls own() later.
    [[nodiscard]] static Result<StateFile> open(const std::string& path, bool shared);

    StateFile(StateFile&& other) noexcept;
    StateFile& operator=(StateFile&&) = delete;
    ~StateFile();

    /// What was written last; none when nothing valid is there.
    [[nodiscard]] std::optional<keeper::KeeperState> read();
    void write(const keeper::KeeperState& state);

    /// The predecessor is gone; waits for its lock at most a second.
    [[nodiscard]] bool own();

 private:
    StateFile(sys::Fd fd, std::uint8_t* memory) : fd_(std::move(fd)), memory_(memory) {}
    [[nodiscard]] std::span<std::uint8_t, keeper::kStateFile> bytes() const {
        return std::span<std::uint8_t, keeper::kStateFile>(memory_, keeper::kStateFile);
    }

    sys::Fd fd_;
    std::uint8_t* memory_;
    std::uint64_t number_ = 0;
};

}  // namespace vakt::prog
