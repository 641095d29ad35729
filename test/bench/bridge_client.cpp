// SPDX-License-Identifier: Apache-2.0
// A C++ client of the bridge that takes each record apart and counts.
//
// usage: bridge_client SOCKET COUNT
// Ends when COUNT records, those told to be lost included, came, or nothing more for two seconds.
// Prints: events=N lost=N seconds=S user=S sys=S errors=N and, of records that say when they were
// written (" ns=CLOCK_MONOTONIC "), p50=US p99=US p999=US. Seconds are from the first record on.
// "ready" on standard output means that it will see all from now on.
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "wire/bridge_bytes.h"
#include "wire/record_bytes.h"

namespace {

using namespace vakt;
using Clock = std::chrono::steady_clock;
constexpr std::uint32_t kCredit = 1 << 20;

class Client {
 public:
    explicit Client(const char* path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
        fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd_ < 0 ||
            ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            std::perror(path);
            std::exit(1);
        }
        say(wire::Hello{});
        say(wire::Open{});
        say(wire::Credit{kCredit});
        say(wire::AccountAsked{});  // its answer comes when the place is taken
    }

    void run(std::uint64_t count) {
        while (events_ + lost_ < count && message()) last_ = Clock::now();
        report();
    }

 private:
    void say(const wire::ToBridge& message) {
        const auto bytes = wire::encode(message);
        if (::write(fd_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
            std::exit(1);
    }

    /// `size` bytes more are in buffer_ behind at_; false when nothing more comes.
    bool need(std::size_t size) {
        if (end_ - at_ >= size) return true;
        if (buffer_.size() - at_ < size) {
            std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
            end_ -= at_;
            at_ = 0;
        }
        while (end_ - at_ < size) {
            const auto got = ::read(fd_, buffer_.data() + end_, buffer_.size() - end_);
            if (got < 0 && events_ + lost_ > 0) return false;
            if (got <= 0) {
                std::fprintf(stderr, "bridge_client: the bridge is gone\n");
                std::exit(1);
            }
            end_ += static_cast<std::size_t>(got);
        }
        return true;
    }

    bool message() {
        if (!need(4)) return false;
        const auto size = get_big_endian(reinterpret_cast<unsigned char*>(&buffer_[at_]), 4);
        at_ += 4;
        if (!need(size)) return false;
        const std::string_view bytes(&buffer_[at_], size);
        at_ += size;
        const auto message = wire::parse_from_bridge(bytes);
        if (!message) std::exit(3);
        if (std::holds_alternative<wire::AccountText>(*message)) {
            std::puts("ready");
            std::fflush(stdout);
        } else if (const auto* batch = std::get_if<wire::Batch>(&*message)) {
            records(*batch);
        } else if (const auto* refused = std::get_if<wire::Refused>(&*message)) {
            std::fprintf(stderr, "bridge_client: refused: %s\n", refused->words.c_str());
            std::exit(1);
        }
        return true;
    }

    void records(const wire::Batch& batch) {
        if (events_ + lost_ == 0) {
            began_ = Clock::now();
            ::getrusage(RUSAGE_SELF, &before_);
            const timeval patience{2, 0};
            ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        }
        auto rest = batch.records;
        while (const auto record = wire::take_record(rest)) {
            if (const auto* gap = std::get_if<wire::StampedGap>(&*record))
                lost_ += gap->gap.count.value_or(0);
            else
                entry(std::get<wire::StampedEntry>(*record).entry);
        }
        spent_ += batch.count;
        if (spent_ >= kCredit / 2) {
            say(wire::Credit{spent_});
            spent_ = 0;
        }
    }

    void entry(const syslog::Entry& entry) {
        ++events_;
        if (entry.record.pri && entry.record.pri->severity() <= syslog::Severity::err &&
            entry.record.app == "app0")
            ++errors_;
        constexpr std::string_view kMark = " ns=";
        const auto at = entry.record.text.find(kMark);
        if (at == std::string_view::npos) return;
        long long then = 0;
        const auto digits = entry.record.text.substr(at + kMark.size());
        std::from_chars(digits.data(), digits.data() + digits.size(), then);
        delays_.push_back(Clock::now().time_since_epoch().count() - then);
    }

    void report() {
        const double took = std::chrono::duration<double>(last_ - began_).count();
        rusage used{};
        ::getrusage(RUSAGE_SELF, &used);
        const auto cpu = [](const timeval& from, const timeval& to) {
            return static_cast<double>(to.tv_sec - from.tv_sec) +
                   static_cast<double>(to.tv_usec - from.tv_usec) / 1e6;
        };
        std::printf("events=%llu lost=%llu seconds=%.6f user=%.6f sys=%.6f errors=%llu",
                    static_cast<unsigned long long>(events_),
                    static_cast<unsigned long long>(lost_), took,
                    cpu(before_.ru_utime, used.ru_utime), cpu(before_.ru_stime, used.ru_stime),
                    static_cast<unsigned long long>(errors_));
        if (!delays_.empty()) {
            std::sort(delays_.begin(), delays_.end());
            const auto part = [this](std::size_t of_thousand) {
                return static_cast<double>(delays_[(delays_.size() - 1) * of_thousand / 1000]) /
                       1e3;
            };
            std::printf(" p50=%.1f p99=%.1f p999=%.1f", part(500), part(990), part(999));
        }
        std::puts("");
    }

    int fd_ = -1;
    std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 20);
    std::size_t at_ = 0;
    std::size_t end_ = 0;
    std::uint64_t events_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t errors_ = 0;
    std::uint32_t spent_ = 0;
    std::vector<std::int64_t> delays_;
    Clock::time_point began_;
    Clock::time_point last_;
    rusage before_{};
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    Client(argv[1]).run(std::strtoull(argv[2], nullptr, 10));
    return 0;
}
