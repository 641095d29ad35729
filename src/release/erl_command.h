// SPDX-License-Identifier: Apache-2.0
// What start_erl executes: erlexec's arguments, and what of the environment changes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "release/start_data.h"

namespace vakt::release {

/// As start_erl was called, nothing made absolute or resolved: erlexec gets what OTP's script
/// gives.
struct Place {
    std::string root;      ///< RootDir
    std::string releases;  ///< RelDir
    std::string program;   ///< the last part of argv[0], for PROGNAME
    /// Where a client with static_emulator (sasl(6)) has its start.boot and sys.config, which
    /// release_handler renews; "" for everybody else, whose are in RelDir/VSN.
    std::string fixed;
};

struct Command {
    std::string path;
    std::vector<std::string> arguments;  ///< argv, the path first
    std::vector<std::pair<std::string, std::string>> set;
    std::vector<std::string> unset;
};

[[nodiscard]] std::string emulator_dir(const Place& place, const std::string& erts);
/// Without ".boot".
[[nodiscard]] std::string boot_of(const Place& place, const Release& release);
/// Without ".config".
[[nodiscard]] std::string config_of(const Place& place, const Release& release);

/// What OTP's start_erl does with these arguments.
[[nodiscard]] Command command_of(const Place& place, const Release& release,
                                 const std::vector<std::string>& flags);

/// A console and nothing else: `boot` (without ".boot"), none of the flags but -heart, which keeps
/// a watchdog petted, and none from the environment.
[[nodiscard]] Command safe_command(const Place& place, const std::string& erts,
                                   const std::string& boot, bool heart);

}  // namespace vakt::release
