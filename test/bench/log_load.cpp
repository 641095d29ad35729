// SPDX-License-Identifier: Apache-2.0
// Writes syslog messages of 120 bytes, each another one than the one before, as fast as they are
// taken or at a rate.
//
// usage: log_load fifo|socket|udp PATH-OR-PORT COUNT PER_CALL
//        log_load fifo|socket|udp PATH-OR-PORT COUNT PER_CALL RATE
// With a RATE, messages a second, each carries when it was written: " ns=CLOCK_MONOTONIC ".
// Prints: seconds=S user=S sys=S
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kWidth = 120;  // the FIFO's newline is one of them
constexpr std::size_t kVaried = 1000;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

int open_way(const std::string& way, const char* where) {
    if (way == "fifo") {
        const int fd = ::open(where, O_WRONLY | O_CLOEXEC);
        if (fd < 0) die(where);
        return fd;
    }
    if (way == "udp") {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(where)));
        const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0 ||
            ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            die("udp");
        return fd;
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, where, sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        die(where);
    return fd;
}

/// "<13>Nov 21 18:04:15 board app7[4711]: message 0000012 [ns=... ]xxx", kWidth - 1 bytes.
std::string message(unsigned long long number, bool timed) {
    constexpr std::array<int, 4> kPris{11, 12, 13, 14};
    std::array<char, kWidth> head{};
    int size = std::snprintf(head.data(), head.size(),
                             "<%d>Nov 21 18:04:15 board app%llu[4711]: message %07llu ",
                             kPris[number % kPris.size()], number % 8, number % 10'000'000);
    if (timed)
        size += std::snprintf(head.data() + size, head.size() - static_cast<std::size_t>(size),
                              "ns=%019lld ",
                              static_cast<long long>(Clock::now().time_since_epoch().count()));
    std::string text(head.data(), static_cast<std::size_t>(size));
    text.resize(kWidth - 1, 'x');
    return text;
}

/// As one write, or as one sendmmsg.
class Way {
 public:
    Way(std::string way, const char* where) : fifo_(way == "fifo"), fd_(open_way(way, where)) {}
    void put(const std::string* from, std::size_t count) {
        if (fifo_) {
            bytes_.clear();
            for (std::size_t i = 0; i < count; ++i) bytes_.append(from[i]).push_back('\n');
            for (std::size_t at = 0; at < bytes_.size();) {
                const auto put = ::write(fd_, bytes_.data() + at, bytes_.size() - at);
                if (put <= 0) die("write");
                at += static_cast<std::size_t>(put);
            }
            return;
        }
        vectors_.resize(count);
        headers_.assign(count, mmsghdr{});
        for (std::size_t i = 0; i < count; ++i) {
            vectors_[i] = {const_cast<char*>(from[i].data()), from[i].size()};
            headers_[i].msg_hdr.msg_iov = &vectors_[i];
            headers_[i].msg_hdr.msg_iovlen = 1;
        }
        for (std::size_t at = 0; at < count;) {
            const int sent =
                ::sendmmsg(fd_, headers_.data() + at, static_cast<unsigned>(count - at), 0);
            if (sent <= 0) die("sendmmsg");
            at += static_cast<std::size_t>(sent);
        }
    }

 private:
    bool fifo_;
    int fd_;
    std::string bytes_;
    std::vector<iovec> vectors_;
    std::vector<mmsghdr> headers_;
};

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5 && argc != 6) return 2;
    Way way(argv[1], argv[2]);
    const auto count = std::strtoull(argv[3], nullptr, 10);
    const auto most = std::strtoull(argv[4], nullptr, 10);
    const auto rate = argc == 6 ? std::strtoull(argv[5], nullptr, 10) : 0;
    if (most == 0 || most > kVaried) return 2;
    std::vector<std::string> messages;
    for (unsigned long long i = 0; i < kVaried; ++i) messages.push_back(message(i, false));
    const auto began = Clock::now();
    for (unsigned long long written = 0; written < count;) {
        auto now = std::min(most, count - written);
        if (rate != 0) {
            std::this_thread::sleep_until(
                began + std::chrono::nanoseconds(written * 1'000'000'000ULL / rate));
            for (unsigned long long i = 0; i < now; ++i) messages[i] = message(written + i, true);
            way.put(messages.data(), now);
        } else {
            const auto at = written % kVaried;
            now = std::min<unsigned long long>(now, kVaried - at);
            way.put(&messages[at], now);
        }
        written += now;
    }
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    std::printf("seconds=%.6f user=%.6f sys=%.6f\n",
                std::chrono::duration<double>(Clock::now() - began).count(), seconds(used.ru_utime),
                seconds(used.ru_stime));
    return 0;
}
