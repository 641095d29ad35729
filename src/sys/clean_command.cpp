// SPDX-License-Identifier: Apache-2.0
// A shell command that inherits nothing of ours that could harm it.
#include "sys/clean_command.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

#include "sys/error.h"

namespace vakt::sys {
namespace {

void default_signals() {
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void normal_scheduling() {
    if (::sched_getscheduler(0) != SCHED_OTHER) {
        const sched_param normal = {};
        ::sched_setscheduler(0, SCHED_OTHER, &normal);
    }
    errno = 0;
    if (::getpriority(PRIO_PROCESS, 0) < 0 && errno == 0) ::setpriority(PRIO_PROCESS, 0, 0);
    // proc(5): our own exemption from the OOM killer, if we have one, is not for others.
    const int score = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
        [[maybe_unused]] const auto n = ::write(score, "0", 1);
        ::close(score);
    }
}

void own_descriptors() {
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (nothing > 0) ::dup2(nothing, 0);
    const int flags = ::fcntl(1, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) != 0) ::fcntl(1, F_SETFL, flags & ~O_NONBLOCK);
    if (::close_range(3, ~0U, 0) == 0) return;
    for (long fd = ::sysconf(_SC_OPEN_MAX); fd > 2; --fd) ::close(static_cast<int>(fd) - 1);
}

}  // namespace

Result<pid_t> start_clean_command(const std::string& text) {
    const char* const arguments[] = {"sh", "-c", text.c_str(), nullptr};
    const pid_t child = ::fork();
    if (child < 0) return last_error("fork for", text);
    if (child > 0) return child;
    // Between fork and exec, only what signal-safety(7) allows.
    ::setsid();
    default_signals();
    normal_scheduling();
    own_descriptors();
    ::execv("/bin/sh", const_cast<char* const*>(arguments));
    ::_exit(127);
}

}  // namespace vakt::sys
