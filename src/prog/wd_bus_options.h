// SPDX-License-Identifier: Apache-2.0
// wd_bus's command line.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace vakt::prog {

struct BusOptions {
    std::string socket;                             ///< the keeper's
    std::string bus;                                ///< address of the message bus
    std::string state = "/var/lib/vakt";            ///< where the ledger is, which is only read
    std::string run = "/run/vakt";                  ///< metrics.prom, reset_report.json
    std::optional<std::chrono::seconds> metrics{};  ///< how often they are written; none: not
    bool version = false;
};

/// Arguments after the program's name; what they leave out comes from the environment
/// (VAKT_KEEPER_SOCKET, VAKT_STATE_DIR, DBUS_SYSTEM_BUS_ADDRESS), then from the defaults. Errors:
/// words for people.
[[nodiscard]] Result<BusOptions> read_bus_options(std::span<const char* const> arguments);

}  // namespace vakt::prog
