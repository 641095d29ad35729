// SPDX-License-Identifier: Apache-2.0
// How many entries that judge nothing the ledger takes.
#pragma once

#include <cstdint>

#include "report/ledger.h"

namespace vakt::report {

/// Who may snooze may do so in a loop. What judges nothing (Kind::info, Kind::snoozed) must neither
/// push out of ledger and pmsg what does, nor wear out a flash disk: a quarter of the slots at
/// once, then one a minute. Every other entry is written whatever the budget says.
class InfoBudget {
 public:
    static constexpr std::uint32_t kAtOnce = kSlots / 4;
    static constexpr std::uint64_t kMinute = 60'000;

    /// Whether this entry is to be written, by its uptime_ms. What was not is counted, and the next
    /// one that is says so at the end of its text.
    [[nodiscard]] bool take(Entry& entry);

 private:
    std::uint32_t left_ = kAtOnce;
    std::uint64_t since_ = 0;
    std::uint64_t left_out_ = 0;
};

}  // namespace vakt::report
