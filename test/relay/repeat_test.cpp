// SPDX-License-Identifier: Apache-2.0
#include "relay/repeat.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt;
using namespace std::chrono_literals;
using relay::Repeat;

TEST_GROUP(Repeat) {
    Repeat repeat;
    Instant now = Instant{} + 1h;
    syslog::Entry entry;

    void setup() override {
        entry.record.pri = syslog::Pri(3, syslog::Severity::info);
        entry.record.host = "board";
        entry.record.app = "app";
        entry.record.pid = "7";
        entry.record.text = "some text that is long enough";
    }
    bool differs(const syslog::Record& other) {
        return !relay::same_words(entry.record, other) &&
               !(repeat.watch(entry.record), repeat.is_like(other));
    }
};

TEST(Repeat, nothing_is_like_nothing) { CHECK_FALSE(repeat.is_like(entry.record)); }

TEST(Repeat, time_and_raw_bytes_make_no_difference) {
    auto other = entry.record;
    other.time_ns = 5;
    repeat.watch(entry.record);
    CHECK_TRUE(repeat.is_like(other));
    CHECK_TRUE(relay::same_words(entry.record, other));
}

TEST(Repeat, each_part_makes_a_difference) {
    auto other = entry.record;
    other.pri = syslog::Pri(3, syslog::Severity::notice);
    CHECK_TRUE(differs(other));
    other = entry.record;
    other.pid = "77";
    CHECK_TRUE(differs(other));
    other = entry.record;
    other.msgid = "ID";
    CHECK_TRUE(differs(other));
    other = entry.record;
    other.text = "some text that is long enougH";
    CHECK_TRUE(differs(other));
    other = entry.record;
    other.text = "";
    CHECK_TRUE(differs(other));
    other = entry.record;
    other.host = "bored";
    CHECK_FALSE(relay::same_words(entry.record, other));
}

TEST(Repeat, short_texts_are_compared_too) {
    entry.record.text = "1234567";
    auto other = entry.record;
    other.text = "1234568";
    repeat.watch(entry.record);
    CHECK_TRUE(repeat.is_like(other));  // no sample of so few bytes
    CHECK_FALSE(relay::same_words(entry.record, other));
}

TEST(Repeat, a_run_is_due_a_second_after_its_first) {
    repeat.watch(entry.record);
    CHECK_TRUE(repeat.due() == kNever);
    repeat.add(entry, now);
    entry.source_seq = 9;
    repeat.add(entry, now + 500ms);
    CHECK_TRUE(repeat.due() == now + 1s);
    CHECK_EQUAL(2u, repeat.count());
    CHECK_EQUAL(9u, repeat.last().source_seq);
    repeat.said();
    CHECK_TRUE(repeat.due() == kNever);
    CHECK_TRUE(repeat.is_like(entry.record));
    repeat.forget();
    CHECK_FALSE(repeat.is_like(entry.record));
}

TEST(Repeat, what_is_owed_is_due_at_once) {
    repeat.owe(3, {});
    CHECK_TRUE(repeat.due() == Instant{});
    CHECK_EQUAL(3u, repeat.count());
}
