// SPDX-License-Identifier: Apache-2.0
// Words and numbers that the bridge gives people.
#pragma once

#include <string>
#include <string_view>

#include "prog/daemon_log.h"

namespace vakt::prog {

/// Each line by itself.
void say_lines(Log& log, sys::Severity severity, std::string_view text);

/// "process pid=1 user_us=... system_us=... sleeps=... preempted=...\n"
[[nodiscard]] std::string process_line();

}  // namespace vakt::prog
