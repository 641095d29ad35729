// SPDX-License-Identifier: Apache-2.0
// Another process, held so that it can never be taken for a stranger with its number.
#include "sys/other_process.h"

#include <cerrno>
#include <csignal>
#include <string>

#include "sys/error.h"
#include "sys/process_handle.h"

namespace vakt::sys {
namespace {

Error no_such_process(std::string_view operation, const std::string& subject) {
    errno = ESRCH;
    return last_error(operation, subject);
}

}  // namespace

Result<OtherProcess> OtherProcess::hold(pid_t pid, How how) {
    const std::string subject = std::to_string(pid);
    if (how == How::best) {
        Fd pidfd = open_pidfd(pid);
        if (pidfd) return OtherProcess(pid, std::move(pidfd), 0);
        if (errno != ENOSYS) return last_error("pidfd_open", subject);
    }
    const auto stat = stat_of(pid);
    if (!stat) return no_such_process("hold", subject);
    return OtherProcess(pid, Fd{}, stat->start);
}

bool OtherProcess::ended() const {
    if (pidfd_) return has_ended(pidfd_);
    const auto stat = stat_of(pid_);
    return !stat || stat->start != start_ || stat->state == 'Z' || stat->state == 'X';
}

Status OtherProcess::signal(int number, bool by_name) const {
    const std::string subject = std::to_string(pid_);
    if (pidfd_ && !by_name) {
        if (signal_pidfd(pidfd_, number)) return Done{};
        return last_error("pidfd_send_signal", subject);
    }
    if (ended()) return no_such_process("kill", subject);
    if (::kill(pid_, number) != 0) return last_error("kill", subject);
    return Done{};
}

}  // namespace vakt::sys
