// SPDX-License-Identifier: Apache-2.0
// This process becomes another program, also where the system has no execve(2).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace vakt::become {

/// execv(3) with the environment as it is; does not return where that succeeds. Where the system
/// has no such call (ENOSYS, ENOEXEC: OSv), enter(). Errors: what the system said.
[[nodiscard]] Result<int> execute(const std::string& path,
                                  const std::vector<std::string>& arguments);

/// The program is loaded as a library, and its `main` called: the exit status. Such systems load
/// every program so; glibc's loader refuses a program that is linked as one, and says so in the
/// error.
[[nodiscard]] Result<int> enter(const std::string& path, const std::vector<std::string>& arguments);

}  // namespace vakt::become
