// SPDX-License-Identifier: Apache-2.0
// What start_erl was told, by arguments and environment.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "release/args_file.h"
#include "release/erl_command.h"

namespace vakt::prog {

struct StartSettings {
    release::Place place;
    std::string data_file;
    std::vector<std::string> flags;
    release::ErlFlags environment;
    std::string state;  ///< an absolute directory that we may write; "" none
    std::uint32_t tries = 3;
    std::chrono::seconds healthy_after{300};  ///< 0: never by time
    std::string keeper;                       ///< its socket; "" none
    std::string lease;
    bool alone = false;               ///< no other process may be needed
    std::optional<std::string> seed;  ///< words for seed_config(8); nullopt: no seed is looked for
    std::vector<std::string> complaints;  ///< what of it is not as it should be, a line each
};

/// RootDir RelDir DataFile [Flag ...]; fewer are a usage error.
inline constexpr std::size_t kFewestWords = 3;

/// REQUIRES: kFewestWords at least in `words`; `program` is argv[0].
[[nodiscard]] StartSettings read_start_settings(const char* program, std::span<char* const> words);

}  // namespace vakt::prog
