// SPDX-License-Identifier: Apache-2.0
// What the environment asks of a heart inside the emulator, and what such a heart cannot do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "heart/settings.h"
#include "wdt/device_settings.h"

namespace vakt::beam {

/// What stands behind the heart, and where it notes a verdict.
struct InnerSettings {
    /// The device; none: nothing resets the board but, with `reboots`, reboot(2).
    std::optional<wdt::DeviceSettings> device;
    /// ib700 without a node: by the processor's own instructions.
    bool by_instructions = false;
    /// A VM that is given up ends in reboot(2). Never without a device, unless it is asked for:
    /// nobody's private `erl -heart` can reset a board.
    bool reboots = false;
    std::string state_dir = "/var/lib/vakt";  ///< VAKT_STATE_DIR: the ledger's
    std::string run_dir = "/run/vakt";        ///< the keeper socket's: reset_report.json
    std::string pstore_dir = "/sys/fs/pstore";
    std::string pmsg = "/dev/pmsg0";
    std::string boot_id;  ///< a file; "": the system's own
    std::string lease;    ///< VAKT_LEASE: the name in the notes; "" uid-UID
};

/// HEART_WATCHDOG_DRIVER is linux, ib700, soft, or none: no device, reboot(2) alone. Without it the
/// device that HEART_WATCHDOG_PATH names is Linux' or, if `is_socket` of it, a simulated board's;
/// with neither nothing stands behind the heart, as with HW_WD_DISABLE. Errors, in words: a driver
/// that is none of these, or one that lacks its path.
[[nodiscard]] Result<InnerSettings> read_inner_settings(const heart::Lookup& environment,
                                                        bool (*is_socket)(const std::string&));

/// The settings of one VM's heart: those of heart/settings.h but for what cannot be done inside,
/// each said in `said` with what is done instead: HEART_COMMAND, HEART_KILL_SIGNAL, HEART_NO_KILL.
/// `command` is the port's, "heart -pid N -ht N".
[[nodiscard]] heart::Settings read_port_command(const char* command,
                                                const heart::Lookup& environment,
                                                std::vector<std::string>& said);

}  // namespace vakt::beam
