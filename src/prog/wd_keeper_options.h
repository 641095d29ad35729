// SPDX-License-Identifier: Apache-2.0
// wd_keeper's command line.
#pragma once

#include <span>
#include <string>

#include "base/result.h"

namespace vakt::prog {

struct KeeperOptions {
    bool foreground = false;
    bool take_over = false;
    bool check = false;  ///< the settings are read, and that is all
    bool version = false;
    std::string config;  ///< keeper.conf
    std::string socket;  ///< the lease socket
    std::string state = "/var/lib/vakt";
    std::string run = "/run/vakt";
    std::string pstore = "/sys/fs/pstore";
    std::string pmsg = "/dev/pmsg0";
    std::string boot_id;      ///< a file; "": the system's own
    std::string end_command;  ///< run with reboot, poweroff or halt in place of reboot(2); "" none
};

/// Arguments after the program's name; what they leave out comes from the environment
/// (VAKT_KEEPER_SOCKET, VAKT_STATE_DIR), then from the defaults. Errors: words for people.
[[nodiscard]] Result<KeeperOptions> read_keeper_options(std::span<const char* const> arguments);

}  // namespace vakt::prog
