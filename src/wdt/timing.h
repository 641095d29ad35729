// SPDX-License-Identifier: Apache-2.0
// Which timeout a watchdog grants, and whether that one can keep the hard deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "wdt/watchdog_device.h"

namespace vakt::wdt {

/// What the hardware must have left of beat timeout + boot delay when it starts its last countdown.
inline constexpr Millis kReserve = std::chrono::seconds(10);

/// The longest of `steps` that is not above `wanted`, in any order of steps; none if all are.
/// Down and never up: a watchdog that bites late breaks the hard deadline, one that bites early
/// only wants more pets.
[[nodiscard]] std::optional<Millis> round_down(Millis wanted, std::span<const Millis> steps);

/// The same for hardware that counts whole units (a second, ten milliseconds) from `least` to
/// `most` units. REQUIRES: unit > 0.
[[nodiscard]] std::optional<Millis> round_down(Millis wanted, Millis unit, std::int64_t least,
                                               std::int64_t most);

/// The longest timeout allowed: beat timeout + boot delay - 10 s. May be zero or less.
[[nodiscard]] Millis longest_allowed(Millis beat_timeout, Millis boot_delay);

/// Refuses a granted timeout above longest_allowed(), with the arithmetic in words:
/// "/dev/watchdog0 grants 120 s, but 60 s beat timeout + 50 s boot delay - 10 s = 100 s is the
/// longest that keeps the hard deadline; ...". Refuses a granted timeout of zero or less too.
[[nodiscard]] Status check_granted(const std::string& device, Millis granted, Millis beat_timeout,
                                   Millis boot_delay);

/// "12 s", "408 ms", "1.68 s".
[[nodiscard]] std::string in_words(Millis time);

}  // namespace vakt::wdt
