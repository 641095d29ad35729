// SPDX-License-Identifier: Apache-2.0
// Where time enters: programs read it here and hand it down as an argument.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

namespace vakt::sys {

/// Monotonic, in nanoseconds since an unspecified start; never steps with the wall clock.
[[nodiscard]] inline std::chrono::steady_clock::time_point now() {
    return std::chrono::steady_clock::now();
}

/// The wall clock, nanoseconds since the epoch; it steps.
[[nodiscard]] inline std::int64_t wall_ns() {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Milliseconds since the boot, sleep included (CLOCK_BOOTTIME, clock_gettime(2)).
[[nodiscard]] inline std::uint64_t uptime_ms() {
#ifdef CLOCK_BOOTTIME
    constexpr clockid_t kClock = CLOCK_BOOTTIME;
#else
    constexpr clockid_t kClock = CLOCK_MONOTONIC;
#endif
    timespec time{};
    ::clock_gettime(kClock, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1000 +
           static_cast<std::uint64_t>(time.tv_nsec) / 1'000'000;
}

/// Seconds that the local time is ahead of UTC at that moment, by the zone as it is set now; 0
/// where the system cannot tell.
[[nodiscard]] std::int32_t utc_offset(std::time_t at);

}  // namespace vakt::sys
