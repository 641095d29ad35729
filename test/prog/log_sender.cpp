// SPDX-License-Identifier: Apache-2.0
// Sends syslog datagrams for tests and benches: many numbered ones, or one that is exactly its
// standard input.
//
// usage: log_sender [-n COUNT] [-s BYTES] [-r PER_SECOND] [-p PRI] [-t TAG] [-j PROCESSES] SOCKET
//        log_sender -i SOCKET
//
// Each of PROCESSES (default 1) sends COUNT (default 1) datagrams "<PRI>TAG[J]: J NNNNNNNN ooo..."
// of BYTES bytes in all (default 100; never fewer than the words need), J counting the processes
// and NNNNNNNN the messages from 0. Sending blocks while the daemon is behind. Prints "sent N" over
// all processes; a refused datagram ends it with status 1. The socket's path may be of any length.

#include <fcntl.h>
#include <getopt.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "sys/fd.h"

namespace {

struct Wanted {
    std::size_t count = 1;
    std::size_t bytes = 100;
    std::size_t per_second = 0;  // 0: as fast as the daemon takes them
    unsigned priority = 13;      // user.notice
    std::string tag = "sender";
    unsigned processes = 1;
    bool from_stdin = false;
    std::string socket;
};

int usage() {
    std::fputs(
        "usage: log_sender [-n COUNT] [-s BYTES] [-r PER_SECOND] [-p PRI] [-t TAG] [-j PROCESSES] "
        "SOCKET\n"
        "       log_sender -i SOCKET\n",
        stderr);
    return 2;
}

template <class T>
bool number(std::string_view text, T& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

bool read_arguments(int argc, char** argv, Wanted& wanted) {
    int option = 0;
    while ((option = ::getopt(argc, argv, "n:s:r:p:t:j:i")) != -1) {
        bool good = true;
        switch (option) {
            case 'n':
                good = number(optarg, wanted.count);
                break;
            case 's':
                good = number(optarg, wanted.bytes);
                break;
            case 'r':
                good = number(optarg, wanted.per_second);
                break;
            case 'p':
                good = number(optarg, wanted.priority);
                break;
            case 't':
                wanted.tag = optarg;
                break;
            case 'j':
                good = number(optarg, wanted.processes) && wanted.processes > 0;
                break;
            case 'i':
                wanted.from_stdin = true;
                break;
            default:
                good = false;
        }
        if (!good) return false;
    }
    if (argc - optind != 1) return false;
    wanted.socket = argv[optind];
    return true;
}

// A socket's path has 107 bytes, so the folder is opened and named by its descriptor.
vakt::sys::Fd connect_to(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const vakt::sys::Fd dir(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!dir) return {};
    const std::string name = "/proc/self/fd/" + std::to_string(dir.get()) + "/" +
                             path.substr(slash == std::string::npos ? 0 : slash + 1);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() >= sizeof address.sun_path) return {};
    std::memcpy(address.sun_path, name.data(), name.size());
    vakt::sys::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    // A datagram may be as large as the system lets it be.
    const int large = 1 << 20;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &large, sizeof large);
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return {};
    return fd;
}

bool send_one(int fd, std::string_view text) {
    ssize_t sent = 0;
    do {
        sent = ::send(fd, text.data(), text.size(), 0);
    } while (sent < 0 && errno == EINTR);
    return sent == static_cast<ssize_t>(text.size());
}

int send_many(int fd, const Wanted& wanted, unsigned process) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    std::string text;
    for (std::size_t i = 0; i < wanted.count; ++i) {
        char number[48];
        std::snprintf(number, sizeof number, "%u %08zu ", process, i);
        text = "<" + std::to_string(wanted.priority) + ">" + wanted.tag + "[" +
               std::to_string(process) + "]: " + number;
        if (text.size() < wanted.bytes) text.resize(wanted.bytes, 'o');
        if (wanted.per_second != 0)
            std::this_thread::sleep_until(
                start + std::chrono::nanoseconds(i * 1'000'000'000 / wanted.per_second));
        if (!send_one(fd, text)) {
            std::perror(("log_sender: message " + std::to_string(i)).c_str());
            return 1;
        }
    }
    return 0;
}

int send_stdin(int fd) {
    std::string text;
    char piece[65536];
    for (std::size_t got = 0; (got = std::fread(piece, 1, sizeof piece, stdin)) > 0;)
        text.append(piece, got);
    if (send_one(fd, text)) return 0;
    std::perror("log_sender");
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    Wanted wanted;
    if (!read_arguments(argc, argv, wanted)) return usage();
    const auto fd = connect_to(wanted.socket);
    if (!fd) {
        std::perror(("log_sender: " + wanted.socket).c_str());
        return 1;
    }
    if (wanted.from_stdin) return send_stdin(fd.get());

    std::vector<pid_t> children;
    for (unsigned process = 1; process < wanted.processes; ++process) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(send_many(fd.get(), wanted, process));
        if (child > 0) children.push_back(child);
    }
    bool good = children.size() + 1 == wanted.processes && send_many(fd.get(), wanted, 0) == 0;
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    if (good) std::printf("sent %zu\n", wanted.count * wanted.processes);
    return good ? 0 : 1;
}
