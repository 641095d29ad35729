// SPDX-License-Identifier: Apache-2.0
// A shell command that inherits nothing of ours that could harm it.
#include "sys/clean_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

#include "sys/descriptors.h"
#include "sys/error.h"
#include "sys/importance.h"
#include "sys/privilege.h"

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

void own_descriptors() {
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (nothing > 0) ::dup2(nothing, 0);
    const int flags = ::fcntl(1, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) != 0) ::fcntl(1, F_SETFL, flags & ~O_NONBLOCK);
    close_from(3);
}

// Between fork and exec, only what signal-safety(7) allows.
void become_clean() {
    ::setsid();
    default_signals();
    run_as_others_do();
    own_descriptors();
}

// For good; also where it changes nothing, so that no saved id is left to go back to.
bool become(const CommandOwner& owner) {
    if (::geteuid() != 0) return owner.uid == ::geteuid();
    return take_groups(owner.groups) && become_for_good(owner.uid, owner.gid);
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
