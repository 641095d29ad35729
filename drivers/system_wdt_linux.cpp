// SPDX-License-Identifier: Apache-2.0
#include "drivers/linux_sysfs.h"
#include "drivers/linux_wdt.h"
#include "drivers/system_wdt.h"

namespace vakt::drivers {

DeviceResult linux_watchdog(const wdt::DeviceSettings& settings, sys::Fd fd) {
    return as_device(LinuxWdt::make(
        node_of(settings.path, Access::write_only, std::move(fd)),
        {sysfs_of(settings.path), settings.pretimeout, settings.governor, settings.set_nowayout}));
}

DeviceResult system_watchdog(const std::string& path, sys::Fd fd) {
    LinuxOptions options;
    options.sysfs = sysfs_of(path);
    return as_device(LinuxWdt::make(node_of(path, Access::write_only, std::move(fd)), options));
}

}  // namespace vakt::drivers
