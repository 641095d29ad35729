// SPDX-License-Identifier: Apache-2.0
// Writes numbered messages as a syslog daemon or a program would, and says how long each write
// took:
//
//   bridge_load fifo|socket|udp PATH|PORT COUNT PER_SECOND
//
// "wrote N refused M p50_us=... p99_us=... max_us=..." A FIFO is written as rsyslogd does it, open
// for both and never waiting; a socket as syslog(3) does, waiting while it is full.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "sys/fd.h"

int main(int argc, char** argv) {
    using Clock = std::chrono::steady_clock;
    if (argc != 5) return 2;
    const std::string kind = argv[1];
    const std::string path = argv[2];
    const auto count = std::stoul(argv[3]);
    const auto per_second = std::stoul(argv[4]);
    sockaddr_storage address{};
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    if (path.size() >= sizeof local.sun_path) return 2;
    std::memcpy(local.sun_path, path.c_str(), path.size() + 1);
    sockaddr_in internet{};
    internet.sin_family = AF_INET;
    internet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool fifo = kind == "fifo";
    const bool udp = kind == "udp";
    if (udp) internet.sin_port = htons(static_cast<std::uint16_t>(std::stoul(path)));
    if (udp)
        std::memcpy(&address, &internet, sizeof internet);
    else
        std::memcpy(&address, &local, sizeof local);
    const vakt::sys::Fd out(fifo ? ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)
                                 : ::socket(udp ? AF_INET : AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto size = static_cast<socklen_t>(udp ? sizeof internet : sizeof local);
    if (!out ||
        (!fifo && ::connect(out.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0)) {
        std::perror(path.c_str());
        return 1;
    }
    std::vector<Clock::duration> took;
    took.reserve(count);
    unsigned long refused = 0;
    const auto began = Clock::now();
    for (unsigned long at = 0; at < count; ++at) {
        if (per_second != 0)
            std::this_thread::sleep_until(began + std::chrono::seconds(1) * at / per_second);
        auto text = "<13>Nov 21 18:04:15 host load: number " + std::to_string(at) +
                    " of many, long enough to look like a message of these days";
        if (fifo) text += "\n";
        const auto before = Clock::now();
        if (::write(out.get(), text.data(), text.size()) < 0) ++refused;
        took.push_back(Clock::now() - before);
    }
    std::sort(took.begin(), took.end());
    const auto micros = [&](std::size_t index) {
        return std::to_string(
            std::chrono::duration<double, std::micro>(took[std::min(index, count - 1)]).count());
    };
    std::printf("wrote %lu refused %lu p50_us=%s p99_us=%s max_us=%s\n", count - refused, refused,
                micros(count / 2).c_str(), micros(count * 99 / 100).c_str(), micros(count).c_str());
    return 0;
}
