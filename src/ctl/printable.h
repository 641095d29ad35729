// SPDX-License-Identifier: Apache-2.0
// Texts and times for a terminal that obeys control characters and must not.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"

namespace vakt::ctl {

/// Valid UTF-8 without control characters (C0, DEL, C1): what is not becomes '?', byte for byte.
[[nodiscard]] std::string printable(std::string_view text);

/// How many columns it takes, if every character takes one. REQUIRES: it is printable().
[[nodiscard]] std::size_t columns(std::string_view text);

/// "0.4 s", "67.2 s", "2 min 13 s", "3 h 5 min", "2 d 4 h"; "-" and the same for what is past.
[[nodiscard]] std::string in_words(Duration time);

/// The same of a length that was set and does not run: "8 s", "0.5 s".
[[nodiscard]] std::string length_words(Duration time);

/// "2026-11-21 22:01:03 UTC" of nanoseconds since the epoch.
[[nodiscard]] std::string utc(std::int64_t wall_ns);

}  // namespace vakt::ctl
