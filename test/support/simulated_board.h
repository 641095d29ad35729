// SPDX-License-Identifier: Apache-2.0
// A simulated board's watchdog (drivers/soft_board.h) in threads of a test program, and what was
// said to it. It resets nothing.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "drivers/soft_board.h"
#include "drivers/soft_protocol.h"

namespace vakt::test {

/// It lives until the program ends: its threads do.
class SimulatedBoard {
 public:
    using Clock = std::chrono::steady_clock;

    /// Listens at `path`, which must fit into an address and is relative for that reason.
    void start(const std::string& path) {
        const int listener = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        ::unlink(path.c_str());
        if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener, 8) != 0) {
            std::fprintf(stderr, "no socket %s\n", path.c_str());
            std::_Exit(1);
        }
        std::thread([this, listener] {
            for (;;) {
                const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
                if (fd < 0) return;
                std::thread([this, fd] { serve(fd); }).detach();
            }
        }).detach();
    }

    std::atomic<bool> disarmed{false};
    std::atomic<bool> rebooted{false};

 private:
    void serve(int fd) {
        char text[64];
        for (;;) {
            const auto n = ::recv(fd, text, sizeof text, 0);
            if (n <= 0) break;
            const std::string_view words(text, static_cast<std::size_t>(n));
            if (words == "end reboot") {
                rebooted = true;
                ::send(fd, "ending", 6, MSG_NOSIGNAL);
                continue;
            }
            const std::lock_guard held(mutex_);
            const auto said = board_.on(Clock::now(), words);
            if (words == "disarm") disarmed = true;
            if (!said) continue;
            const drivers::SoftText answer(*said);
            ::send(fd, answer.view().data(), answer.view().size(), MSG_NOSIGNAL);
        }
        ::close(fd);
    }

    std::mutex mutex_;
    drivers::SoftBoard board_;
};

}  // namespace vakt::test
