// SPDX-License-Identifier: Apache-2.0
// What a guard asks of the system for itself; the Linux side.
#include "sys/importance.h"

#include <alloca.h>
#include <sched.h>
#include <sys/mman.h>

#include <cstring>

namespace vakt::sys {
namespace {

[[gnu::noinline]] void touch_stack(std::size_t bytes) {
    auto* const room = static_cast<volatile char*>(alloca(bytes));
    for (std::size_t at = 0; at < bytes; at += 4096) room[at] = 0;
}

}  // namespace

bool lock_memory(std::size_t stack) {
    touch_stack(stack);
    return ::mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
}

bool run_in_real_time(int priority) {
    sched_param parameters = {};
    parameters.sched_priority = priority;
    return ::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0;
}

}  // namespace vakt::sys
