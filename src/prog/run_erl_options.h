// SPDX-License-Identifier: Apache-2.0
// run_erl's command line.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vakt::prog {

struct RunErlOptions {
    bool daemon = false;
    bool own_place = false;  ///< -p
    std::string pipe;        ///< as it was given; a directory when it ends in a slash
    std::string log_directory;
    /// "sh", "-c", the command and what follows it, ended by nullptr: the words are main's.
    std::vector<const char*> shell;
};

/// All of argv. Nothing: the usage is to be shown.
[[nodiscard]] std::optional<RunErlOptions> read_run_erl_options(
    std::span<const char* const> arguments);

/// As OTP's.
[[nodiscard]] std::string run_erl_usage(const char* program);

}  // namespace vakt::prog
