// SPDX-License-Identifier: Apache-2.0
// A release whose application says nothing is healthy when its VM has run for long enough.
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "prog/start_erl_ledger.h"
#include "sys/error.h"
#include "sys/process_handle.h"
#include "sys/rename.h"

namespace vakt::prog {
namespace {

/// Holds nothing of the console, or run_erl would not see its end.
void leave_the_console() {
    ::setsid();
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= 2 && null >= 0; ++fd) ::dup2(null, fd);
    [[maybe_unused]] const int moved = ::chdir("/");
}

void make_mark(const std::string& file, pid_t vm) {
    const auto slash = file.rfind('/');
    const sys::Fd dir(::open(file.substr(0, slash).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (::access(file.c_str(), F_OK) == 0) return;  // the VM was first
    // Into the room that was made for it, as the VM does (vakt_start_word): a full disk has no
    // other.
    const auto room = file + kStartWordRoom;
    const sys::Fd word(::open(room.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    const auto text = std::to_string(vm) + "\n";
    if (!word || ::write(word.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return;
    if (::fsync(word.get()) == 0 && ::rename(room.c_str(), file.c_str()) == 0)
        static_cast<void>(sys::sync_directory(dir));
}

void watch(const sys::Fd& vm, pid_t pid, const std::string& file, std::chrono::seconds after) {
    leave_the_console();
    pollfd end{.fd = vm.get(), .events = POLLIN, .revents = 0};
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(after).count();
    if (::poll(&end, 1, static_cast<int>(wait)) == 0) make_mark(file, pid);
}

}  // namespace

Status mark_by_time(const std::string& file, std::chrono::seconds after) {
    const pid_t vm = ::getpid();
    const sys::Fd handle = sys::open_pidfd(vm);
    if (!handle) return sys::last_error("pidfd_open", "ourselves");
    // Twice, so that the VM gets no child that it does not know.
    const pid_t child = ::fork();
    if (child < 0) return sys::last_error("fork", "the watch");
    if (child == 0) {
        const pid_t grandchild = ::fork();
        if (grandchild == 0) watch(handle, vm, file, after);
        ::_exit(grandchild < 0 ? 1 : 0);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0) return refusal("fork the watch: no process could be had");
    return Done{};
}

}  // namespace vakt::prog
