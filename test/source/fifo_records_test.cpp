// SPDX-License-Identifier: Apache-2.0
#include "source/fifo_records.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "test/source/record_spy.h"
#include "test/support/scratch.h"

using namespace vakt;

namespace {

constexpr std::int64_t kNow = 1'795'000'000'000'000'000;  // 2026-11-18

}  // namespace

TEST_GROUP(FifoRecords) {
    Scratch scratch;
    Result<loop::Loop> made = loop::Loop::make();
    fake::RecordSpy spy{*made};
    int asked = 0;
    source::FifoRecords fifo{*made, scratch.path(), "syslog.otp", spy, [this] {
                                 ++asked;
                                 return source::Time{{.now_ns = kNow, .utc_offset = 0}, 0};
                             }};
    sys::Fd daemon;

    void setup() override {
        const auto path = scratch.at("syslog.otp");
        CHECK_EQUAL(0, ::mkfifo(path.c_str(), 0600));
        daemon = sys::Fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    }
    void put(const std::string& text) const {
        CHECK_EQUAL(static_cast<ssize_t>(text.size()),
                    ::write(daemon.get(), text.data(), text.size()));
    }
};

TEST(FifoRecords, a_line_is_a_parsed_record_with_its_bytes) {
    put("<11>Nov 18 10:00:01 board app[7]: it broke\n");
    fifo.start();
    spy.run_until_entries(1);
    const auto& kept = spy.entries[0];
    CHECK(kept.entry.source == syslog::Source::fifo);
    CHECK(kept.entry.record.pri == syslog::Pri(11));
    CHECK_EQUAL("<11>Nov 18 10:00:01 board app[7]: it broke", kept.raw);
    CHECK_EQUAL("board", kept.host);
    CHECK_EQUAL("app", kept.app);
    CHECK_EQUAL("7", kept.pid);
    CHECK_EQUAL("it broke", kept.text);
    CHECK_FALSE(kept.entry.cut);
    CHECK_FALSE(kept.entry.sender.has_value());
}

TEST(FifoRecords, a_malformed_line_is_a_record_too) {
    put(std::string("\x01\xff?\n"));
    fifo.start();
    spy.run_until_entries(1);
    CHECK_TRUE(spy.entries[0].entry.record.malformed);
    CHECK_EQUAL("\x01\xff?", spy.entries[0].text);
}

TEST(FifoRecords, an_empty_line_is_counted_and_not_given) {
    put("<13>a: 1\n\n\n<13>a: 2\n");
    fifo.start();
    spy.run_until_entries(2);
    CHECK(fifo.counts() == (source::SourceCounts{.bytes = 20, .reads = 1, .empty = 2}));
}

TEST(FifoRecords, the_time_is_asked_for_once_a_read) {
    put("<13>a: 1\n<13>a: 2\n<13>a: 3\n");
    fifo.start();
    spy.run_until_entries(3);
    CHECK_EQUAL(1, asked);
    put("<13>a: 4\n");
    spy.run_until_entries(4);
    CHECK_EQUAL(2, asked);
}

TEST(FifoRecords, the_longest_line_is_whole_and_a_longer_one_is_marked_and_has_no_byte_of_ours) {
    const std::string longest = "<13>a: " + std::string(syslog::Lines::kLongest - 7, 'x');
    fifo.start();
    put(longest + "\n");
    spy.run_until_entries(1);
    put(longest + "y\n");
    spy.run_until_entries(2);
    CHECK_FALSE(spy.entries[0].entry.cut);
    CHECK_EQUAL(longest, spy.entries[0].raw);
    CHECK_TRUE(spy.entries[1].entry.cut);
    CHECK_EQUAL(longest.substr(0, longest.size() - syslog::Lines::kMark.size()),
                spy.entries[1].raw);
}

TEST(FifoRecords, stopped_it_gives_the_unfinished_line) {
    put("<13>a: half");
    fifo.start();
    CHECK_EQUAL(0u, spy.entries.size());
    fifo.stop();
    CHECK_EQUAL(1u, spy.entries.size());
    CHECK_EQUAL("half", spy.entries[0].text);
}
