// SPDX-License-Identifier: Apache-2.0
// Both clocks, read once a turn.
#pragma once

#include <ctime>
#include <optional>

#include "bridge/bridge.h"
#include "source/record_sink.h"
#include "sys/clock.h"

namespace vakt::inside {

class TurnClock {
 public:
    /// The same until the turn is over.
    [[nodiscard]] const bridge::Now& now() {
        if (!now_) now_ = bridge::Now{sys::now(), sys::wall_ns()};
        return *now_;
    }
    void turn_over() { now_.reset(); }

    /// What a source asks for when its turn begins.
    [[nodiscard]] source::Time for_source() {
        turn_over();
        const auto& both = now();
        return {{both.wall_ns, utc_offset(both.wall_ns)},
                static_cast<std::uint64_t>(both.at.time_since_epoch().count())};
    }

 private:
    /// Zones change their offset at full quarters of an hour; looked up once in each.
    std::int32_t utc_offset(std::int64_t wall_ns) {
        constexpr std::int64_t kQuarter = 900'000'000'000;
        if (const auto quarter = wall_ns / kQuarter; quarter != quarter_) {
            quarter_ = quarter;
            offset_ = sys::utc_offset(static_cast<std::time_t>(wall_ns / 1'000'000'000));
        }
        return offset_;
    }

    std::optional<bridge::Now> now_;
    std::int64_t quarter_ = -1;
    std::int32_t offset_ = 0;
};

}  // namespace vakt::inside
