// SPDX-License-Identifier: Apache-2.0
// Reading and writing that never waits.
#include "sys/nonblock.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <string>

namespace vakt::sys {

NonBlocking::NonBlocking(int fd) : fd_(fd), before_(::fcntl(fd, F_GETFL)) {
    if (before_ < 0) return;
    if ((before_ & O_NONBLOCK) != 0 || ::fcntl(fd, F_SETFL, before_ | O_NONBLOCK) != 0)
        before_ = -1;
}

NonBlocking::~NonBlocking() {
    if (before_ >= 0) ::fcntl(fd_, F_SETFL, before_);
}

Moved read_some(int fd, std::span<char> into) {
    for (;;) {
        const auto n = ::read(fd, into.data(), into.size());
        if (n > 0) return {Moved::How::some, static_cast<std::size_t>(n)};
        if (n == 0) return {Moved::How::end};
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {Moved::How::blocked};
        if (errno != EINTR) return {Moved::How::failed};
    }
}

Moved write_some(int fd, std::span<const unsigned char> from) {
    for (;;) {
        const auto n = ::write(fd, from.data(), from.size());
        if (n > 0) return {Moved::How::some, static_cast<std::size_t>(n)};
        if (n == 0 || errno == EAGAIN || errno == EWOULDBLOCK) return {Moved::How::blocked};
        if (errno == EPIPE) return {Moved::How::end};
        if (errno != EINTR) return {Moved::How::failed};
    }
}

void widen_pipe(int fd) {
#ifdef F_SETPIPE_SZ
    // The most an unprivileged process may ask for (/proc/sys/fs/pipe-max-size). Refused beyond a
    // user's share of pipe memory, and then it stays as it is.
    constexpr int kMost = 1 << 20;
    const int now = ::fcntl(fd, F_GETPIPE_SZ);
    if (now > 0 && now < kMost) ::fcntl(fd, F_SETPIPE_SZ, kMost);
#else
    static_cast<void>(fd);
#endif
}

void ignore_broken_pipes() {
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, nullptr);
}

Fd own_opening(int fd) {
    struct stat about = {};
    if (::fstat(fd, &about) != 0 || !(S_ISFIFO(about.st_mode) || S_ISCHR(about.st_mode)))
        return Fd{};
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    return Fd{::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
}

void say(int fd, std::string_view words) {
    std::string line(words.substr(0, PIPE_BUF - 1));
    line.push_back('\n');
    const Fd own = own_opening(fd);
    pollfd ready = {own ? own.get() : fd, POLLOUT, 0};
    // A pipe is writable by poll(2) when PIPE_BUF bytes fit, so what is said cannot wait.
    if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return;
    [[maybe_unused]] const auto n = ::write(ready.fd, line.data(), line.size());
}

}  // namespace vakt::sys
