// SPDX-License-Identifier: Apache-2.0
// What the hardware says about the last restart, in words.
#pragma once

#include <string>

#include "wdt/watchdog_device.h"

namespace vakt::report {

/// "the watchdog reset the board, power fault", "nothing" for 0; unknown bits as "bit 0x100".
[[nodiscard]] std::string boot_status_words(wdt::BootFlags flags);

}  // namespace vakt::report
