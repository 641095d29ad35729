// SPDX-License-Identifier: Apache-2.0
#include "console/log_backlog.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::console;
using namespace std::chrono_literals;
using vakt::Instant;
using vakt::kNever;

TEST_GROUP(LogBacklog) {
    static constexpr std::size_t kPiece = 65536 - 64;  // with what a record costs, 16 fill it
    Instant start{1h};
    LogBacklog backlog;

    void put(Instant now, std::size_t bytes = kPiece) {
        backlog.put(now, {.bytes = std::string(bytes, 'x')});
    }
    void fill(Instant now) {
        for (int i = 0; i < 16; ++i) put(now);
    }
};

TEST(LogBacklog, the_node_waits_when_it_is_full) {
    for (int i = 0; i < 15; ++i) put(start);
    CHECK_FALSE(backlog.full());
    put(start);
    CHECK_TRUE(backlog.full());
    backlog.taken(start);
    CHECK_FALSE(backlog.full());
}

TEST(LogBacklog, it_keeps_order) {
    backlog.put(start, {.bytes = "a"});
    backlog.put(start, {.what = LogRecord::What::still_alive, .bytes = ""});
    CHECK(backlog.first().bytes == "a");
    backlog.taken(start);
    CHECK(backlog.first().what == LogRecord::What::still_alive);
    backlog.taken(start);
    CHECK_TRUE(backlog.empty());
}

TEST(LogBacklog, nobody_waits_longer_than_a_second_for_a_disk_that_takes_nothing) {
    fill(start);
    CHECK(backlog.wake_at() == start + 1s);
    backlog.on_wake(start + 1s - 1ns);
    CHECK_TRUE(backlog.full());
    backlog.on_wake(start + 1s);
    CHECK_FALSE(backlog.full());
    CHECK_TRUE(backlog.hung());
    CHECK(backlog.wake_at() == kNever);
}

TEST(LogBacklog, a_disk_that_takes_something_is_waited_for) {
    fill(start);
    backlog.taken(start + 900ms);
    put(start + 900ms);
    CHECK_TRUE(backlog.full());
    CHECK(backlog.wake_at() == start + 1900ms);
    backlog.on_wake(start + 1s);
    CHECK_FALSE(backlog.hung());
}

TEST(LogBacklog, a_queue_that_was_empty_for_long_has_all_its_patience) {
    fill(start + 1h);
    backlog.on_wake(start + 1h);
    CHECK_FALSE(backlog.hung());
}

TEST(LogBacklog, what_is_dropped_is_counted_and_stands_before_what_comes_next) {
    fill(start);
    backlog.on_wake(start + 1s);
    put(start + 2s, 7);
    put(start + 2s, 4);
    backlog.put(start + 2s, {.what = LogRecord::What::still_alive, .bytes = ""});
    CHECK_EQUAL(11, backlog.missed());
    for (int i = 0; i < 7; ++i) backlog.taken(start + 3s);
    CHECK_TRUE(backlog.hung());
    backlog.taken(start + 3s);
    CHECK_FALSE(backlog.hung());
    put(start + 3s, 1);
    CHECK_EQUAL(0, backlog.missed());
    for (int i = 0; i < 8; ++i) backlog.taken(start + 3s);
    CHECK_EQUAL(11, backlog.first().missed);
    CHECK_EQUAL(1, backlog.first().bytes.size());
}
