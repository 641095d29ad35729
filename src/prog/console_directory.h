// SPDX-License-Identifier: Apache-2.0
// Where run_erl -p and to_erl -p meet.
#pragma once

#include <string>

#include "base/result.h"

namespace vakt::prog {

/// $VAKT_CONSOLE_DIR, else $XDG_RUNTIME_DIR/vakt, else /run/vakt/console/UID where
/// /run/vakt/console is. It is made (0700) where it is not there, and refused when it belongs to
/// another user. Errors: words that say what to do about it.
[[nodiscard]] Result<std::string> private_console_directory();

}  // namespace vakt::prog
