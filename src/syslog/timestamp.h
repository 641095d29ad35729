// SPDX-License-Identifier: Apache-2.0
// The times that syslog messages begin with.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vakt::syslog {

/// What a time without year and zone is measured against.
struct Context {
    std::int64_t now_ns = 0;      ///< since 1970-01-01T00:00:00Z
    std::int32_t utc_offset = 0;  ///< of local time, seconds east of Greenwich
};

/// Takes an RFC 3339 time off the front, "2026-11-21T18:04:03.962539+00:00" (section 5.6); digits
/// past the ninth are below a nanosecond and passed over, a leap second counts as the second after
/// 59. Nanoseconds since 1970-01-01T00:00:00Z; none, and `text` unchanged, for anything else and
/// for years before 1678 or after 2261, which such a number cannot hold.
[[nodiscard]] std::optional<std::int64_t> take_rfc3339(std::string_view& text);

/// Takes an RFC 3164 time off the front, "Nov 21 18:04:15" (section 4.1.2), as it is in the wild:
/// the day with a blank, a zero or nothing before it, a year between day and time, a fraction
/// behind the second. Without a year it is the year that brings it nearest to now, with February
/// 29 only in years that have one.
[[nodiscard]] std::optional<std::int64_t> take_rfc3164_time(std::string_view& text,
                                                            const Context& context);

/// Days since 1970-01-01 in the proleptic Gregorian calendar. REQUIRES: a date that is one.
[[nodiscard]] std::int64_t days_since_1970(std::int64_t year, unsigned month, unsigned day);

}  // namespace vakt::syslog
