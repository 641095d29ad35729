// SPDX-License-Identifier: Apache-2.0
#include "source/datagram_source.h"

#include <CppUTest/TestHarness.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>

#include "sys/clock.h"
#include "test/source/record_spy.h"
#include "test/support/allocations.h"
#include "test/support/scratch.h"

using namespace vakt;
using sys::DatagramSocket;
using syslog::Source;

namespace {

source::Time fixed_time() { return {{.now_ns = 1'795'000'000'000'000'000, .utc_offset = 0}, 0}; }

sys::Fd connected(const std::string& path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    sys::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    CHECK_EQUAL(0,
                ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    return fd;
}

sys::Fd connected(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sys::Fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    CHECK_EQUAL(0,
                ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    return fd;
}

bool put(const sys::Fd& fd, const std::string& bytes) {
    return ::send(fd.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
}

// Gives nothing on.
struct Void : source::RecordSink {
    void entry(const syslog::Entry& /*entry*/) override { ++entries; }
    void gap(const syslog::Gap& /*gap*/) override {}
    void read_over() override { loop.stop(); }
    void trouble(const Error& /*error*/) override {}
    explicit Void(loop::Loop& with) : loop(with) {}
    loop::Loop& loop;
    std::size_t entries = 0;
};

}  // namespace

TEST_GROUP(DatagramSource) {
    Scratch scratch;
    Result<loop::Loop> made = loop::Loop::make();
    fake::RecordSpy spy{*made};
    sys::DatagramBatch batch;
    std::unique_ptr<source::DatagramSource> source;

    void open(Source kind = Source::socket) {
        take(DatagramSocket::at_path(scratch.at("log"), 0666), kind);
    }
    void take(Result<DatagramSocket> socket, Source kind) {
        CHECK_TRUE(static_cast<bool>(socket));
        source = std::make_unique<source::DatagramSource>(*made, std::move(*socket), kind, batch,
                                                          spy, fixed_time);
        CHECK_TRUE(static_cast<bool>(source->start()));
    }
    sys::Fd client() const { return connected(scratch.at("log")); }
};

TEST(DatagramSource, what_syslog_sends_is_a_record_with_the_kernels_word_of_its_sender) {
    open();
    CHECK_TRUE(put(client(), "<27>Nov 18 10:00:01 app[99]: it broke\n"));
    spy.run_until_entries(1);
    const auto& kept = spy.entries[0];
    CHECK(kept.entry.source == Source::socket);
    CHECK(kept.entry.record.pri == syslog::Pri(27));
    CHECK_EQUAL("<27>Nov 18 10:00:01 app[99]: it broke", kept.raw);
    CHECK_EQUAL("app", kept.app);
    CHECK_EQUAL("99", kept.pid);
    CHECK_EQUAL("", kept.host);
    CHECK_EQUAL("it broke", kept.text);
    CHECK_EQUAL(static_cast<std::uint32_t>(::getpid()), kept.entry.sender->pid);
    CHECK_EQUAL(static_cast<std::uint32_t>(::getuid()), kept.entry.sender->uid);
    CHECK_TRUE(kept.entry.taken_ns != 0);
}

TEST(DatagramSource, newlines_and_nuls_at_the_end_are_taken_off_and_within_are_kept) {
    open();
    const auto fd = client();
    CHECK_TRUE(put(fd, std::string("<13>a: one\ntwo\n\0\n\0", 18)));
    CHECK_TRUE(put(fd, std::string("<13>a: x\0y", 10)));
    spy.run_until_entries(2);
    CHECK_EQUAL("one\ntwo", spy.entries[0].text);
    CHECK_EQUAL("<13>a: one\ntwo", spy.entries[0].raw);
    CHECK_EQUAL(std::string("x\0y", 3), spy.entries[1].text);
}

TEST(DatagramSource, an_empty_datagram_is_counted_and_not_given) {
    open();
    const auto fd = client();
    CHECK_TRUE(put(fd, "") && put(fd, std::string("\n\0", 2)) && put(fd, "<13>a: x"));
    spy.run_until_entries(1);
    CHECK(source->counts() == (source::SourceCounts{.bytes = 10, .reads = 1, .empty = 2}));
}

TEST(DatagramSource, a_datagram_beyond_what_can_be_kept_is_given_cut) {
    open();
    const auto fd = client();
    const int large = 1 << 20;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &large, sizeof large);
    const std::string longest = "<13>a: " + std::string(65535 - 7, 'x');
    CHECK_TRUE(put(fd, longest) && put(fd, longest + "y"));
    spy.run_until_entries(2);
    CHECK_FALSE(spy.entries[0].entry.cut);
    CHECK_EQUAL(longest, spy.entries[0].raw);
    CHECK_TRUE(spy.entries[1].entry.cut);
    CHECK_EQUAL(longest, spy.entries[1].raw);
}

TEST(DatagramSource, stopped_it_reads_no_more) {
    open();
    source->stop();
    const auto fd = client();
    CHECK_TRUE(put(fd, "<13>a: x"));
    loop::Timer limit(*made, [this] { made->stop(); });
    limit.start(std::chrono::milliseconds(50));
    made->run();
    CHECK_EQUAL(0u, spy.entries.size());
    CHECK_TRUE(static_cast<bool>(source->start()));
    spy.run_until_entries(1);
}

TEST(DatagramSource, what_it_reads_allocates_nothing) {
    Void nobody(*made);
    auto socket = DatagramSocket::at_path(scratch.at("log"), 0666);
    source::DatagramSource quiet(*made, std::move(*socket), Source::socket, batch, nobody,
                                 fixed_time);
    CHECK_TRUE(static_cast<bool>(quiet.start()));
    const auto fd = client();
    CHECK_TRUE(put(fd, "<13>a: warm"));
    made->run();
    for (int i = 0; i < 5; ++i) CHECK_TRUE(put(fd, "<27>Nov 18 10:00:01 app[99]: it broke"));
    {
        const fake::Allocations counted;
        made->run();
        CHECK_EQUAL(0, counted.count());
    }
    CHECK_EQUAL(6u, nobody.entries);
}

TEST(DatagramSource, one_that_cannot_be_read_is_said_once_and_does_not_keep_the_loop_busy) {
    open();
    // A pipe in its place: readable, and no socket.
    int ends[2] = {-1, -1};
    CHECK_EQUAL(0, ::pipe(ends));
    const sys::Fd reading(ends[0]);
    const sys::Fd writing(ends[1]);
    CHECK_EQUAL(1, ::write(writing.get(), "x", 1));
    source->stop();
    CHECK_TRUE(::dup2(reading.get(), source->socket().fd()) >= 0);
    CHECK_TRUE(static_cast<bool>(source->start()));
    loop::Timer limit(*made, [this] { made->stop(); });
    limit.start(std::chrono::milliseconds(1500));  // beyond kTryAgain
    made->run();
    CHECK_EQUAL(1u, spy.troubles.size());
    CHECK_EQUAL("receive " + scratch.at("log") + ": Socket operation on non-socket",
                spy.troubles[0]);
    CHECK_EQUAL(0, spy.turns);
}

TEST(DatagramSource, what_journald_could_not_forward_is_a_gap_and_no_record) {
    open(Source::forward);
    const auto fd = client();
    CHECK_TRUE(put(fd,
                   "<46>Nov 18 10:00:01 systemd-journald[5]: Forwarding to syslog missed 12 "
                   "messages."));
    CHECK_TRUE(put(fd, "<13>a: x"));
    spy.run_until_entries(1);
    if (::getuid() != 0) return;  // then it is nobody's word
    CHECK_EQUAL("ge", spy.order);
    CHECK(spy.gaps[0].gap.source == Source::forward);
    CHECK(spy.gaps[0].gap.reason == syslog::Loss::source);
    CHECK(spy.gaps[0].gap.count == 12U);
}

TEST(DatagramSource, journalds_words_on_a_socket_of_our_own_are_a_record) {
    open(Source::socket);
    const auto fd = client();
    CHECK_TRUE(put(fd, "<46>systemd-journald[5]: Forwarding to syslog missed 12 messages."));
    spy.run_until_entries(1);
    CHECK_EQUAL(0u, spy.gaps.size());
}

TEST(DatagramSource, an_inherited_socket_serves_as_well) {
    int ends[2] = {-1, -1};
    CHECK_EQUAL(0, ::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends));
    take(DatagramSocket::inherited(sys::Fd(ends[0]), "syslog.socket"), Source::forward);
    const sys::Fd theirs(ends[1]);
    CHECK_TRUE(put(theirs, "<13>a: x"));
    spy.run_until_entries(1);
    CHECK_TRUE(spy.entries[0].entry.sender.has_value());
}

TEST(DatagramSource, udp_has_its_senders_address_where_the_message_names_no_host) {
    take(DatagramSocket::udp("127.0.0.1", 0), Source::udp);
    const auto fd = connected(source->socket().port());
    CHECK_TRUE(put(fd, "<13>a: without"));
    CHECK_TRUE(put(fd, "<13>Nov 18 10:00:01 board a: with"));
    spy.run_until_entries(2);
    CHECK_EQUAL("127.0.0.1", spy.entries[0].host);
    CHECK_EQUAL("board", spy.entries[1].host);
    CHECK(spy.entries[0].entry.source == Source::udp);
    CHECK_FALSE(spy.entries[0].entry.sender.has_value());
}

TEST(DatagramSource, what_udp_loses_is_told_to_the_last_one_when_nothing_waits_any_more) {
    take(DatagramSocket::udp("127.0.0.1", 0), Source::udp);
    CHECK_TRUE(static_cast<bool>(source->socket().hold(8192)));
    const auto fd = connected(source->socket().port());
    constexpr std::size_t kSent = 500;
    const std::string message = "<13>a: " + std::string(500, 'x');
    for (std::size_t i = 0; i < kSent; ++i) CHECK_TRUE(put(fd, message));
    const auto told = [this] {
        std::uint64_t lost = 0;
        for (const auto& kept : spy.gaps) lost += kept.gap.count.value_or(0);
        return lost;
    };
    spy.run_until([&] { return spy.entries.size() + told() >= kSent; });
    CHECK_EQUAL(kSent, spy.entries.size() + told());
    CHECK_TRUE(told() > 0);
    CHECK(spy.gaps[0].gap.reason == syslog::Loss::source);
    CHECK(spy.gaps[0].gap.source == Source::udp);
    // They were the newest, so nothing came behind them.
    CHECK_EQUAL('g', spy.order.back());
}

TEST(DatagramSource, what_udp_lost_before_it_was_started_is_told_and_before_it_was_ours_is_not) {
    for (const bool ours : {true, false}) {
        auto socket = DatagramSocket::udp("127.0.0.1", 0);
        CHECK_TRUE(static_cast<bool>(socket->hold(8192)));
        const auto fd = connected(socket->port());
        const std::string message = "<13>a: " + std::string(500, 'x');
        for (int i = 0; i < 100; ++i) CHECK_TRUE(put(fd, message));
        const auto lost = socket->lost().value_or(0);
        CHECK_TRUE(lost > 0);
        if (!ours)
            socket = DatagramSocket::inherited(sys::Fd(::dup(socket->fd())), "syslog.socket");
        spy.entries.clear();
        spy.gaps.clear();
        take(std::move(socket), Source::udp);
        spy.run_until_entries(100 - lost);
        CHECK_EQUAL(ours ? 1u : 0u, spy.gaps.size());
        if (ours) CHECK(spy.gaps[0].gap.count == lost);
    }
}

TEST(DatagramSource, what_udp_lost_stands_before_the_datagram_that_came_behind_it) {
    take(DatagramSocket::udp("127.0.0.1", 0), Source::udp);
    CHECK_TRUE(static_cast<bool>(source->socket().hold(32768)));
    const auto fd = connected(source->socket().port());
    const std::string message = "<13>a: " + std::string(500, 'x');
    for (int i = 0; i < 200; ++i) CHECK_TRUE(put(fd, message));
    // Some are taken away behind the source's back, so that there is room for one more.
    constexpr int kTaken = 20;
    char byte = 0;
    for (int i = 0; i < kTaken; ++i) CHECK_EQUAL(1, ::recv(source->socket().fd(), &byte, 1, 0));
    CHECK_TRUE(put(fd, "<13>a: last"));
    spy.run_until([this] { return !spy.entries.empty() && spy.entries.back().text == "last"; });
    CHECK_EQUAL(1u, spy.gaps.size());
    CHECK_EQUAL(201u, kTaken + spy.entries.size() + *spy.gaps[0].gap.count);
    CHECK_EQUAL("ge", spy.order.substr(spy.order.size() - 2));
}
