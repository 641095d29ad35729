// SPDX-License-Identifier: Apache-2.0
// What a guard asks of the system for itself: never to wait for memory, for the processor or for
// mercy.
#pragma once

#include <cstddef>

namespace vakt::sys {

/// Locks everything mapped now and later (mlockall(2)), the next `stack` bytes of the stack
/// included. False: errno.
[[nodiscard]] bool lock_memory(std::size_t stack);

/// SCHED_FIFO with `priority` (1 to 99; Solaris: 59 at most) for us and not for our children, which
/// on Solaris have to say so themselves: run_as_others_do(). False: errno.
[[nodiscard]] bool run_in_real_time(int priority);

/// Normal scheduling, no negative nice value and no exemption from the OOM killer, for whoever is
/// forked by a guard. Safe between fork and exec.
void run_as_others_do();

}  // namespace vakt::sys
