// SPDX-License-Identifier: Apache-2.0
// Which timeout a watchdog grants, and whether that one can keep the hard deadline.
#include "wdt/timing.h"

#include <algorithm>

namespace vakt::wdt {

std::optional<Millis> round_down(Millis wanted, std::span<const Millis> steps) {
    std::optional<Millis> best;
    for (const auto step : steps)
        if (step <= wanted && (!best || step > *best)) best = step;
    return best;
}

std::optional<Millis> round_down(Millis wanted, Millis unit, std::int64_t least,
                                 std::int64_t most) {
    const auto units = std::min<std::int64_t>(wanted / unit, most);
    if (units < least) return std::nullopt;
    return unit * units;
}

Millis longest_allowed(Millis beat_timeout, Millis boot_delay) {
    return beat_timeout + boot_delay - kReserve;
}

std::string in_words(Millis time) {
    const auto whole = time.count() / 1000;
    const auto rest = time.count() % 1000;
    if (rest == 0) return std::to_string(whole) + " s";
    if (whole == 0) return std::to_string(rest) + " ms";
    auto digits = std::to_string(1000 + (rest < 0 ? -rest : rest)).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    return std::to_string(whole) + "." + digits + " s";
}

Status check_granted(const std::string& device, Millis granted, Millis beat_timeout,
                     Millis boot_delay) {
    const auto longest = longest_allowed(beat_timeout, boot_delay);
    if (granted > Millis::zero() && granted <= longest) return Done{};
    auto words = device + " grants " + in_words(granted);
    if (granted <= Millis::zero()) return refusal(words + ", which is no timeout");
    words += ", but " + in_words(beat_timeout) + " beat timeout + " + in_words(boot_delay) +
             " boot delay - " + in_words(kReserve) + " = " + in_words(longest) +
             " is the longest that keeps the hard deadline; ask for a shorter timeout, or raise "
             "the boot delay to " +
             in_words(granted - beat_timeout + kReserve) + " or more";
    return refusal(std::move(words));
}

}  // namespace vakt::wdt
