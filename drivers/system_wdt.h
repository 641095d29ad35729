// SPDX-License-Identifier: Apache-2.0
// The watchdogs that one system has and another has not.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "drivers/dev_node.h"
#include "drivers/registry.h"

namespace vakt::drivers {

/// Driver "linux" of the settings; a refusal on another system. `fd`: handed over, open already.
[[nodiscard]] DeviceResult linux_watchdog(const wdt::DeviceSettings& settings, sys::Fd fd);

/// What a watchdog device at `path` is by this system's own interface: /dev/watchdogN of Linux,
/// ntwdt of Solaris.
[[nodiscard]] DeviceResult system_watchdog(const std::string& path, sys::Fd fd);

/// The node at `path`, to be opened, or as it was handed over.
[[nodiscard]] inline std::unique_ptr<DevNode> node_of(const std::string& path, Access access,
                                                      sys::Fd fd) {
    if (!fd) return device_node(path, access);
    return adopted_node(path, access, std::move(fd));
}

template <class Device>
[[nodiscard]] DeviceResult as_device(Result<std::unique_ptr<Device>> made) {
    if (!made) return made.error();
    return DeviceResult(std::unique_ptr<wdt::WatchdogDevice>(std::move(*made)));
}

}  // namespace vakt::drivers
