// SPDX-License-Identifier: Apache-2.0
// What the environment says about the console's log; the names are those of OTP's run_erl(1).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vakt::console {

struct LogSettings {
    std::uint32_t generations = 5;             ///< 2 to 1000; one of them is the hole
    std::uint64_t max_size = 100'000;          ///< bytes, from 1000
    std::chrono::minutes alive{15};            ///< of silence, then ALIVE is written
    std::chrono::minutes activity{5};          ///< of silence, then what comes gets a time
    std::string format = "%a %b %e %T %Z %Y";  ///< strftime(3), at most 256 bytes
    bool utc = false;
    std::chrono::seconds sync{2};  ///< ours: at most so long until it is on disk

    bool operator==(const LogSettings&) const = default;
};

/// The value of a variable, if it is set.
using Environment = std::function<std::optional<std::string_view>(const char* name)>;

struct LogSettingsRead {
    LogSettings settings;
    std::vector<std::string> complaints;  ///< for people, OTP's words where OTP complains too
};

/// Reads RUN_ERL_LOG_GENERATIONS, _MAXSIZE, _ALIVE_MINUTES, _ACTIVITY_MINUTES, _ALIVE_FORMAT,
/// _ALIVE_IN_UTC and _SYNC_SECONDS. Numbers are read as atoi(3) reads them, but do not overflow. A
/// value beyond a limit becomes that limit (OTP's run_erl complains and then uses it as it is).
[[nodiscard]] LogSettingsRead read_log_settings(const Environment& environment);

}  // namespace vakt::console
