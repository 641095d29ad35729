// SPDX-License-Identifier: Apache-2.0
// /proc/PID/psinfo of Solaris, proc(5): readable by everybody, and by what holds it of that process
// alone.
#pragma once

#include <procfs.h>
#include <sys/types.h>

#include "sys/fd.h"

namespace vakt::sys {

/// None: errno, ESRCH when there is no such process.
[[nodiscard]] Fd open_psinfo(pid_t pid);

/// False: errno; ESRCH when it has ended, whoever has its number by now. A zombie can still be
/// read.
[[nodiscard]] bool read_psinfo(const Fd& process, psinfo_t& into);
[[nodiscard]] bool read_psinfo(pid_t pid, psinfo_t& into);

}  // namespace vakt::sys
