// SPDX-License-Identifier: Apache-2.0
// A child that does what may block, at the other end of a socket.
#include "sys/helper_child.h"

#include <sys/socket.h>

#include <cerrno>
#include <csignal>

#include "sys/descriptors.h"
#include "sys/importance.h"

namespace vakt::sys {
namespace {

void childs_signals() {
    struct sigaction action = {};
    action.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) ::sigaction(number, &action, nullptr);
    action.sa_handler = SIG_IGN;
    for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGTSTP, SIGPIPE, SIGHUP, SIGPWR})
        ::sigaction(number, &action, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Everything but the standard descriptors and `kept`, which becomes 3.
void childs_descriptors(int kept) {
    if (kept != 3) ::dup2(kept, 3);
    close_from(4);
}

}  // namespace

Child detail::fork_helper() {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return {};
    const pid_t pid = ::fork();
    if (pid == 0) {
        childs_signals();
        childs_descriptors(ends[1]);
        // One made later has what we have become.
        run_as_others_do();
        return {Fd(3), 0};
    }
    Fd ours(ends[0]);
    const Fd theirs(ends[1]);
    if (pid < 0) return {};
    return {std::move(ours), pid};
}

std::size_t next_task(int socket, std::span<std::byte> room) {
    for (;;) {
        const auto got = ::recv(socket, room.data(), room.size(), 0);
        if (got >= 0) return static_cast<std::size_t>(got);
        // Who ended without having read our last answer leaves ECONNRESET before its last tasks.
        if (errno != EINTR && errno != ECONNRESET) return 0;
    }
}

}  // namespace vakt::sys
