// SPDX-License-Identifier: Apache-2.0
// What stands at the other end of a descriptor.
#include "sys/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>

#include "sys/clock.h"
#include "sys/nonblock.h"

namespace vakt::sys {

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

std::size_t terminal_width(int fd) {
    winsize size = {};
    if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

std::optional<std::string> read_answer(int fd, Duration patience) {
    using std::chrono::milliseconds;
    constexpr std::size_t kMost = 256;
    const auto until = now() + patience;
    std::string line;
    while (line.size() < kMost) {
        const auto left = std::chrono::duration_cast<milliseconds>(until - now()).count();
        pollfd input = {fd, POLLIN, 0};
        if (left <= 0 || ::poll(&input, 1, static_cast<int>(left)) == 0) return std::nullopt;
        char letter = 0;
        const auto moved = read_some(fd, {&letter, 1});
        if (moved.how == Moved::How::blocked) continue;
        if (moved.how != Moved::How::some) return std::nullopt;
        if (letter == '\n') return line;
        line += letter;
    }
    return line;
}

}  // namespace vakt::sys
