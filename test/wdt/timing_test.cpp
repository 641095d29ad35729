// SPDX-License-Identifier: Apache-2.0
#include "wdt/timing.h"

#include <CppUTest/TestHarness.h>

#include <array>

using namespace vakt;
using namespace vakt::wdt;
using namespace std::chrono_literals;

TEST_GROUP(Timing) { static constexpr std::array<Millis, 3> kSteps{408ms, 6700ms, 1680ms}; };

TEST(Timing, a_wanted_timeout_on_a_step_is_granted_whole) {
    CHECK(round_down(1680ms, kSteps) == 1680ms);
    CHECK(round_down(408ms, kSteps) == 408ms);
}

TEST(Timing, a_wanted_timeout_between_steps_is_rounded_down) {
    CHECK(round_down(1679ms, kSteps) == 408ms);
    CHECK(round_down(6699ms, kSteps) == 1680ms);
    CHECK(round_down(24h, kSteps) == 6700ms);
}

TEST(Timing, a_wanted_timeout_below_the_first_step_has_none) {
    CHECK(!round_down(407ms, kSteps));
    CHECK(!round_down(0ms, kSteps));
    CHECK(!round_down(-1ms, kSteps));
}

TEST(Timing, whole_units_are_rounded_down_within_their_bounds) {
    CHECK(round_down(59999ms, 1s, 1, 300) == 59s);
    CHECK(round_down(60000ms, 1s, 1, 300) == 60s);
    CHECK(round_down(300999ms, 1s, 1, 300) == 300s);
    CHECK(round_down(301s, 1s, 1, 300) == 300s);
    CHECK(round_down(1s, 1s, 1, 300) == 1s);
    CHECK(!round_down(999ms, 1s, 1, 300));
    CHECK(!round_down(-5s, 1s, 1, 300));
}

TEST(Timing, a_granted_timeout_that_leaves_ten_seconds_is_accepted) {
    CHECK_TRUE(static_cast<bool>(check_granted("w", 110s, 60s, 60s)));
}

TEST(Timing, a_granted_timeout_one_millisecond_longer_is_refused_with_the_arithmetic) {
    const auto checked = check_granted("/dev/watchdog0", 110001ms, 60s, 60s);
    CHECK_FALSE(static_cast<bool>(checked));
    STRCMP_EQUAL(
        "/dev/watchdog0 grants 110.001 s, but 60 s beat timeout + 60 s boot delay - 10 s = 110 s "
        "is the longest that keeps the hard deadline; ask for a shorter timeout, or raise the "
        "boot delay to 60.001 s or more",
        describe(checked.error()).c_str());
}

TEST(Timing, the_boot_delay_the_refusal_names_would_be_accepted) {
    CHECK_FALSE(static_cast<bool>(check_granted("w", 107s, 11s, 60s)));
    CHECK_TRUE(static_cast<bool>(check_granted("w", 107s, 11s, 107s - 11s + 10s)));
    CHECK_FALSE(static_cast<bool>(check_granted("w", 107s, 11s, 107s - 11s + 10s - 1ms)));
}

TEST(Timing, timings_that_leave_nothing_refuse_every_timeout) {
    CHECK_FALSE(static_cast<bool>(check_granted("w", 1ms, 5s, 5s)));
    CHECK_TRUE(static_cast<bool>(check_granted("w", 1ms, 5s, 5001ms)));
}

TEST(Timing, a_timeout_of_nothing_is_no_timeout) {
    CHECK_FALSE(static_cast<bool>(check_granted("w", 0ms, 60s, 60s)));
    CHECK_FALSE(static_cast<bool>(check_granted("w", -1s, 60s, 60s)));
}

TEST(Timing, times_are_said_as_people_write_them) {
    STRCMP_EQUAL("12 s", in_words(12s).c_str());
    STRCMP_EQUAL("0 s", in_words(0s).c_str());
    STRCMP_EQUAL("408 ms", in_words(408ms).c_str());
    STRCMP_EQUAL("1.68 s", in_words(1680ms).c_str());
    STRCMP_EQUAL("1.005 s", in_words(1005ms).c_str());
    STRCMP_EQUAL("-1 s", in_words(-1s).c_str());
}
