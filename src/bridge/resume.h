// SPDX-License-Identifier: Apache-2.0
// Where a client goes on, and what it missed meanwhile.
#pragma once

#include <cstdint>
#include <optional>

#include "relay/lanes.h"
#include "syslog/entry.h"

namespace vakt::bridge {

struct Resumed {
    relay::Reader reader;
    std::optional<syslog::Gap> missing;
};

/// Behind number `seq` of this boot. What is missing between it and what is kept is one gap, from
/// the first missing number to the last. How many records that are is known if nothing else was
/// lost there: `seq` is of this memory (else it began anew, Loss::restart), none of them was a
/// gap, and `takes_all`: nobody can say any more which of them would have passed a filter.
[[nodiscard]] Resumed resume_behind(const relay::Lanes& lanes, std::uint64_t seq, bool takes_all);

/// From the oldest kept on, for one that comes from another boot.
[[nodiscard]] Resumed resume_after_boot(const relay::Lanes& lanes);

}  // namespace vakt::bridge
