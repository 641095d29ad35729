// SPDX-License-Identifier: Apache-2.0
// One watchdog as the configuration names it, and what is wrong with it before anything is opened.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wdt/watchdog_device.h"

namespace vakt::wdt {

/// The byte order of a board's registers.
enum class ByteOrder { big, little };

/// Where a Linux VME user window (/dev/bus/vme/mN) shall look. Addresses and sizes in bytes.
struct VmeWindow {
    std::uint64_t address = 0;  ///< VME address of the window, a multiple of 64 KiB
    std::uint64_t size = 0;     ///< a multiple of 64 KiB
    std::string space = "a32";  ///< a16 a24 a32 a64 crcsr
    unsigned width = 32;        ///< data width: 8 16 32 64
    bool operator==(const VmeWindow&) const = default;
};

/// Only `driver` and `path` are always used; every other member says whose it is and has a default.
struct DeviceSettings {
    std::string driver;  ///< one of driver_names()
    /// Node, register file or socket, absolute. systemd: the socket of its notices, an abstract one
    /// with '@' before it; "": NOTIFY_SOCKET.
    std::string path;

    std::optional<Millis> pretimeout;  ///< linux: before the timeout, whole seconds
    std::string governor;              ///< linux: pretimeout governor, "noop" or "panic"
    bool set_nowayout = false;         ///< linux: make closing never stop it

    std::string profile = "fga5000";      ///< vme: the board's row of the profile table
    std::uint64_t offset = 0;             ///< vme: where in `path` the registers begin, bytes
    std::optional<ByteOrder> byte_order;  ///< vme: other than the profile's
    std::optional<VmeWindow> window;      ///< vme: set up this user window first

    bool operator==(const DeviceSettings&) const = default;
};

/// "linux", "vme", "ntwdt", "ib700", "soft", "systemd".
[[nodiscard]] std::span<const std::string_view> driver_names();

/// Refuses, naming the key: an unknown driver, a path that is empty or relative, a key that is not
/// this driver's, a window that is no multiple of 64 KiB, a pretimeout that is no whole second.
/// Opens and asks nothing.
[[nodiscard]] Status check(const DeviceSettings& settings);

}  // namespace vakt::wdt
