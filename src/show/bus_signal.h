// SPDX-License-Identifier: Apache-2.0
// The keeper's news as signals of org.vakt.Keeper1.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "wire/lease_bytes.h"

namespace vakt::show {

/// D-Bus's s, y, u and t.
using BusValue = std::variant<std::string, std::uint8_t, std::uint32_t, std::uint64_t>;

struct BusSignal {
    std::string name;
    std::vector<BusValue> values;
    bool operator==(const BusSignal&) const = default;
};

///   news        signal        values
///   warned      Warning       s lease, y percent of the beat timeout, t deadline
///   given_up    GivenUp       s lease, s cause, t deadline
///   verdict     VerdictSaid   s subject ("" the board), s end, s cause, t deadline, u uid
///   recovered   Recovered     s lease
///   any other   Noted         s kind, s subject, s cause, t deadline, u uid
///
/// Words are keeper/words.h's. The uid is that of who asked, 0 where nobody did.
[[nodiscard]] BusSignal signal_of(const wire::lease::News& news);

/// Points in time as D-Bus has them: microseconds of CLOCK_MONOTONIC, 2^64 - 1 is never.
[[nodiscard]] std::uint64_t bus_time(Instant at);

}  // namespace vakt::show
