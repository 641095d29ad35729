// SPDX-License-Identifier: Apache-2.0
// Small files brought to the disk by a child.
#include "prog/syslog_bridge_aside.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "sys/descriptors.h"
#include "sys/process_handle.h"
#include "sys/rename.h"

namespace vakt::prog {
namespace {

constexpr mode_t kMode = 0644;

[[noreturn]] void write_all(const std::string& directory, const std::vector<FileText>& files) {
    // The ring's lock, sockets and devices are not to outlive the bridge in us.
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD})
        static_cast<void>(::signal(number, SIG_DFL));
    sys::close_from(3);
    const sys::Fd dir(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (const auto& file : files)
        static_cast<void>(sys::put_file(dir, file.name, file.name + ".new", file.text, kMode));
    static_cast<void>(sys::sync_directory(dir));
    ::_exit(0);
}

}  // namespace

Aside::Aside(std::string directory) : directory_(std::move(directory)) {}

bool Aside::put(const std::vector<FileText>& files) {
    collect();
    if (child_ != 0) return false;
    const pid_t child = ::fork();
    if (child == 0) write_all(directory_, files);
    if (child > 0) child_ = child;
    return child > 0;
}

void Aside::collect() {
    if (child_ != 0 && ::waitpid(child_, nullptr, WNOHANG) != 0) child_ = 0;
}

void Aside::finish(std::chrono::milliseconds patience) {
    if (child_ == 0) return;
    const auto process = sys::open_pidfd(child_);
    pollfd ended = {process.get(), sys::kEventsOfEnd, 0};
    if (process) ::poll(&ended, 1, static_cast<int>(patience.count()));
    collect();
}

}  // namespace vakt::prog
