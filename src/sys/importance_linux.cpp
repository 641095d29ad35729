// SPDX-License-Identifier: Apache-2.0
#include <sched.h>

#include "sys/importance.h"

namespace vakt::sys {

bool run_in_real_time(int priority) {
    sched_param parameters = {};
    parameters.sched_priority = priority;
    return ::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0;
}

}  // namespace vakt::sys
