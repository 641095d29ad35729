// SPDX-License-Identifier: Apache-2.0
// A shell command that inherits nothing of ours that could harm it.
#include "sys/clean_command.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

#include "sys/error.h"
#include "sys/process_handle.h"

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
    set_oom_score(0, 0);
}

void own_descriptors() {
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (nothing > 0) ::dup2(nothing, 0);
    const int flags = ::fcntl(1, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) != 0) ::fcntl(1, F_SETFL, flags & ~O_NONBLOCK);
    if (::close_range(3, ~0U, 0) == 0) return;
    for (long fd = ::sysconf(_SC_OPEN_MAX); fd > 2; --fd) ::close(static_cast<int>(fd) - 1);
}

// Between fork and exec, only what signal-safety(7) allows.
void become_clean() {
    ::setsid();
    default_signals();
    normal_scheduling();
    own_descriptors();
}

// For good; also where it changes nothing, so that no saved id is left to go back to.
bool become(const CommandOwner& owner) {
    if (::geteuid() != 0) return owner.uid == ::geteuid();
    return ::setgroups(owner.groups.size(), owner.groups.data()) == 0 &&
           ::setresgid(owner.gid, owner.gid, owner.gid) == 0 &&
           ::setresuid(owner.uid, owner.uid, owner.uid) == 0;
}

}  // namespace

Result<pid_t> start_clean_command(const std::string& text) {
    const char* const arguments[] = {"sh", "-c", text.c_str(), nullptr};
    const pid_t child = ::fork();
    if (child < 0) return last_error("fork for", text);
    if (child > 0) return child;
    become_clean();
    ::execv("/bin/sh", const_cast<char* const*>(arguments));
    ::_exit(127);
}

pid_t start_clean_command_as(const CommandOwner& owner, const char* text) {
    const char* const arguments[] = {"sh", "-c", text, nullptr};
    const pid_t child = ::fork();
    if (child != 0) return child;
    become_clean();
    if (!become(owner) || ::chdir("/") != 0) ::_exit(126);
    ::execve("/bin/sh", const_cast<char* const*>(arguments),
             const_cast<char* const*>(owner.environment));
    ::_exit(127);
}

pid_t start_clean_program(const char* path, const char* argument) {
    const char* const arguments[] = {path, argument, nullptr};
    const pid_t child = ::fork();
    if (child != 0) return child;
    become_clean();
    ::execv(path, const_cast<char* const*>(arguments));
    ::_exit(127);
}

}  // namespace vakt::sys
