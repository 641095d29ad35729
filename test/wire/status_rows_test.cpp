// SPDX-License-Identifier: Apache-2.0
#include "wire/status_rows.h"

#include <CppUTest/TestHarness.h>

using namespace vakt;
using namespace vakt::keeper;
using namespace std::chrono_literals;

namespace {

const Instant start{1000s};

Settings one_of_each() {
    Settings settings;
    settings.leases.push_back({.name = "otp", .uid = 1000, .required = true, .timing = {11s, 60s}});
    settings.devices.push_back({.timeout = 30s});
    settings.evidence.push_back({.name = "disk", .freshness = 60s, .grace = 40s});
    return settings;
}

}  // namespace

TEST_GROUP(StatusRows) {
    Keeper board{one_of_each(), {}, start};

    void open_and_beat() {
        (void)board.begin(start);
        (void)board.on(start, Armed{.device = 0, .granted = 29s});
        (void)board.on(
            start,
            Open{.from = 5, .uid = 1000, .lease = "otp", .timing = {12s, 60s}, .vm = {4711, 1}});
        (void)board.on(start, Beat{.from = 5, .at = start});
    }
};

TEST(StatusRows, the_board_names_who_is_about_to_reset_it) {
    open_and_beat();
    const auto row = wire::board_row(board, start + 1s);
    CHECK_TRUE(row.now == start + 1s);
    CHECK_TRUE(row.deadline == start + 72s);
    CHECK_TRUE(row.oldest == Name("otp"));
    CHECK_FALSE(row.oldest_is_evidence);
    CHECK_TRUE(row.oldest_silent_from == start);
    CHECK_TRUE(row.oldest_deadline == start + 72s);
    CHECK_TRUE(row.rung == Rung::none);
    CHECK_TRUE(row.mode == Keeper::Mode::running);
    CHECK_EQUAL(0U, row.flags);
}

TEST(StatusRows, a_verdict_stands_in_the_boards_row_with_its_own_deadline) {
    open_and_beat();
    (void)board.on(start + 2s, EndAsked{.from = 9, .uid = 0, .end = EndKind::poweroff});
    const auto row = wire::board_row(board, start + 3s);
    CHECK_TRUE(row.rung == Rung::noting);
    CHECK_TRUE(row.end == EndKind::poweroff);
    CHECK_TRUE(row.cause == Cause::requested);
    CHECK_TRUE(row.deadline == start + 2s + 29s);  // the last pet and what was granted
}

TEST(StatusRows, a_killed_keepers_ladder_is_a_flag) {
    open_and_beat();
    (void)board.on(start + 1s, GivingUp{.from = 5, .cause = Cause::vm_crash});
    const auto before = board.state();
    const Keeper next(one_of_each(), {}, start + 2s, &before);
    CHECK_EQUAL(wire::lease::kHoldsBack, wire::board_row(next, start + 2s).flags);
}

TEST(StatusRows, a_lease_is_told_as_it_is_held) {
    const auto awaited = wire::lease_row(board, 0);
    CHECK_TRUE(awaited.presence == Presence::awaited);
    CHECK_FALSE(awaited.held);
    CHECK_TRUE(awaited.required);
    open_and_beat();
    const auto held = wire::lease_row(board, 0);
    CHECK_TRUE(held == (wire::lease::StatusLease{.name = "otp",
                                                 .uid = 1000,
                                                 .required = true,
                                                 .presence = Presence::held,
                                                 .held = true,
                                                 .timing = {12s, 60s},
                                                 .last_good_beat = start,
                                                 .deadline = start + 72s,
                                                 .vm_pid = 4711}));
    (void)board.on(start + 1s, GivingUp{.from = 5, .cause = Cause::vm_crash});
    CHECK_TRUE(wire::lease_row(board, 0).phase == Ladder::Phase::noting);
    CHECK_TRUE(wire::lease_row(board, 0).cause == Cause::vm_crash);
}

TEST(StatusRows, a_device_shows_what_was_granted_and_when_it_was_petted) {
    open_and_beat();
    const auto row = wire::device_row(board, 0);
    CHECK_TRUE(row.state == DeviceState::armed);
    CHECK_TRUE(row.granted == 29s);
    CHECK_TRUE(row.petted == start);
    CHECK_TRUE(row.time_left == -1ms);
}

TEST(StatusRows, evidence_shows_its_last_good_answer_and_whether_one_is_awaited) {
    (void)board.begin(start);
    const auto row = wire::evidence_row(board, 0);
    CHECK_TRUE(row == (wire::lease::StatusEvidence{.name = "disk",
                                                   .good = start,
                                                   .freshness = 60s,
                                                   .grace = 40s,
                                                   .deadline = start + 100s,
                                                   .asking = true}));
}

TEST(StatusRows, a_beat_interval_is_counted_in_the_first_column_that_holds_it) {
    CHECK_EQUAL(0U, wire::beat_column(0s));
    CHECK_EQUAL(0U, wire::beat_column(1s));
    CHECK_EQUAL(1U, wire::beat_column(1s + 1ns));
    CHECK_EQUAL(4U, wire::beat_column(5s));
    CHECK_EQUAL(5U, wire::beat_column(5s + 1ms));
    CHECK_EQUAL(10U, wire::beat_column(60s));
    CHECK_EQUAL(11U, wire::beat_column(60s + 1ns));
    CHECK_EQUAL(11U, wire::beat_column(24h));
}
