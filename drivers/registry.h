// SPDX-License-Identifier: Apache-2.0
// A driver's name and plain settings to a device.
#pragma once

#include <memory>

#include "base/result.h"
#include "sys/fd.h"
#include "wdt/device_settings.h"
#include "wdt/watchdog_device.h"

namespace vakt::drivers {

using DeviceResult = Result<std::unique_ptr<wdt::WatchdogDevice>>;

/// Checks the settings (wdt::check(), and that the vme profile is known), then opens the device
/// they name and no other: nothing is probed, nothing tried in turn. On Linux opening starts the
/// countdown. Errors: the settings', then the driver's.
[[nodiscard]] DeviceResult open_device(const wdt::DeviceSettings& settings);

/// The same device on the descriptor a predecessor handed over (WatchdogDevice::descriptor()),
/// armed with the timeout it was `granted`. Nothing is written to it, so a keeper whose verdict is
/// final may adopt and let it run out.
[[nodiscard]] DeviceResult adopt_device(const wdt::DeviceSettings& settings, sys::Fd fd,
                                        wdt::Millis granted);

}  // namespace vakt::drivers
