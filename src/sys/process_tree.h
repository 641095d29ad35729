// SPDX-License-Identifier: Apache-2.0
// All processes below one, however they parted from their parents.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <vector>

#include "base/result.h"

namespace vakt::sys {

/// From here on a descendant whose parent ends becomes our child and not init's, also one with a
/// session of its own (prctl(2), PR_SET_CHILD_SUBREAPER). Our children do not inherit it. Solaris
/// has nothing like it: operation_not_supported.
[[nodiscard]] Status adopt_orphans();

/// The living descendants of `root`, zombies left out, as /proc showed them one after the other: a
/// process that forks meanwhile may have a child that is missing.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t root);

struct TreeEnd {
    std::size_t killed = 0;  ///< different processes
    std::size_t left = 0;    ///< that did not end: another user's, or stuck in the kernel
};

/// SIGKILL to every descendant of ours, again and again until we have no child left or `patience`
/// is over, and collects them all. `last` (0: none), a child that has adopted orphans too, is
/// killed when nothing is below it any more. REQUIRES: adopt_orphans(), so that none can get away.
[[nodiscard]] TreeEnd end_descendants(std::chrono::milliseconds patience, pid_t last = 0);

}  // namespace vakt::sys
