// SPDX-License-Identifier: Apache-2.0
#include <sched.h>

#include <algorithm>

#include "sys/importance.h"

namespace vakt::sys {

bool run_in_real_time(int priority) {
    sched_param parameters = {};
    parameters.sched_priority = std::min(priority, ::sched_get_priority_max(SCHED_FIFO));
    return ::sched_setscheduler(0, SCHED_FIFO, &parameters) != -1;
}

}  // namespace vakt::sys
