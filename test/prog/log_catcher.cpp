// SPDX-License-Identifier: Apache-2.0
// Listens where syslog(3) sends and writes each datagram as one line, so that a suite can read what
// was logged.
//
// usage: log_catcher SOCKET FILE
// Bytes outside printable ASCII come out as \xHH, so a forged line shows. SIGUSR1: everything sent
// so far is written, then a line "mark". SIGTERM ends it.

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "sys/fd.h"

namespace {

using vakt::sys::Fd;

std::string readable(std::string_view bytes) {
    std::string line;
    for (const char c : bytes) {
        if (c >= ' ' && c <= '~') {
            line += c;
            continue;
        }
        std::array<char, 8> hex{};
        std::snprintf(hex.data(), hex.size(), "\\x%02x", static_cast<unsigned char>(c));
        line += hex.data();
    }
    return line;
}

void put(const Fd& file, const std::string& line) {
    const std::string text = line + "\n";
    if (::write(file.get(), text.data(), text.size()) < 0) std::perror("write");
}

void drain(const Fd& socket, const Fd& file) {
    std::array<char, 65536> datagram{};
    ssize_t n = 0;
    while ((n = ::recv(socket.get(), datagram.data(), datagram.size(), MSG_DONTWAIT)) >= 0)
        put(file, readable({datagram.data(), static_cast<size_t>(n)}));
}

}  // namespace

int main(int argc, char** argv) {
    sockaddr_un address{};
    if (argc != 3 || std::strlen(argv[1]) >= sizeof(address.sun_path)) return 2;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, argv[1], std::strlen(argv[1]));

    sigset_t wanted{};
    sigemptyset(&wanted);
    for (const int number : {SIGUSR1, SIGTERM}) sigaddset(&wanted, number);
    sigprocmask(SIG_BLOCK, &wanted, nullptr);
    const Fd signals(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));

    ::umask(0);
    ::unlink(argv[1]);
    const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        std::perror(argv[1]);
        return 1;
    }
    const Fd file(::open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    put(file, "ready");
    for (;;) {
        std::array<pollfd, 2> watched{pollfd{socket.get(), POLLIN, 0},
                                      pollfd{signals.get(), POLLIN, 0}};
        if (::poll(watched.data(), watched.size(), -1) < 0) continue;
        drain(socket, file);
        signalfd_siginfo info{};
        while (::read(signals.get(), &info, sizeof(info)) == sizeof(info)) {
            drain(socket, file);
            if (info.ssi_signo == SIGTERM) return 0;
            put(file, "mark");
        }
    }
}
