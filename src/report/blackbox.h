// SPDX-License-Identifier: Apache-2.0
// A line of the black box as the report takes it; where it is kept is the bridge's affair.
#pragma once

#include <cstdint>
#include <string>

#include "report/boot_id.h"

namespace vakt::report {

/// One record that outlived the boot it was logged in.
struct BlackBoxLine {
    BootId boot_id{};
    std::uint64_t sequence = 0;  ///< orders the lines of one boot
    std::int64_t wall_ns = 0;    ///< nanoseconds since the epoch; 0: unknown
    std::string text;            ///< as it came, any bytes
};

}  // namespace vakt::report
