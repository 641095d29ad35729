// SPDX-License-Identifier: Apache-2.0
// The private directory for a console's pipes, of run_erl -p and to_erl -p.
#pragma once

#include <string>

#include "base/result.h"

namespace vakt::prog {

/// $VAKT_CONSOLE_DIR, else $XDG_RUNTIME_DIR/vakt, else /run/vakt/console/UID where
/// /run/vakt/console is; made if it is not there (0700), closed to others if it is open to them.
/// Refused when it belongs to somebody else, or when others may write in a directory above it.
/// No slash at its end.
[[nodiscard]] Result<std::string> private_console_directory();

}  // namespace vakt::prog
