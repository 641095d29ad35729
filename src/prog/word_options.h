// SPDX-License-Identifier: Apache-2.0
// A daemon's command line: flags, and words behind their names.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vakt::prog {

struct Flag {
    std::string_view name;  ///< "--foreground"
    bool& value;
};
struct Word {
    std::string_view name;  ///< "--config"
    std::string& value;
};

/// Arguments after the program's name. What is not said stays as it was. Errors: words for people,
/// with `usage`.
[[nodiscard]] Status read_words(std::span<const char* const> arguments, std::span<const Flag> flags,
                                std::span<const Word> words, std::string_view usage);

/// "" when it is not set.
[[nodiscard]] std::string from_environment(const char* name);

}  // namespace vakt::prog
