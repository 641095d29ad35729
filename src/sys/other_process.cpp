// SPDX-License-Identifier: Apache-2.0
// Another process, held so that it can never be taken for a stranger with its number.
#include "sys/other_process.h"

#include <cerrno>
#include <csignal>
#include <string>

#include "sys/error.h"

namespace vakt::sys {
namespace {

Error no_such_process(std::string_view operation, const std::string& subject) {
    errno = ESRCH;
    return last_error(operation, subject);
}

}  // namespace

Result<OtherProcess> OtherProcess::hold(pid_t pid, How how) {
    const std::string subject = "process " + std::to_string(pid);
    // Before it is known to be the one: what names a later one is told by pidfd or start time.
    Fd end_word = open_end_word(pid);
    if (how == How::best) {
        Fd pidfd = open_pidfd(pid);
        if (pidfd) return OtherProcess(pid, std::move(pidfd), 0, std::move(end_word));
        if (errno != ENOSYS) return last_error("find", subject);
    }
    const auto facts = facts_of(pid);
    if (!facts) return no_such_process("find", subject);
    return OtherProcess(pid, Fd{}, facts->start, std::move(end_word));
}

bool OtherProcess::ended() const {
    if (pidfd_) return has_ended(pidfd_);
    const auto facts = facts_of(pid_);
    return !facts || facts->start != start_ || facts->is_dead();
}

Status OtherProcess::signal(int number, bool by_name) const {
    const std::string subject = "process " + std::to_string(pid_);
    if (pidfd_ && !by_name) {
        if (signal_pidfd(pidfd_, number)) return Done{};
        return last_error("signal", subject);
    }
    if (ended()) return no_such_process("signal", subject);
    if (::kill(pid_, number) != 0) return last_error("signal", subject);
    return Done{};
}

}  // namespace vakt::sys
