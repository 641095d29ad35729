// SPDX-License-Identifier: Apache-2.0
// Processes by descriptor, without a heap: for those who may not allocate.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "sys/fd.h"

namespace vakt::sys {

/// pidfd_open(2), Linux 5.3. None: errno, ESRCH when there is no such process.
[[nodiscard]] Fd open_pidfd(pid_t pid);

/// pidfd_send_signal(2). False: errno, ESRCH when it has ended.
bool signal_pidfd(const Fd& process, int number);

/// Whether it has ended; a zombie has.
[[nodiscard]] bool has_ended(const Fd& process);

/// What /proc/PID/stat says, proc(5).
struct ProcessStat {
    char state = 0;           ///< field 3; 'Z' and 'X' are dead
    std::uint64_t start = 0;  ///< field 22, clock ticks since boot
};
/// None when there is no such process, or no /proc.
[[nodiscard]] std::optional<ProcessStat> stat_of(pid_t pid);

/// The real uid, which is what kill(2) asks for; none when there is no such process, or no /proc.
[[nodiscard]] std::optional<uid_t> real_uid_of(pid_t pid);

/// Writes oom_score_adj (-1000: exempt from the OOM killer, 0: as everybody) of process `pid`, 0 is
/// ourselves. False: errno; lowering it wants CAP_SYS_RESOURCE.
bool set_oom_score(pid_t pid, int score);

}  // namespace vakt::sys
