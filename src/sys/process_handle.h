// SPDX-License-Identifier: Apache-2.0
// Processes: who they are, and by descriptor; without a heap, for those who may not allocate.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/fixed_text.h"
#include "sys/fd.h"

namespace vakt::sys {

/// A descriptor that names this process and no later one. Linux: pidfd_open(2), 5.3. Solaris:
/// /proc/PID/psinfo, proc(5). None: errno, ESRCH when there is no such process.
[[nodiscard]] Fd open_pidfd(pid_t pid);

/// What poll(2) is to be asked for on it: it has ended when anything at all is answered.
extern const short kEventsOfEnd;

/// Linux: pidfd_send_signal(2). Solaris: kill(2) right after a look whether it is still there.
/// False: errno, ESRCH when it has ended.
bool signal_pidfd(const Fd& process, int number);

/// Whether it has ended; a zombie has.
[[nodiscard]] bool has_ended(const Fd& process);

/// Who a process is: /proc/PID/stat, proc(5); Solaris: psinfo.
struct ProcessFacts {
    FixedText<64> name;       ///< comm: 15 bytes, a kernel thread's may be longer; its own choice
    char state = '?';         ///< 'Z' and 'X' are dead
    pid_t parent = 0;         ///< 0 for the first of its name space
    pid_t session = 0;        ///< pid of the session's leader
    std::uint64_t start = 0;  ///< Linux: clock ticks since boot; Solaris: ns since 1970

    [[nodiscard]] bool is_dead() const { return state == 'Z' || state == 'X' || state == 'x'; }
};

/// The text of /proc/PID/stat; none when malformed. The name may hold blanks and parentheses.
[[nodiscard]] std::optional<ProcessFacts> parse_stat(std::string_view text);

/// None when there is no such process, or no /proc.
[[nodiscard]] std::optional<ProcessFacts> facts_of(pid_t pid);

/// What is asked later how this process ended, while it is ending or before anybody has waited for
/// it: /proc/PID/stat, opened now, so that no later process of that number answers.
[[nodiscard]] Fd open_end_word(pid_t pid);

/// The signal that ends or has ended it; 0: none, or nobody can tell, also because somebody has
/// waited for it. Wants the same uid.
[[nodiscard]] int ending_signal(const Fd& word);

/// Field 52 of /proc/PID/stat, the wait(2) status: its signal; 0: none, or malformed.
[[nodiscard]] int parse_ending_signal(std::string_view text);

/// The uids of a process; the real one is what kill(2) asks for.
struct ProcessUids {
    uid_t real = 0;
    uid_t effective = 0;
};
/// Of /proc/PID/status. None when malformed.
[[nodiscard]] std::optional<ProcessUids> parse_uids(std::string_view text);

/// None when there is no such process, or no /proc.
[[nodiscard]] std::optional<ProcessUids> uids_of(pid_t pid);

/// Writes oom_score_adj (-1000: exempt from the OOM killer, 0: as everybody) of process `pid`, 0 is
/// ourselves. False: errno; lowering it wants CAP_SYS_RESOURCE. Solaris kills nobody for memory:
/// ENOTSUP.
bool set_oom_score(pid_t pid, int score);

}  // namespace vakt::sys
