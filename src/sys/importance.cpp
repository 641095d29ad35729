// SPDX-License-Identifier: Apache-2.0
// What a guard asks of the system for itself; the Linux side.
#include "sys/importance.h"

#include <alloca.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cerrno>

#include "sys/process_handle.h"

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

void run_as_others_do() {
    if (::sched_getscheduler(0) != SCHED_OTHER) {
        const sched_param normal = {};
        ::sched_setscheduler(0, SCHED_OTHER, &normal);
    }
    errno = 0;
    if (::getpriority(PRIO_PROCESS, 0) < 0 && errno == 0) ::setpriority(PRIO_PROCESS, 0, 0);
    // proc(5): our own exemption from the OOM killer, if we have one, is not for others.
    set_oom_score(0, 0);
}

}  // namespace vakt::sys
