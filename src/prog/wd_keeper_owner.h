// SPDX-License-Identifier: Apache-2.0
// Who has a watchdog open that we cannot open.
#pragma once

#include <string>

namespace vakt::prog {

/// Looks through /proc/PID/fd in a child, which says on standard error who has `path` open, and the
/// cure; the keeper itself does not wait for it.
void name_the_owner(const std::string& path);

}  // namespace vakt::prog
