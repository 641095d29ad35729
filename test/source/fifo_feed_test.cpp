// SPDX-License-Identifier: Apache-2.0
#include "source/fifo_feed.h"

#include <CppUTest/TestHarness.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "sys/fifo_reader.h"
#include "sys/nonblock.h"
#include "test/support/scratch.h"

using namespace std::chrono_literals;
using namespace vakt;

namespace {

constexpr std::int64_t kTime = 1'763'779'360'000'000'000;

std::string line(const std::string& text) {
    return "<13>2025-11-22T02:42:40.000000+00:00 board " + text + "\n";
}

}  // namespace

TEST_GROUP(FifoFeed) {
    Scratch scratch;
    Result<loop::Loop> made = loop::Loop::make();
    loop::Loop& loop = *made;
    const std::string path = scratch.at("syslog.otp");
    std::vector<std::string> troubles;
    source::FifoFeed feed{loop, {path, false, "board"}, [this](const Error& error) {
                              troubles.push_back(describe(error));
                          }};

    void make_fifo(const std::string& name = "syslog.otp") const {
        CHECK_EQUAL(0, ::mkfifo(scratch.at(name).c_str(), 0600));
    }
    void say(const std::string& text, std::optional<syslog::Pri> pri = {}) {
        syslog::Entry entry;
        entry.record.text = text;
        entry.record.pri = pri;
        feed.entry(entry, kTime);
    }
    void say_at_once(const std::string& text) {
        say(text);
        feed.turn_over();
    }
    /// All that is in the FIFO.
    static std::string read(const sys::FifoReader& reader) {
        std::string all;
        char room[65536];
        for (;;) {
            const auto moved = sys::read_some(reader.fd(), room);
            if (moved.how != sys::Moved::How::some) return all;
            all.append(room, moved.bytes);
        }
    }
    [[nodiscard]] sys::FifoReader reader() const {
        auto opened = sys::FifoReader::open(path);
        CHECK_TRUE(static_cast<bool>(opened));
        return std::move(*opened);
    }
    /// Until the condition holds, a few seconds at most.
    template <class Condition>
    void run_until(Condition && condition) {
        int left = 1000;
        loop::Timer again(loop, [&] {
            if (condition() || --left == 0) return loop.stop();
            again.start(5ms);
        });
        again.start(0ms);
        loop.run();
        CHECK_TRUE(condition());
    }
    /// Fills the FIFO; how many lines went in.
    std::uint64_t fill() {
        while (feed.counts().refused == 0) say_at_once(std::string(3000, 'f'));
        return feed.counts().written;
    }
};

TEST(FifoFeed, what_is_read_in_a_turn_is_written_at_its_end) {
    make_fifo();
    feed.start();
    const auto other = reader();
    say("one");
    say("two");
    STRCMP_EQUAL("", read(other).c_str());
    feed.turn_over();
    STRCMP_EQUAL((line("one") + line("two")).c_str(), read(other).c_str());
    CHECK((feed.counts() == source::FeedCounts{.written = 2}));
}

TEST(FifoFeed, lines_wait_in_the_fifo_for_a_reader) {
    make_fifo();
    feed.start();
    say_at_once("early");
    STRCMP_EQUAL(line("early").c_str(), read(reader()).c_str());
}

TEST(FifoFeed, without_a_fifo_lines_are_counted_and_the_fifo_is_found_when_it_comes) {
    feed.start();
    say_at_once("nobody asked");
    CHECK((feed.counts() == source::FeedCounts{.nowhere = 1}));
    CHECK_FALSE(feed.is_open());
    make_fifo();
    run_until([&] { return feed.is_open(); });
    say_at_once("asked");
    STRCMP_EQUAL(line("asked").c_str(), read(reader()).c_str());
    CHECK(troubles.empty());  // a missing one is the time between nootp and otp
}

TEST(FifoFeed, a_fifo_that_goes_is_let_go) {
    make_fifo();
    feed.start();
    ::unlink(path.c_str());
    run_until([&] { return !feed.is_open(); });
    say_at_once("too late");
    CHECK_EQUAL(1U, feed.counts().nowhere);
}

TEST(FifoFeed, another_fifo_under_the_name_is_taken_at_once) {
    make_fifo();
    feed.start();
    make_fifo("other");
    CHECK_EQUAL(0, std::rename(scratch.at("other").c_str(), path.c_str()));
    const auto second = reader();
    run_until([&] {
        say_at_once("x");
        return !read(second).empty();
    });
}

TEST(FifoFeed, auth_is_fed_only_where_it_is_asked_for) {
    make_fifo();
    feed.start();
    for (const int facility : {3, 4, 5, 9, 10, 11})
        say("f" + std::to_string(facility), syslog::Pri(static_cast<std::uint8_t>(facility * 8)));
    feed.turn_over();
    CHECK((feed.counts() == source::FeedCounts{.written = 4, .withheld = 2}));
    const auto text = read(reader());
    CHECK(text.find("f4") == std::string::npos);
    CHECK(text.find("f10") == std::string::npos);

    source::FifoFeed open{loop, {path, true, "board"}, {}};
    open.start();
    syslog::Entry entry;
    entry.record.pri = syslog::Pri(4, syslog::Severity::info);
    entry.record.text = "login";
    open.entry(entry, kTime);
    open.turn_over();
    CHECK(read(reader()).find("login") != std::string::npos);
}

TEST(FifoFeed, a_full_fifo_refuses_and_the_loss_stands_in_its_place) {
    make_fifo();
    feed.start();
    const auto other = reader();
    const auto before = fill();
    say_at_once(std::string(3000, 'g'));
    CHECK_EQUAL(2U, feed.counts().refused);
    const auto all = read(other);
    CHECK_EQUAL(before, static_cast<std::uint64_t>(std::count(all.begin(), all.end(), '\n')));
    say_at_once("after");
    STRCMP_EQUAL(("vakt[bridge]: 2 lines lost\n" + line("after")).c_str(), read(other).c_str());
    say_at_once("again");
    STRCMP_EQUAL(line("again").c_str(), read(other).c_str());
    CHECK_EQUAL(before + 2, feed.counts().written);
}

TEST(FifoFeed, the_loss_is_said_when_there_is_room_even_if_nothing_else_comes) {
    make_fifo();
    feed.start();
    const auto other = reader();
    (void)fill();
    (void)read(other);
    std::string got;
    run_until([&] { return !(got += read(other)).empty(); });
    STRCMP_EQUAL("vakt[bridge]: 1 lines lost\n", got.c_str());
}

TEST(FifoFeed, no_line_is_torn_whatever_their_lengths_and_whenever_it_is_read) {
    make_fifo();
    feed.start();
    const auto other = reader();
    std::string all;
    std::uint64_t said = 0;
    std::uint32_t random = 7;
    char some[65536];
    for (int n = 0; n < 20'000; ++n) {
        random = random * 1664525 + 1013904223;
        say(std::string(random >> 20, static_cast<char>('a' + n % 26)));
        ++said;
        if (random % 3 == 0) feed.turn_over();
        if (random % 7 == 0) {
            const auto moved = sys::read_some(other.fd(), {some, 1 + (random >> 20)});
            all.append(some, moved.bytes);
        }
    }
    feed.turn_over();
    all += read(other);
    say_at_once("end");
    all += read(other);
    std::uint64_t lines = 0;
    std::uint64_t lost = 0;
    for (std::string_view rest = all; !rest.empty();) {
        const auto end = rest.find('\n');
        CHECK(end != std::string_view::npos);
        const auto one = std::string(rest.substr(0, end));
        rest.remove_prefix(end + 1);
        unsigned long count = 0;
        if (std::sscanf(one.c_str(), "vakt[bridge]: %lu lines lost", &count) == 1) {
            lost += count;
            continue;
        }
        ++lines;
        CHECK_TEXT(one.starts_with("<13>2025-11-22T02:42:40.000000+00:00 board "), one.c_str());
        const auto text = one.substr(43, one.ends_with(" [cut]") ? one.size() - 49 : one.size());
        CHECK(one == line("end").substr(0, one.size()) ||
              text.find_first_not_of(text.substr(0, 1)) == std::string::npos);
        CHECK(one.size() <= source::FifoFeed::kLongest + 6);
    }
    CHECK(lost > 0);
    CHECK_EQUAL(said + 1, lines + lost);
    CHECK_EQUAL(feed.counts().refused, lost);
    CHECK_EQUAL(feed.counts().written, lines);
    CHECK(feed.counts().cut > 0);
}

TEST(FifoFeed, a_sources_gap_stands_where_it_was) {
    make_fifo();
    feed.start();
    const auto other = reader();
    syslog::Gap gap;
    gap.count = 5;
    say("before");
    feed.gap(gap);
    gap.count.reset();
    feed.gap(gap);
    say("after");
    feed.turn_over();
    STRCMP_EQUAL((line("before") + "vakt[bridge]: 5 lines lost\nvakt[bridge]: some lines lost\n" +
                  line("after"))
                     .c_str(),
                 read(other).c_str());
}

TEST(FifoFeed, what_is_no_fifo_is_said_once_and_left_alone) {
    scratch.put("syslog.otp", "a file");
    feed.start();
    CHECK((troubles == std::vector{path + " is not a FIFO"}));
    say_at_once("x");
    CHECK_EQUAL(1U, feed.counts().nowhere);
    STRCMP_EQUAL("a file", scratch.get("syslog.otp").c_str());
    ::unlink(path.c_str());
    make_fifo();
    run_until([&] { return feed.is_open(); });
}
