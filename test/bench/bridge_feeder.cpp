// SPDX-License-Identifier: Apache-2.0
// usage: bridge_feeder SOCKET RECORDS BYTES
// A bridge's client end and nothing behind it: plays the same batches of records of BYTES bytes
// over and over, with numbers that rise, as fast as one client gives credit, until RECORDS are
// sent; then waits for the client to close, and prints the processor time it took itself. What a
// client cannot do beside this one, it cannot do beside a bridge.
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "wire/bridge_bytes.h"
#include "wire/record_bytes.h"

namespace {

using namespace vakt;

constexpr std::size_t kSeqAt = 8;

[[noreturn]] void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

int listen_at(const char* path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, 4) != 0)
        fail(path);
    return fd;
}

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto wrote = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (wrote < 0) fail("send");
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
}

/// A daemon's line of so many bytes, every tenth an error.
std::string record(std::size_t size, bool error) {
    std::string raw =
        (error ? "<27>" : "<30>") + std::string("Nov 21 18:04:15 board daemon[4711]: ");
    const auto head = raw.size();
    raw.resize(std::max(size, head + 1), 'x');
    const std::string_view view = raw;
    syslog::Entry entry;
    entry.raw = view;
    entry.source = syslog::Source::socket;
    entry.sender = syslog::Sender{4711, 1000};
    entry.record.form = syslog::Form::rfc3164;
    entry.record.pri = syslog::Pri(error ? 27 : 30);
    entry.record.time_ns = 1795284255000000000;
    entry.record.host = view.substr(20, 5);
    entry.record.app = view.substr(26, 6);
    entry.record.pid = view.substr(33, 4);
    entry.record.text = view.substr(head);
    std::vector<unsigned char> room(wire::kLongestRecord);
    const auto used = wire::put_entry(entry, {.seq = 1, .origin = 1}, room);
    return {reinterpret_cast<const char*>(room.data()), used};
}

class Feeder {
 public:
    Feeder(int fd, std::uint64_t wanted, std::size_t size) : fd_(fd), wanted_(wanted) {
        const auto one = record(size, false);
        size_ = one.size();
        most_ = (65536 - wire::kBatchHead) / size_;
        batch_.resize(4 + wire::kBatchHead);
        for (std::size_t n = 0; n < most_; ++n) batch_ += n % 10 == 0 ? record(size, true) : one;
    }

    void run() {
        while (sent_ < wanted_) {
            if (opened_ && credit_ > 0) play();
            pollfd ready{fd_, POLLIN, 0};
            if (::poll(&ready, 1, opened_ && credit_ > 0 ? 0 : -1) > 0 && !heard()) return;
        }
        while (heard()) {
        }
    }

 private:
    void play() {
        const auto count = static_cast<std::size_t>(
            std::min({static_cast<std::uint64_t>(most_), credit_, wanted_ - sent_}));
        auto* at = reinterpret_cast<unsigned char*>(batch_.data());
        const auto bytes = wire::kBatchHead + count * size_;
        put_number(at, static_cast<std::uint32_t>(bytes));
        at[4] = 67;
        at[5] = 1;
        put_number(at + 21, static_cast<std::uint16_t>(count));
        for (std::size_t n = 0; n < count; ++n)
            put_number(at + 4 + wire::kBatchHead + n * size_ + kSeqAt, ++sent_);
        credit_ -= count;
        write_all(fd_, std::string_view(batch_).substr(0, 4 + bytes));
    }

    bool heard() {
        char bytes[65536];
        const auto got = ::read(fd_, bytes, sizeof bytes);
        if (got <= 0) return false;
        in_.append(bytes, static_cast<std::size_t>(got));
        while (in_.size() >= 4) {
            const std::size_t size =
                get_number<std::uint32_t>(reinterpret_cast<const unsigned char*>(in_.data()));
            if (in_.size() < 4 + size) break;
            on(wire::parse_to_bridge(std::string_view(in_).substr(4, size)));
            in_.erase(0, 4 + size);
        }
        return true;
    }

    void on(const std::optional<wire::ToBridge>& message) {
        if (!message) fail("no message");
        if (std::holds_alternative<wire::Hello>(*message))
            write_all(fd_, wire::encode(wire::Welcome{}));
        if (std::holds_alternative<wire::Open>(*message)) opened_ = true;
        if (const auto* credit = std::get_if<wire::Credit>(&*message)) credit_ += credit->more;
    }

    int fd_;
    std::uint64_t wanted_;
    std::uint64_t sent_ = 0;
    std::uint64_t credit_ = 0;
    std::size_t size_ = 0;
    std::size_t most_ = 0;
    bool opened_ = false;
    std::string batch_;
    std::string in_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const int listening = listen_at(argv[1]);
    const int fd = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) fail("accept");
    Feeder(fd, std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10)).run();
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    std::printf("feeder_cpu=%.6f\n",
                static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                    static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    ::unlink(argv[1]);
}
