// SPDX-License-Identifier: Apache-2.0
#include "sys/clock.h"

namespace vakt::sys {

// tm_gmtoff is not everywhere: both broken-down times differ by less than two days.
std::int32_t utc_offset(std::time_t at) {
    ::tzset();
    std::tm local{};
    std::tm utc{};
    if (::localtime_r(&at, &local) == nullptr || ::gmtime_r(&at, &utc) == nullptr) return 0;
    constexpr int kHours = 24;
    constexpr int kSixty = 60;
    int days = local.tm_yday - utc.tm_yday;
    if (local.tm_year != utc.tm_year) days = local.tm_year < utc.tm_year ? -1 : 1;
    const int minutes =
        (days * kHours + local.tm_hour - utc.tm_hour) * kSixty + local.tm_min - utc.tm_min;
    return minutes * kSixty + local.tm_sec - utc.tm_sec;
}

}  // namespace vakt::sys
