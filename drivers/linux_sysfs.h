// SPDX-License-Identifier: Apache-2.0
// What Linux tells of a watchdog in /sys/class/watchdog/watchdogN (Documentation/ABI/testing/
// sysfs-class-watchdog).
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "wdt/watchdog_device.h"

namespace vakt::drivers {

/// The attributes a driver needs; none that is absent is an error, since old misc drivers and
/// kernels without CONFIG_WATCHDOG_SYSFS have none at all.
struct SysfsFacts {
    std::optional<bool> nowayout;
    std::optional<long> min_timeout;  ///< seconds; 0 there (no bound) is none here
    std::optional<long> max_timeout;
    std::string governors;                ///< pretimeout_available_governors, one a line
    std::optional<std::string> governor;  ///< pretimeout_governor; "": a pretimeout does nothing
    std::string identity;
};
[[nodiscard]] SysfsFacts read_sysfs(const std::string& directory);

/// Whether it still counts ("active"), where the kernel says.
[[nodiscard]] std::optional<bool> sysfs_active(const std::string& directory);

/// Errors: what open or write said, naming the attribute.
[[nodiscard]] Status write_sysfs(const std::string& directory, const std::string& attribute,
                                 const std::string& value);

/// The directory of the node at `path`, "" if it has none. Asks stat(2) of the node and opens
/// nothing. /dev/watchdog is an alias of the first watchdog that has no directory of its own.
[[nodiscard]] std::string sysfs_of(const std::string& path, const std::string& sys = "/sys");

/// Why the board last restarted, as watchdogN/bootstatus has it: readable by anyone and without
/// opening the device, which would start it. Errors: what open said; invalid_argument for a text
/// that is no number.
[[nodiscard]] Result<wdt::BootFlags> sysfs_boot_status(const std::string& directory);

}  // namespace vakt::drivers
