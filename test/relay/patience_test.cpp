// SPDX-License-Identifier: Apache-2.0
#include "relay/patience.h"

#include <CppUTest/TestHarness.h>

using namespace std::chrono_literals;
using vakt::relay::Patience;

TEST_GROUP(Patience) {
    Patience::Instant start{1000s};
    Patience patience{500ms, 100};
};

TEST(Patience, a_ring_just_full_waits) { CHECK_FALSE(patience.may_drop(start)); }

TEST(Patience, a_reader_that_took_nothing_is_waited_for_until_the_window_is_over_and_no_longer) {
    CHECK_FALSE(patience.may_drop(start));
    CHECK_TRUE(patience.ask_again() == start + 500ms);
    CHECK_FALSE(patience.may_drop(start + 499ms));
    CHECK_TRUE(patience.may_drop(start + 500ms));
}

TEST(Patience, a_reader_that_took_enough_gets_another_window) {
    CHECK_FALSE(patience.may_drop(start));
    patience.taken(60);
    patience.taken(40);
    CHECK_FALSE(patience.may_drop(start + 500ms));
    CHECK_TRUE(patience.ask_again() == start + 1000ms);
    CHECK_TRUE(patience.may_drop(start + 1000ms));
}

TEST(Patience, a_reader_that_took_one_byte_less_gets_none) {
    CHECK_FALSE(patience.may_drop(start));
    patience.taken(99);
    CHECK_TRUE(patience.may_drop(start + 500ms));
}

TEST(Patience, what_was_taken_before_the_ring_was_full_does_not_count) {
    patience.taken(1000);
    CHECK_FALSE(patience.may_drop(start));
    CHECK_TRUE(patience.may_drop(start + 500ms));
}

TEST(Patience, once_dropping_it_drops_until_eased) {
    CHECK_FALSE(patience.may_drop(start));
    CHECK_TRUE(patience.may_drop(start + 500ms));
    patience.taken(1000);
    CHECK_TRUE(patience.may_drop(start + 501ms));
    patience.eased();
    CHECK_FALSE(patience.may_drop(start + 502ms));
}

TEST(Patience, a_window_of_nothing_never_waits) {
    Patience none(0ms, 100);
    CHECK_TRUE(none.may_drop(start));
    none.taken(1000);
    CHECK_TRUE(none.may_drop(start));
}
