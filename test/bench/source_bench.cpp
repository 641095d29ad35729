// SPDX-License-Identifier: Apache-2.0
// What it costs to read and parse one message of a source, given on to nobody.
//
// usage: source_bench datagrams COUNT BYTES [each]   a child sends as fast as it can; `each`: one
//                                                    system call a datagram
//        source_bench udp COUNT BYTES                the same over the loopback; the rest is lost,
//                                                    and counted
//        source_bench kmsg PATH                      all that is there now
//
// Prints one line of key=value; times are this process's own CPU.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/text.h"
#include "source/datagram_source.h"
#include "source/kmsg_source.h"
#include "sys/clock.h"

namespace {

using namespace vakt;

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

source::Time both_clocks() {
    return {{sys::wall_ns(), 0}, static_cast<std::uint64_t>(sys::now().time_since_epoch().count())};
}

struct Counter final : source::RecordSink {
    explicit Counter(loop::Loop& with) : loop(with) {}
    void entry(const syslog::Entry& entry) override {
        ++entries;
        malformed += entry.record.malformed ? 1U : 0U;
        structured += entry.record.structured.empty() ? 0U : 1U;
        if (entry.record.text == kLast) loop.stop();
    }
    void gap(const syslog::Gap& gap) override {
        ++gaps;
        lost += gap.count.value_or(0);
    }
    void read_over() override {
        ++turns;
        if (one_turn) loop.stop();
    }
    void trouble(const Error& error) override {
        std::fprintf(stderr, "source_bench: %s\n", describe(error).c_str());
        loop.stop();
    }
    static constexpr std::string_view kLast = "the last one";
    loop::Loop& loop;
    bool one_turn = false;
    std::size_t entries = 0, gaps = 0, lost = 0, turns = 0, malformed = 0, structured = 0;
};

int print(const Counter& counter, const source::SourceCounts& counts) {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto given = static_cast<double>(counter.entries == 0 ? 1 : counter.entries);
    std::printf(
        "entries=%zu gaps=%zu lost=%zu turns=%zu reads=%llu bytes=%llu malformed=%zu "
        "structured=%zu user_ns=%.0f system_ns=%.0f peak_kb=%ld\n",
        counter.entries, counter.gaps, counter.lost, counter.turns,
        static_cast<unsigned long long>(counts.reads),
        static_cast<unsigned long long>(counts.bytes), counter.malformed, counter.structured,
        seconds(used.ru_utime) * 1e9 / given, seconds(used.ru_stime) * 1e9 / given, used.ru_maxrss);
    return 0;
}

int kmsg(loop::Loop& loop, const char* path) {
    auto input = source::open_kmsg(path);
    if (!input) {
        std::fprintf(stderr, "source_bench: %s\n", describe(input.error()).c_str());
        return 1;
    }
    Counter counter(loop);
    source::KmsgSource source(loop, std::move(*input), std::nullopt, counter, both_clocks);
    if (!source.start()) return 1;
    counter.one_turn = true;
    std::uint64_t before = 0;
    do {  // a turn that is not full has come to the end of it
        before = source.counts().reads;
        loop.run();
    } while (source.counts().reads - before == source::KmsgSource::kAtOnce);
    return print(counter, source.counts());
}

int send_all(int fd, std::size_t count, std::size_t bytes) {
    std::string text = "<30>Nov 18 10:00:01 daemon[4711]: ";
    if (text.size() < bytes) text.resize(bytes, 'o');
    for (std::size_t i = 0; i < count; ++i)
        if (::send(fd, text.data(), text.size(), 0) < 0) return 1;
    const std::string last = "<30>daemon: " + std::string(Counter::kLast);
    // UDP may lose it, so it is said until we are ended.
    while (::send(fd, last.data(), last.size(), 0) >= 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return 0;
}

int datagrams(loop::Loop& loop, std::size_t count, std::size_t bytes, bool udp, bool each) {
    int ends[2] = {-1, -1};
    Result<sys::DatagramSocket> socket = refusal("none");
    if (udp) {
        socket = sys::DatagramSocket::udp("127.0.0.1", 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(socket ? socket->port() : 0);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ends[1] = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (::connect(ends[1], reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return 1;
    } else {
        if (::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0) return 1;
        socket = sys::DatagramSocket::inherited(sys::Fd(ends[0]), "pair");
    }
    const sys::Fd theirs(ends[1]);
    if (!socket) return 1;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(send_all(theirs.get(), count, bytes));
    using How = sys::DatagramBatch::How;
    sys::DatagramBatch batch(each ? How::each : How::many);
    Counter counter(loop);
    source::DatagramSource source(loop, std::move(*socket),
                                  udp ? syslog::Source::udp : syslog::Source::socket, batch,
                                  counter, both_clocks);
    if (!source.start()) return 1;
    loop.run();
    source.stop();
    ::kill(child, SIGTERM);
    const int status = print(counter, source.counts());
    ::waitpid(child, nullptr, 0);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    auto loop = loop::Loop::make();
    if (!loop) return 1;
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (what == "kmsg" && argc == 3) return kmsg(*loop, argv[2]);
    if ((what == "datagrams" || what == "udp") && argc >= 4) {
        const auto count = parse_decimal<std::size_t>(argv[2]);
        const auto bytes = parse_decimal<std::size_t>(argv[3]);
        if (count && bytes)
            return datagrams(*loop, *count, *bytes, what == "udp",
                             argc > 4 && std::string_view(argv[4]) == "each");
    }
    std::fputs("usage: source_bench datagrams|udp COUNT BYTES [each] | kmsg PATH\n", stderr);
    return 2;
}
