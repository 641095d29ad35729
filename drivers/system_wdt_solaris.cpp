// SPDX-License-Identifier: Apache-2.0
#include "drivers/ntwdt.h"
#include "drivers/system_wdt.h"

namespace vakt::drivers {

DeviceResult linux_watchdog(const wdt::DeviceSettings& settings, sys::Fd /*fd*/) {
    return refusal(settings.path + ": driver linux is for Linux; Solaris has ntwdt");
}

DeviceResult system_watchdog(const std::string& path, sys::Fd fd) {
    return as_device(Ntwdt::make(node_of(path, Access::read_write, std::move(fd))));
}

}  // namespace vakt::drivers
