// SPDX-License-Identifier: Apache-2.0
// Words for people, on a descriptor that others share and may block.
#include "sys/side_output.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "base/fixed_line.h"
#include "sys/descriptors.h"

namespace vakt::sys {
namespace {

constexpr std::size_t kMost = 4096;  // PIPE_BUF: whole or not at all on a pipe

}  // namespace

SideOutput::SideOutput(int fd) : fd_(fd), way_(Way::child) {
    struct stat about = {};
    if (::fstat(fd, &about) != 0 || S_ISREG(about.st_mode)) {
        way_ = Way::file;
    } else if (S_ISSOCK(about.st_mode)) {
        way_ = Way::socket;
    } else {
        const std::string path = "/proc/self/fd/" + std::to_string(fd);
        own_ = Fd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        if (own_) way_ = Way::own_opening;
    }
}

void SideOutput::say(std::string_view words) {
    words = words.substr(0, kMost);
    if (dropped_ != 0) {
        FixedLine<64> count;
        count.put("(");
        count.put(static_cast<std::uint64_t>(dropped_));
        count.put(" lines could not be written)\r\n");
        if (!put(count.view())) {
            ++dropped_;
            return;
        }
        dropped_ = 0;
    }
    if (!put(words)) ++dropped_;
}

bool SideOutput::put(std::string_view words) {
    const auto size = static_cast<ssize_t>(words.size());
    switch (way_) {
        case Way::own_opening:
            return ::write(own_.get(), words.data(), words.size()) == size;
        case Way::socket:
            return ::send(fd_, words.data(), words.size(), MSG_DONTWAIT | MSG_NOSIGNAL) == size;
        case Way::file:
            return ::write(fd_, words.data(), words.size()) == size;
        case Way::child:
            return put_by_child(words);
    }
    return false;
}

void SideOutput::collect() {
    if (child_ > 0 && ::waitpid(child_, nullptr, WNOHANG) != 0) child_ = 0;
}

bool SideOutput::put_by_child(std::string_view words) {
    collect();
    if (child_ > 0) return false;
    child_ = ::fork();
    if (child_ < 0) return false;
    if (child_ > 0) return true;
    // It may wait for long: nothing but what it writes to may be held up by it, least of all the
    // port.
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(fd_, 0);
    close_from(1);
    [[maybe_unused]] const auto n = ::write(0, words.data(), words.size());
    ::_exit(0);
}

}  // namespace vakt::sys
