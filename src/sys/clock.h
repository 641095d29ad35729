// SPDX-License-Identifier: Apache-2.0
// Where time enters: programs read it here and hand it down as an argument.
#pragma once

#include <chrono>

namespace vakt::sys {

/// Monotonic, in nanoseconds since an unspecified start; never steps with the wall clock.
[[nodiscard]] inline std::chrono::steady_clock::time_point now() {
    return std::chrono::steady_clock::now();
}

}  // namespace vakt::sys
