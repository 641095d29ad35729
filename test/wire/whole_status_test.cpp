// SPDX-License-Identifier: Apache-2.0
#include "wire/whole_status.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::wire;
using Took = StatusReader::Took;

TEST_GROUP(StatusReader) {
    StatusReader reader;
    Took take(const LeaseMessage& message) { return reader.take(message); }
};

TEST(StatusReader, rows_between_board_and_end_make_a_whole_status) {
    CHECK_TRUE(take(lease::StatusBoard{.beats = 7}) == Took::part);
    CHECK_TRUE(take(lease::StatusLease{.name = "a"}) == Took::part);
    CHECK_TRUE(take(lease::StatusLease{.name = "b"}) == Took::part);
    CHECK_TRUE(take(lease::StatusDevice{.number = 3}) == Took::part);
    CHECK_TRUE(take(lease::StatusEvidence{.name = "disk"}) == Took::part);
    CHECK_TRUE(take(lease::StatusEnd{}) == Took::whole);
    CHECK_EQUAL(7U, reader.status().board.beats);
    CHECK_EQUAL(2U, reader.status().leases.size());
    CHECK_EQUAL(3U, reader.status().devices[0].number);
    CHECK_TRUE(reader.status().evidence[0].name == vakt::keeper::Name("disk"));
}

TEST(StatusReader, the_next_board_begins_anew) {
    (void)take(lease::StatusBoard{});
    (void)take(lease::StatusLease{});
    (void)take(lease::StatusEnd{});
    CHECK_TRUE(take(lease::StatusBoard{}) == Took::part);
    CHECK_TRUE(take(lease::StatusEnd{}) == Took::whole);
    CHECK_EQUAL(0U, reader.status().leases.size());
}

TEST(StatusReader, news_before_and_after_is_other_and_between_is_bad) {
    CHECK_TRUE(take(lease::News{}) == Took::other);
    (void)take(lease::StatusBoard{});
    CHECK_TRUE(take(lease::News{}) == Took::bad);
}

TEST(StatusReader, rows_and_ends_without_a_board_and_two_boards_are_bad) {
    CHECK_TRUE(take(lease::StatusLease{}) == Took::bad);
    CHECK_TRUE(take(lease::StatusEnd{}) == Took::bad);
    (void)take(lease::StatusBoard{});
    CHECK_TRUE(take(lease::StatusBoard{}) == Took::bad);
}

TEST(StatusReader, sixteen_leases_and_eight_devices_are_taken_and_one_more_is_bad) {
    (void)take(lease::StatusBoard{});
    for (int n = 0; n < 16; ++n) CHECK_TRUE(take(lease::StatusLease{}) == Took::part);
    CHECK_TRUE(take(lease::StatusLease{}) == Took::bad);
    for (int n = 0; n < 8; ++n) CHECK_TRUE(take(lease::StatusDevice{}) == Took::part);
    CHECK_TRUE(take(lease::StatusDevice{}) == Took::bad);
}
