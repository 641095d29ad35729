// SPDX-License-Identifier: Apache-2.0
// The process tree that stands for a running board.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "sys/fd.h"
#include "sys/process_tree.h"

namespace vakt::prog {

/// Below us stands a guard, and below it the command in a session of its own with all it starts.
/// The guard collects the orphans and, should we be killed, kills all below it and leaves. It ends
/// by itself when the last of them has ended. REQUIRES: sys::adopt_orphans(), SIGCHLD in our inbox.
class BoardTree {
 public:
    /// `command` ends with a null pointer. `environment`: NAME=VALUE words added to ours.
    [[nodiscard]] Status start(std::span<char* const> command,
                               std::span<const std::string> environment);

    /// Collects what has ended; the command's status as the shell has it once nothing is left (127:
    /// it could not be run; 137 where somebody killed the guard, which is no end of the others).
    [[nodiscard]] std::optional<int> ended();

    /// SIGTERM to everyone but the guard.
    void ask_to_end() const;
    /// SIGKILL to everyone.
    [[nodiscard]] sys::TreeEnd kill();

    [[nodiscard]] pid_t guard() const { return guard_; }

 private:
    pid_t guard_ = 0;
    int status_ = 0;
    sys::Fd lifeline_;  ///< its end tells the guard that we are gone
};

}  // namespace vakt::prog
