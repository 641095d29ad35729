// SPDX-License-Identifier: Apache-2.0
// The child that brings the black box to the disk, and what is said to it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/fixed_text.h"
#include "report/black_box.h"

namespace vakt::prog {

inline constexpr std::size_t kMostBoxLines = 96;

/// To the child: the first `count` of the slots, and no byte more.
struct BoxTask {
    std::uint32_t count = 0;
    bool at_once = false;  ///< answer when it is on the disk, not only written
    alignas(8) std::array<report::BoxSlot, kMostBoxLines> lines{};

    [[nodiscard]] static constexpr std::size_t size(std::size_t count) {
        return sizeof(BoxTask) - (kMostBoxLines - count) * report::kBoxSlot;
    }
};

/// From it: once when it has opened the file or could not, to each task, and when it has brought
/// the file to the disk by itself.
struct BoxAnswer {
    enum class What : std::uint8_t { ready, done, synced };
    What what = What::ready;
    bool ok = false;                ///< what was asked for is done; else `words`
    std::uint64_t last_number = 0;  ///< `ready`: of this boot in the file; 0: none
    // Always, as they are after it:
    std::uint32_t slots = 0;  ///< 0: there is no file
    std::uint64_t written = 0;
    std::uint64_t syncs = 0;
    std::uint64_t errors = 0;
    FixedText<160> words{};
};

struct BoxChildSetup {
    std::string path;
    std::uint64_t size = 0;  ///< bytes
    std::chrono::milliseconds sync_interval{};
    report::BootId boot{};
    bool operator==(const BoxChildSetup&) const = default;
};

/// Serves `socket` until its end of file. The file is made, or taken over: of one of another size
/// the newest lines are kept. One that cannot be opened or written is opened again with a later
/// task, once a second at most.
void run_box_child(const BoxChildSetup& setup, int socket);

}  // namespace vakt::prog
