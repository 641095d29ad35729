// SPDX-License-Identifier: Apache-2.0
// Other processes: what they run, and who asks.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/process_handle.h"

namespace vakt::sys {

/// Absolute path of the running executable, with " (deleted)" behind it when that is gone.
[[nodiscard]] Result<std::string> executable_of(pid_t pid);

/// The running executable's file itself, deleted or not.
[[nodiscard]] Result<struct stat> status_of_executable(pid_t pid);

/// Whether it is the file at `path`, and not one with the same path in a container of its own.
[[nodiscard]] bool runs_the_file_at(pid_t pid, const std::string& path);

/// The process that asks: the nearest ancestor of ours whose executable's name begins with
/// `prefix`; else the leader of our session, when it lives and is another; else our parent; and
/// where that is init, which never ends, ourselves.
[[nodiscard]] pid_t asking_process(std::string_view prefix);

/// The processes in a control group, from its cgroup.procs (cgroups(7)).
[[nodiscard]] std::vector<pid_t> parse_procs(std::string_view text);

}  // namespace vakt::sys
