// SPDX-License-Identifier: Apache-2.0
#include "inside/thread_source.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "sys/fd.h"
#include "test/source/record_spy.h"

using namespace vakt;
using inside::FrameHead;

TEST_GROUP(ThreadSource) {
    Result<loop::Loop> made = loop::Loop::make();
    fake::RecordSpy spy{*made};
    inside::FrameReader frames;
    std::uint32_t lost = 0;
    sys::Fd reading, writing;

    void setup() override {
        int ends[2];
        CHECK_EQUAL(0, ::pipe2(ends, O_NONBLOCK | O_CLOEXEC));
        reading = sys::Fd(ends[0]);
        writing = sys::Fd(ends[1]);
    }
    inside::ThreadSource source() {
        return {
            *made, {reading.get(), &frames, [this] { return std::exchange(lost, 0); }}, spy, [] {
                return source::Time{{.now_ns = 1'795'000'000'000'000'000}, 0};
            }};
    }
    void put(const std::string& bytes) {
        CHECK_EQUAL(static_cast<ssize_t>(bytes.size()),
                    ::write(writing.get(), bytes.data(), bytes.size()));
    }
    static std::string frame(const std::string& text, std::uint32_t before = 0,
                             std::uint16_t flags = 0) {
        const FrameHead head{before, static_cast<std::uint16_t>(text.size()), flags};
        return std::string(reinterpret_cast<const char*>(&head), sizeof head) + text;
    }
};

TEST(ThreadSource, a_message_is_a_record_of_this_process_as_one_of_a_socket_is) {
    auto threads = source();
    CHECK(static_cast<bool>(threads.start()));
    put(frame("<27>image: it broke\n"));
    spy.run_until_entries(1);
    const auto& kept = spy.entries[0];
    CHECK(kept.entry.source == syslog::Source::socket);
    CHECK(kept.entry.record.pri == syslog::Pri(27));
    CHECK_EQUAL("image", kept.app);
    CHECK_EQUAL("it broke", kept.text);
    CHECK_EQUAL("<27>image: it broke", kept.raw);
    CHECK_EQUAL(static_cast<std::uint32_t>(::getpid()), kept.entry.sender->pid);
    CHECK_FALSE(kept.entry.cut);
}

TEST(ThreadSource, what_had_no_room_is_a_gap_in_its_place) {
    auto threads = source();
    CHECK(static_cast<bool>(threads.start()));
    put(frame("<27>a: 1") + frame("<27>a: 2", 5));
    spy.run_until_entries(2);
    CHECK_EQUAL("ege", spy.order);
    CHECK(spy.gaps[0].gap.count == 5u);
    CHECK(spy.gaps[0].gap.reason == syslog::Loss::source);
}

TEST(ThreadSource, what_was_lost_behind_the_last_message_is_told_once_the_pipe_is_empty) {
    auto threads = source();
    CHECK(static_cast<bool>(threads.start()));
    lost = 9;
    put(frame("<27>a: 1"));
    spy.run_until([this] { return !spy.gaps.empty(); });
    CHECK_EQUAL("eg", spy.order);
    CHECK(spy.gaps[0].gap.count == 9u);
}

TEST(ThreadSource, a_message_that_was_longer_is_marked) {
    auto threads = source();
    CHECK(static_cast<bool>(threads.start()));
    put(frame("<27>a: 1", 0, inside::kFrameCut));
    spy.run_until_entries(1);
    CHECK_TRUE(spy.entries[0].entry.cut);
}

TEST(ThreadSource, bytes_that_are_no_frames_are_a_gap_of_unknown_size) {
    auto threads = source();
    CHECK(static_cast<bool>(threads.start()));
    put(std::string(16, '\xff'));
    spy.run_until([this] { return !spy.gaps.empty(); });
    CHECK_FALSE(spy.gaps[0].gap.count.has_value());
}

TEST(ThreadSource, a_successor_goes_on_in_the_middle_of_a_frame) {
    const auto bytes = frame("<27>a: 1");
    {
        auto threads = source();
        CHECK(static_cast<bool>(threads.start()));
        put(bytes.substr(0, 10));
        spy.run_until([this] { return spy.turns == 1; });
    }
    auto threads = source();
    CHECK(static_cast<bool>(threads.start()));
    put(bytes.substr(10));
    spy.run_until_entries(1);
}
