// SPDX-License-Identifier: Apache-2.0
// Another process, held so that it can never be taken for a stranger with its number.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"
#include "sys/fd.h"
#include "sys/process_handle.h"

namespace vakt::sys {

/// A process that is not our child. Held by a pidfd (pidfd_open(2), Linux 5.3), which names this
/// process and no later one; without pidfds by number and start time (/proc/PID/stat, field 22).
class OtherProcess {
 public:
    enum class How { best, by_start_time };

    /// ESRCH: no such process, so it has ended. Other errors: it cannot be held.
    [[nodiscard]] static Result<OtherProcess> hold(pid_t pid, How how = How::best);

    /// Whether it has ended. A zombie has.
    [[nodiscard]] bool ended() const;

    /// The signal that ends or has ended it; 0: none, or nobody can tell (any more).
    [[nodiscard]] int ending_signal() const { return sys::ending_signal(end_word_); }

    /// ESRCH when it has ended, EPERM when it is not ours. Calls kill(2) by that name where
    /// `by_name` is set: a nearly safe way (ended() is asked first), for those who put their own
    /// kill in libc's place.
    [[nodiscard]] Status signal(int number, bool by_name = false) const;

    /// Readable (poll(2)) once it has ended; -1 where ended() must be asked instead.
    [[nodiscard]] int descriptor() const { return pidfd_.get(); }

 private:
    OtherProcess(pid_t pid, Fd pidfd, std::uint64_t start, Fd end_word)
        : pid_(pid), pidfd_(std::move(pidfd)), start_(start), end_word_(std::move(end_word)) {}

    pid_t pid_;
    Fd pidfd_;
    std::uint64_t start_;
    Fd end_word_;
};

}  // namespace vakt::sys
