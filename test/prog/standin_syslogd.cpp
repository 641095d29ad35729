// SPDX-License-Identifier: Apache-2.0
// A stand-in for a syslog daemon: `standin_syslogd DIR CONF [SOCKET]` writes its pid to
// DIR/syslog.pid, counts SIGHUPs in DIR/hups, copies CONF as it is at the Nth to DIR/at_hup.N, and
// appends what comes to SOCKET to DIR/log.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "sys/fd.h"

namespace {

/// Written aside and renamed, so that nobody reads half of it.
void put(const std::string& path, const std::string& text) {
    const auto temp = path + ".new";
    std::ofstream(temp) << text;
    std::rename(temp.c_str(), path.c_str());
}

void copy(const std::string& from, const std::string& to) {
    std::ifstream in(from, std::ios::binary);
    put(to, std::string(std::istreambuf_iterator<char>(in), {}));
}

vakt::sys::Fd listen_on(const char* path) {
    vakt::sys::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    ::unlink(path);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        std::perror("bind");
    return fd;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const std::string dir = argv[1];
    sigset_t hup;
    sigemptyset(&hup);
    sigaddset(&hup, SIGHUP);
    ::sigprocmask(SIG_BLOCK, &hup, nullptr);
    const vakt::sys::Fd signals(::signalfd(-1, &hup, SFD_CLOEXEC));
    const auto socket = argc > 3 ? listen_on(argv[3]) : vakt::sys::Fd();
    put(dir + "/hups", "0\n");
    put(dir + "/log", "");
    put(dir + "/syslog.pid", std::to_string(::getpid()) + "\n");

    std::array<pollfd, 2> ready{{{signals.get(), POLLIN, 0}, {socket.get(), POLLIN, 0}}};
    for (int hups = 0;;) {
        if (::poll(ready.data(), ready.size(), -1) < 0) return 1;
        if ((ready[0].revents & POLLIN) != 0) {
            signalfd_siginfo info{};
            static_cast<void>(!::read(signals.get(), &info, sizeof info));
            copy(argv[2], dir + "/at_hup." + std::to_string(++hups));
            put(dir + "/hups", std::to_string(hups) + "\n");
        }
        if ((ready[1].revents & POLLIN) != 0) {
            std::array<char, 2048> line;
            const auto size = ::recv(socket.get(), line.data(), line.size(), 0);
            if (size > 0)
                std::ofstream(dir + "/log", std::ios::app)
                    << std::string(line.data(), static_cast<std::size_t>(size)) << '\n';
        }
    }
}
