// SPDX-License-Identifier: Apache-2.0
// to_erl's command line.
#pragma once

#include <span>
#include <string>

#include "base/result.h"

namespace vakt::prog {

struct ToErlOptions {
    bool help = false;
    bool force = false;          ///< -F
    bool read_only = false;      ///< -r
    bool private_place = false;  ///< -p
    std::string pipe = "/tmp/";  ///< a pipe's name, or a directory with a slash at its end
};

/// Arguments after the program's name: options, alone or together, then at most one name.
/// Errors: OTP's words ("Invalid option '-x'").
[[nodiscard]] Result<ToErlOptions> read_to_erl_options(std::span<const char* const> arguments);

/// OTP's, with our options.
[[nodiscard]] std::string to_erl_usage(const char* program);

}  // namespace vakt::prog
