// SPDX-License-Identifier: Apache-2.0
// Asks a Linux watchdog, on a board of its own:
//   wdt_ask DEVICE WORD ...
// opens it, does what the words say in order, a line for each ("WORD ANSWER", or "WORD errno
// NAME"):
//   timeout=S pretimeout=S   set; the answer is what was granted
//   timeout pretimeout boot options   get
//   pet   magic (V is written)   wait=MS
// and closes it.
#include <fcntl.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>

namespace {

void answer(std::string_view word, int result, const std::string& text) {
    std::cout << word << ' ' << (result < 0 ? std::string("errno ") + std::strerror(errno) : text)
              << '\n';
}

void ask(int fd, std::string_view word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const bool sets = equals != std::string_view::npos;
    int value = sets ? std::atoi(std::string(word.substr(equals + 1)).c_str()) : 0;
    int result = 0;
    if (name == "wait") {
        std::this_thread::sleep_for(std::chrono::milliseconds(value));
    } else if (name == "pet") {
        result = ::ioctl(fd, WDIOC_KEEPALIVE, 0);
    } else if (name == "magic") {
        result = static_cast<int>(::write(fd, "V", 1));
    } else if (name == "timeout") {
        result = ::ioctl(fd, sets ? WDIOC_SETTIMEOUT : WDIOC_GETTIMEOUT, &value);
    } else if (name == "pretimeout") {
        result = ::ioctl(fd, sets ? WDIOC_SETPRETIMEOUT : WDIOC_GETPRETIMEOUT, &value);
    } else if (name == "boot") {
        result = ::ioctl(fd, WDIOC_GETBOOTSTATUS, &value);
    } else if (name == "options") {
        watchdog_info info{};
        result = ::ioctl(fd, WDIOC_GETSUPPORT, &info);
        value = static_cast<int>(info.options);
    } else {
        result = -1;
        errno = EINVAL;
    }
    answer(word, result, std::to_string(value));
}

}  // namespace

int main(int count, char** words) {
    if (count < 2) return 2;
    const int fd = ::open(words[1], O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        answer("open", -1, "");
        return 1;
    }
    for (int i = 2; i < count; ++i) ask(fd, words[i]);
    std::cout.flush();
    ::close(fd);
    return 0;
}
