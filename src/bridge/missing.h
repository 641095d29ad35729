// SPDX-License-Identifier: Apache-2.0
// What one client has to be told is missing, summed up until it can be told.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "relay/store_memory.h"
#include "syslog/entry.h"

namespace vakt::bridge {

class Missing {
 public:
    /// Of what is of no source alone: it was lost while the client was away.
    static constexpr std::uint8_t kNoOrigin = 255;
    struct Told {
        std::uint8_t origin = kNoOrigin;
        syslog::Gap gap;
    };

    /// A record of that number was dropped, or a gap, which spoke of `count` (none: unknown).
    void add(std::uint8_t origin, syslog::Source source, std::optional<std::uint64_t> count,
             std::uint64_t seq) {
        auto& its = sums_[origin];
        if ((origins_ >> origin & 1U) == 0) {
            its = {.source = source, .reason = syslog::Loss::overrun, .count = 0, .from = seq};
            origins_ |= std::uint64_t{1} << origin;
        }
        its.from = std::min(its.from, seq);
        its.to = std::max(its.to, seq);
        if (count && its.count)
            *its.count += *count;
        else
            its.count.reset();
    }
    void away(const syslog::Gap& gap) { away_ = gap; }

    [[nodiscard]] bool any() const { return away_ || origins_ != 0; }
    /// REQUIRES: any().
    [[nodiscard]] Told first() const {
        if (away_) return {kNoOrigin, *away_};
        const auto origin = static_cast<std::uint8_t>(std::countr_zero(origins_));
        return {origin, sums_[origin]};
    }
    void told() {
        if (away_)
            away_.reset();
        else
            origins_ &= origins_ - 1;
    }

 private:
    std::array<syslog::Gap, relay::kMostKeptSources> sums_;
    std::uint64_t origins_ = 0;  // bit n: sums_[n] is to be told
    std::optional<syslog::Gap> away_;
};

}  // namespace vakt::bridge
