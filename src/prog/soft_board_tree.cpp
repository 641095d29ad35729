// SPDX-License-Identifier: Apache-2.0
// The process tree that stands for a running board.
#include "prog/soft_board_tree.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "sys/descriptors.h"
#include "sys/error.h"
#include "sys/signal_inbox.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;
constexpr int kNotRun = 127;

int shell_status(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

[[noreturn]] void become(char* const* command) {
    ::setsid();
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execvp(command[0], command);
    ::_exit(kNotRun);
}

// Until nothing is left below us, or the other end of `lifeline` is closed.
int guard_tree(int lifeline, char* const* command) {
    ::setsid();
    // What an orderly end sends to all is not for us.
    sys::SignalInbox signals{SIGCHLD, SIGTERM, SIGINT, SIGHUP};
    if (!sys::adopt_orphans()) return kNotRun;
    const pid_t first = ::fork();
    if (first < 0) return kNotRun;
    if (first == 0) become(command);

    int answer = 0;
    for (;;) {
        std::array<pollfd, 2> watched{{{lifeline, POLLIN, 0}, {signals.descriptor(), POLLIN, 0}}};
        (void)::poll(watched.data(), watched.size(), -1);
        if (watched[0].revents != 0) {
            (void)sys::end_descendants(kPatience);
            return answer;
        }
        while (signals.next()) {
        }
        for (int status = 0;;) {
            const pid_t ended = ::waitpid(-1, &status, WNOHANG);
            if (ended == 0) break;
            if (ended < 0 && errno == ECHILD) return answer;
            if (ended == first) answer = shell_status(status);
        }
    }
}

}  // namespace

Status BoardTree::start(std::span<char* const> command, std::span<const std::string> environment) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return sys::last_error("pipe to", "the guard");
    sys::Fd far(ends[0]);
    lifeline_ = sys::Fd(ends[1]);
    guard_ = ::fork();
    if (guard_ < 0) return sys::last_error("fork for", command.front());
    if (guard_ > 0) return Done{};

    // The guard keeps none of our descriptors, or a device would go on talking to a dead board.
    constexpr int kLifeline = 3;
    if (far.get() != kLifeline) ::dup2(far.get(), kLifeline);
    ::fcntl(kLifeline, F_SETFD, FD_CLOEXEC);
    sys::close_from(kLifeline + 1);
    for (const auto& word : environment) {
        const auto equals = word.find('=');
        // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
        ::setenv(word.substr(0, equals).c_str(), word.substr(equals + 1).c_str(), 1);
    }
    ::_exit(guard_tree(kLifeline, command.data()));
}

std::optional<int> BoardTree::ended() {
    for (int status = 0;;) {
        const pid_t pid = ::waitpid(-1, &status, WNOHANG);
        if (pid < 0 && errno == ECHILD) return status_;
        if (pid <= 0) return std::nullopt;
        if (pid == guard_) status_ = shell_status(status);
    }
}

void BoardTree::ask_to_end() const {
    for (const pid_t pid : sys::descendants_of(::getpid())) {
        if (pid == guard_) continue;
        ::kill(pid, SIGTERM);
        ::kill(pid, SIGCONT);
    }
}

sys::TreeEnd BoardTree::kill() {
    const auto end = sys::end_descendants(kPatience, guard_);
    guard_ = 0;
    lifeline_ = sys::Fd();
    return end;
}

}  // namespace vakt::prog
