// SPDX-License-Identifier: Apache-2.0
#include "guard/solo.h"

#include <CppUTest/TestHarness.h>

using namespace std::chrono_literals;
using namespace vakt;
using namespace vakt::guard;

namespace {
const Instant kStart{1000h};
}

TEST_GROUP(Solo) {
    Solo solo;
    // -ht 60 -wt 60, and hardware that takes 20 s: D = 120 s after the beat.
    void counting(Duration granted) {
        solo.beat(kStart + 120s);
        solo.armed(kStart, granted);
    }
    bool is(SoloAct act, Duration since) { return solo.due(kStart + since) == act; }
    Duration wakes(Duration since) { return solo.wake_at(kStart + since) - kStart; }
};

TEST(Solo, takes_the_longest_timeout_that_keeps_the_hard_deadline) {
    CHECK(Solo::longest(60s, 60s) == 110s);
}

TEST(Solo, is_petted_at_half_its_timeout_and_not_before) {
    counting(20s);
    CHECK(wakes(0s) == 10s);
    CHECK(is(SoloAct::nothing, 9999ms));
    CHECK(is(SoloAct::pet, 10s));
    CHECK(is(SoloAct::nothing, 10s));
    CHECK(wakes(10s) == 20s);
}

TEST(Solo, is_petted_until_its_expiry_meets_the_hard_deadline) {
    counting(20s);
    for (auto at = 10s; at <= 90s; at += 10s) CHECK(is(SoloAct::pet, at));
    CHECK(wakes(90s) == 99500ms);
    CHECK(is(SoloAct::pet, 99500ms));
    CHECK(solo.wake_at(kStart + 99500ms) == kNever);
    CHECK(is(SoloAct::nothing, 110s));
}

TEST(Solo, a_good_beat_resumes_petting) {
    counting(20s);
    for (auto at = 10s; at <= 90s; at += 10s) is(SoloAct::pet, at);
    is(SoloAct::pet, 99500ms);
    solo.beat(kStart + 220s);
    CHECK(wakes(100s) == 109500ms);
}

TEST(Solo, after_the_verdict_what_is_left_is_armed_and_the_device_let_go_of) {
    counting(110s);
    CHECK(is(SoloAct::pet, 9500ms));
    CHECK(is(SoloAct::nothing, 60s));
    solo.give_up();
    CHECK(solo.wake_at(kStart + 60s) <= kStart + 60s);
    CHECK(is(SoloAct::arm_the_rest, 60s));
    CHECK(solo.last_countdown(kStart + 60s) == 59500ms);
    CHECK(is(SoloAct::nothing, 60s));
    solo.armed(kStart + 60s, 59s);
    CHECK(solo.let_go());
    CHECK(solo.over(kStart + 60s));
}

TEST(Solo, after_the_verdict_a_short_timeout_is_petted_on_until_then) {
    counting(20s);
    solo.give_up();
    CHECK(is(SoloAct::pet, 10s));
    CHECK(!solo.over(kStart + 10s));
    for (auto at = 20s; at <= 90s; at += 10s) CHECK(is(SoloAct::pet, at));
    CHECK(is(SoloAct::arm_the_rest, 99500ms));
}

TEST(Solo, hardware_with_coarse_steps_is_armed_again_and_again) {
    counting(110s);
    is(SoloAct::pet, 9500ms);
    solo.give_up();
    CHECK(is(SoloAct::arm_the_rest, 60s));
    solo.armed(kStart + 60s, 27s);
    CHECK(!solo.let_go());
    CHECK(is(SoloAct::pet, 73500ms));
    CHECK(is(SoloAct::pet, 87s));
    CHECK(is(SoloAct::arm_the_rest, 92500ms));
    solo.armed(kStart + 92500ms, 27s);
    CHECK(solo.let_go());
}

TEST(Solo, one_that_cannot_be_let_go_of_is_held_until_it_should_have_bitten) {
    counting(110s);
    solo.cannot_let_go();
    is(SoloAct::pet, 9500ms);
    solo.give_up();
    CHECK(is(SoloAct::nothing, 60s));
    CHECK(!solo.over(kStart + 229s));
    CHECK(wakes(60s) == 230s);
    CHECK(solo.over(kStart + 230s));
}

TEST(Solo, a_pet_that_failed_is_tried_again_in_a_second) {
    counting(20s);
    CHECK(is(SoloAct::pet, 10s));
    solo.pet_failed(kStart + 10s);
    CHECK(is(SoloAct::nothing, 10999ms));
    CHECK(is(SoloAct::pet, 11s));
}

TEST(Solo, a_last_pet_that_failed_is_not_tried_without_a_pause) {
    counting(20s);
    for (auto at = 10s; at <= 90s; at += 10s) is(SoloAct::pet, at);
    CHECK(is(SoloAct::pet, 99500ms));
    solo.pet_failed(kStart + 99500ms);
    CHECK(is(SoloAct::nothing, 99600ms));
    CHECK(wakes(99600ms) == 100500ms);
}

TEST(Solo, one_that_was_never_armed_holds_nobody) {
    solo.give_up();
    CHECK(solo.over(kStart));
    CHECK(is(SoloAct::nothing, 1s));
}
