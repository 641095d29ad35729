// SPDX-License-Identifier: Apache-2.0
#include "prog/mod_syslog_holder.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sys/clock.h"
#include "sys/descriptors.h"
#include "sys/error.h"
#include "sys/open.h"

namespace vakt::prog {
namespace {

[[noreturn]] void hold(int fifo, const sys::Caller& caller) {
    const auto until = sys::now() + kHoldFifo;
    ::dup2(fifo, 0);
    sys::close_from(1);
    if (caller.extra_rights && !sys::give_up_rights(caller)) ::_exit(1);
    // It is the caller's to end.
    static_cast<void>(std::signal(SIGTERM, SIG_DFL));
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - sys::now()).count();
        if (left <= 0) ::_exit(0);
        ::poll(nullptr, 0, static_cast<int>(left));
    }
}

}  // namespace

Status hold_fifo(const sys::Fd& own, const std::string& name, const sys::Caller& caller) {
    const sys::Fd fifo(::openat(own.get(), name.c_str(),
                                O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC));
    if (!fifo) return sys::last_error("open", name);
    if (!S_ISFIFO(sys::status_of(fifo).st_mode)) return refusal(name + " is not a FIFO");
    // Held by the child, whose descriptor is of the same opening, as long as it lives: so a caller
    // cannot have more of them than one, however often it calls.
    if (::flock(fifo.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return Done{};
    const auto child = ::fork();
    if (child < 0) return sys::last_error("fork for", name);
    if (child == 0) hold(fifo.get(), caller);
    return Done{};
}

}  // namespace vakt::prog
