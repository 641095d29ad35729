// SPDX-License-Identifier: Apache-2.0
// Other processes: who they are, and a signal to exactly one of them. Another system (Solaris:
// psinfo, path/a.out, kill) replaces the .cpp.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// From /proc/PID/stat, proc(5).
struct ProcessFacts {
    std::string name;         ///< comm: at most 15 bytes, and the process may choose it
    char state = '?';         ///< 'Z' and 'X' are dead
    pid_t parent = 0;         ///< 0 for the first of its name space
    pid_t session = 0;        ///< pid of the session's leader
    std::uint64_t start = 0;  ///< clock ticks since boot

    [[nodiscard]] bool is_dead() const { return state == 'Z' || state == 'X' || state == 'x'; }
};

/// The text of /proc/PID/stat; nothing when malformed. The name may hold blanks and parentheses.
[[nodiscard]] std::optional<ProcessFacts> parse_stat(std::string_view text);

/// Nothing when there is no such process.
[[nodiscard]] std::optional<ProcessFacts> facts_of(pid_t pid);

/// Absolute path of the running executable, with " (deleted)" behind it when that is gone.
[[nodiscard]] Result<std::string> executable_of(pid_t pid);

/// The running executable's file itself, deleted or not.
[[nodiscard]] Result<struct stat> status_of_executable(pid_t pid);

/// Whether it is the file at `path`, and not one with the same path in a container of its own.
[[nodiscard]] bool runs_the_file_at(pid_t pid, const std::string& path);

/// The uids of a process, real and effective.
struct ProcessUids {
    uid_t real = 0;
    uid_t effective = 0;
};
[[nodiscard]] Result<ProcessUids> uids_of(pid_t pid);

/// /proc/sys/kernel/random/boot_id, a UUID of 36 bytes; another one after every boot.
[[nodiscard]] Result<std::string> boot_id();

/// The process that asks: the nearest ancestor of ours whose executable's name begins with
/// `prefix`; else the leader of our session, when it lives and is another; else our parent; and
/// where that is init, which never ends, ourselves.
[[nodiscard]] pid_t asking_process(std::string_view prefix);

/// One process, held so that a later one with its number is never meant (pidfd; before Linux 5.3
/// its start time is compared instead).
class Process {
 public:
    /// ESRCH when there is none.
    static Result<Process> hold(pid_t pid);

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Signal 0 asks whether it is there and we may signal it.
    [[nodiscard]] Status signal(int number) const;

 private:
    Process(pid_t pid, Fd pidfd, std::uint64_t start)
        : pid_(pid), pidfd_(std::move(pidfd)), start_(start) {}
    pid_t pid_;
    Fd pidfd_;
    std::uint64_t start_;
};

/// The processes in a control group, from its cgroup.procs (cgroups(7)).
[[nodiscard]] std::vector<pid_t> parse_procs(std::string_view text);

}  // namespace vakt::sys
