// SPDX-License-Identifier: Apache-2.0
// heart's arguments and environment, read as OTP reads them.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "heart/heart.h"

namespace vakt::heart {

/// What the command line says. What is missing or refused is nullopt.
struct Arguments {
    std::optional<long> beat_timeout;  ///< -ht, seconds
    std::optional<long> boot_delay;    ///< -wt, seconds
    unsigned long pid = 0;             ///< -pid; 0: none
    /// What OTP's heart says on stderr of what it accepted, line ends included, and our refusals.
    std::vector<std::string> said;
};

/// `-ht N`, `-wt N` (10 < N <= 65535) and `-pid N`. Numbers as sscanf's %i and %lu take them: 11,
/// 0x20, 017, 11junk. A number out of range is passed over in silence, as is what we do not know:
/// OTP does both. A name without its number is refused in words.
[[nodiscard]] Arguments read_arguments(std::span<const char* const> arguments);

/// The value of an environment variable, or nullptr.
using Lookup = std::function<const char*(const char*)>;

/// Arguments and environment together: HEART_COMMAND, HEART_BEAT_BOOT_DELAY, HEART_KILL_SIGNAL
/// (SIGABRT, nothing else), HEART_NO_KILL (TRUE, nothing else), ERL_CRASH_DUMP_SECONDS. A
/// HEART_BEAT_BOOT_DELAY we cannot use is said in `said`. `knows_vm` and `guard` are the
/// program's to find out.
[[nodiscard]] Settings read_settings(const Arguments& arguments, const Lookup& environment,
                                     std::vector<std::string>& said);

/// The leading number of `text` as scanf's %i reads it: blanks, sign, 0x and 0 prefixes; what
/// follows it is ignored. A number too big for a long is the biggest. nullopt when there is no
/// digit.
[[nodiscard]] std::optional<long> scan_number(const char* text);

}  // namespace vakt::heart
