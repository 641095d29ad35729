// SPDX-License-Identifier: Apache-2.0
// syslog_bridge's command line.
#pragma once

#include <span>
#include <string>

#include "base/result.h"

namespace vakt::prog {

struct BridgeOptions {
    bool foreground = false;  ///< it never leaves it: whoever starts it watches it
    bool check = false;       ///< whether a start would take the settings, and that is all
    bool version = false;
    std::string config;  ///< bridge.conf
    std::string socket;  ///< where clients connect
    std::string state = "/var/lib/vakt";
    std::string run = "/run/vakt";
    bool run_is_given = false;  ///< on the command line
    std::string boot_id;        ///< a file; "": the system's own
    std::string kmsg;           ///< in place of every kmsg source's path; "": none
    std::string pmsg = "/dev/pmsg0";
};

/// Arguments after the program's name; what they leave out comes from the environment
/// (VAKT_BRIDGE_SOCKET, VAKT_STATE_DIR), then from the defaults. Errors: words for people.
[[nodiscard]] Result<BridgeOptions> read_bridge_options(std::span<const char* const> arguments);

}  // namespace vakt::prog
