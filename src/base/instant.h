// SPDX-License-Identifier: Apache-2.0
// Points in time and lengths of time, for those who are handed the time instead of reading it.
#pragma once

#include <chrono>

namespace vakt {

/// Monotonic, in nanoseconds since an unspecified start (sys/clock.h reads it).
using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// The instant that never comes.
inline constexpr Instant kNever = Instant::max();

}  // namespace vakt
