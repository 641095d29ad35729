// SPDX-License-Identifier: Apache-2.0
#include "relay/rate_guard.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt;
using namespace std::chrono_literals;
using relay::RateGuard;

TEST_GROUP(RateGuard) {
    RateGuard guard{{.per_second = 10, .burst = 3}};
    Instant now = Instant{} + 1h;

    bool allows(std::string_view sender) { return guard.judge(sender, now).allowed; }
    unsigned allowed_of(unsigned count, std::string_view sender) {
        unsigned allowed = 0;
        for (unsigned n = 0; n < count; ++n) allowed += allows(sender) ? 1U : 0U;
        return allowed;
    }
};

TEST(RateGuard, a_burst_passes_and_no_more) { CHECK_EQUAL(3u, allowed_of(5, "a")); }

TEST(RateGuard, one_more_passes_after_each_tenth_of_a_second) {
    CHECK_EQUAL(3u, allowed_of(4, "a"));
    now += 100ms - 1ns;
    CHECK_FALSE(allows("a"));
    now += 1ns;
    CHECK_TRUE(allows("a"));
    CHECK_FALSE(allows("a"));
}

TEST(RateGuard, a_long_silence_gives_no_more_than_a_burst) {
    CHECK_EQUAL(3u, allowed_of(3, "a"));
    now += 1h;
    CHECK_EQUAL(3u, allowed_of(9, "a"));
}

TEST(RateGuard, one_sender_takes_nothing_from_another) {
    CHECK_EQUAL(3u, allowed_of(100, "a"));
    CHECK_EQUAL(3u, allowed_of(100, "b"));
}

TEST(RateGuard, a_burst_of_none_is_one) {
    guard = RateGuard({.per_second = 1, .burst = 0});
    CHECK_EQUAL(1u, allowed_of(2, "a"));
}

TEST(RateGuard, what_was_held_is_said_with_the_next_that_is_allowed) {
    CHECK_EQUAL(3u, allowed_of(5, "a"));
    now += 100ms;
    const auto judgement = guard.judge("a", now);
    CHECK_TRUE(judgement.allowed);
    CHECK_EQUAL(2u, judgement.to_say->count);
    CHECK_TRUE(judgement.to_say->sender.view() == "a");
    CHECK_TRUE(guard.due() == kNever);
}

TEST(RateGuard, what_was_held_is_due_a_second_after_the_first_of_it) {
    CHECK_EQUAL(3u, allowed_of(4, "a"));
    CHECK_TRUE(guard.due() == now + 1s);
    now += 50ms;
    CHECK_FALSE(allows("a"));
    now += 950ms - 1ns;
    CHECK_FALSE(guard.take_due(now).has_value());
    now += 1ns;
    CHECK_EQUAL(2u, guard.take_due(now)->count);
    CHECK_FALSE(guard.take_due(now).has_value());
    CHECK_TRUE(guard.due() == kNever);
}

TEST(RateGuard, a_sender_that_has_to_make_room_is_said_first) {
    std::uint64_t held = 0;
    std::uint64_t said = 0;
    for (int n = 0; n < 5000; ++n) {
        const auto name = "sender " + std::to_string(n);
        for (int i = 0; i < 5; ++i) {
            const auto judgement = guard.judge(name, now);
            held += judgement.allowed ? 0U : 1U;
            said += judgement.to_say ? judgement.to_say->count : 0;
        }
    }
    CHECK_EQUAL(10000u, held);
    while (const auto left = guard.take_any()) said += left->count;
    CHECK_EQUAL(held, said);
}

TEST(RateGuard, names_count_up_to_their_96th_byte) {
    const std::string name(96, 'x');
    CHECK_EQUAL(3u, allowed_of(3, name));
    CHECK_FALSE(allows(name + "y"));
    CHECK_TRUE(allows(name.substr(1) + "y"));
}
