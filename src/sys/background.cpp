// SPDX-License-Identifier: Apache-2.0
// Becoming a daemon.
#include "sys/background.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "sys/clock.h"
#include "sys/descriptors.h"
#include "sys/nonblock.h"

namespace vakt::sys {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr char kStarted = 's';
constexpr char kFailed = 'f';

/// What the process that was started does: waits for the daemon's word.
[[noreturn]] void stand_by(const Fd& line) {
    const auto until = now() + kPatience;
    std::array<char, 2048> words;
    std::size_t size = 0;
    while (size < words.size()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now()).count();
        pollfd input{line.get(), POLLIN, 0};
        const int ready = left <= 0 ? 0 : ::poll(&input, 1, static_cast<int>(left));
        if (ready == 0) ::_exit(0);  // it waits for something, and says so elsewhere
        if (ready < 0) continue;
        const auto moved = read_some(line.get(), std::span(words).subspan(size));
        if (moved.how != Moved::How::some) break;
        size += moved.bytes;
    }
    if (size != 0 && words[0] == kStarted) ::_exit(0);
    if (size > 1) [[maybe_unused]]
        const auto said = ::write(2, words.data() + 1, size - 1);
    ::_exit(1);
}

/// Above the standard descriptors, which who started us may have closed.
Fd above_standard(int fd) {
    const Fd low(fd);
    return Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

/// Nothing but 0 to 2, and the line as 3.
void own_descriptors(Fd& line) {
    const int nothing = ::open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; ++fd) ::dup2(nothing, fd);
    if (line.get() != 3) {
        ::dup2(line.get(), 3);
        line = Fd(3);
    }
    ::fcntl(3, F_SETFD, FD_CLOEXEC);
    close_from(4);
}

}  // namespace

Background Background::begin() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return Background(Fd{});
    auto ours = above_standard(ends[0]);
    auto line = above_standard(ends[1]);
    if (const auto child = ::fork(); child != 0) {
        line = Fd{};
        if (child < 0) ::_exit(1);
        stand_by(ours);
    }
    ours = Fd{};
    ::setsid();
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGHUP, &ignore, nullptr);
    if (::fork() != 0) ::_exit(0);
    own_descriptors(line);
    return Background(std::move(line));
}

void Background::started() {
    if (!line_) return;
    [[maybe_unused]] const auto said = ::write(line_.get(), &kStarted, 1);
    line_ = Fd{};
}

void Background::failed(std::string_view words) {
    if (!line_) return;
    std::string text(1, kFailed);
    text.append(words).append("\n");
    [[maybe_unused]] const auto said = ::write(line_.get(), text.data(), text.size());
    line_ = Fd{};
}

}  // namespace vakt::sys
