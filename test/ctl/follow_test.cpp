// SPDX-License-Identifier: Apache-2.0
#include "ctl/follow.h"

#include <CppUTest/TestHarness.h>

using namespace vakt;
using namespace vakt::ctl;
using namespace std::chrono_literals;
using keeper::Cause;
using keeper::NoteKind;
using Phase = keeper::Ladder::Phase;

namespace {
const Instant start{1000s};
}

TEST_GROUP(Follow) {
    wire::WholeStatus board(Phase phase, Instant last_beat, Instant deadline) {
        wire::WholeStatus status;
        status.board.deadline = deadline;
        status.leases.push_back({.name = "otp",
                                 .presence = keeper::Presence::held,
                                 .phase = phase,
                                 .held = true,
                                 .last_good_beat = last_beat,
                                 .deadline = deadline});
        return status;
    }
    wire::WholeStatus before = board(Phase::calm, start - 1s, start + 70s);
    Follow follow{keeper::DrillKind::hang_vm, "otp", start, before};

    void ends_as(DrillEnd end) {
        CHECK_TRUE(follow.end().has_value());
        CHECK_TRUE(*follow.end() == end);
    }
};

TEST(Follow, a_step_shows_the_time_since_the_drill_and_what_is_left_until_d) {
    const auto lines = follow.news(start + 12s, {.kind = NoteKind::given_up,
                                                 .cause = Cause::vm_silent,
                                                 .subject = "otp",
                                                 .deadline = start + 71s});
    CHECK_EQUAL(1U, lines.size());
    STRCMP_EQUAL(
        "   12.0 s  D in 59.0 s     "
        "otp: given up: no beat from the VM; reset in 59 s at the latest",
        lines[0].c_str());
    CHECK_TRUE(follow.deadline() == start + 71s);
}

TEST(Follow, each_phase_is_shown_once_and_the_warnings_are_left_to_the_news) {
    CHECK_EQUAL(0U, follow.status(start + 6s, board(Phase::warned, start, start + 70s)).size());
    CHECK_EQUAL(1U, follow.status(start + 12s, board(Phase::noting, start, start + 70s)).size());
    CHECK_EQUAL(0U, follow.status(start + 12s, board(Phase::noting, start, start + 70s)).size());
    CHECK_EQUAL(1U, follow.status(start + 13s, board(Phase::killing, start, start + 70s)).size());
    CHECK_FALSE(follow.end().has_value());
}

TEST(Follow, the_keepers_word_of_recovery_of_this_lease_ends_it_and_of_another_does_not) {
    (void)follow.news(start + 20s, {.kind = NoteKind::recovered, .subject = "other"});
    CHECK_FALSE(follow.end().has_value());
    (void)follow.news(start + 21s, {.kind = NoteKind::recovered, .subject = "otp"});
    ends_as(DrillEnd::recovered);
    CHECK_EQUAL(0U, follow.news(start + 22s, {.subject = "otp"}).size());
}

TEST(Follow, a_vm_that_leaves_in_order_ends_it) {
    (void)follow.news(start + 20s, {.kind = NoteKind::retired, .subject = "otp"});
    ends_as(DrillEnd::recovered);
}

TEST(Follow, a_beat_counts_as_recovery_from_2_s_after_the_drill_on) {
    (void)follow.status(start + 5s, board(Phase::calm, start + 2s - 1ns, start + 70s));
    CHECK_FALSE(follow.end().has_value());
    (void)follow.status(start + 5s, board(Phase::warned, start + 2s, start + 70s));
    CHECK_FALSE(follow.end().has_value());
    (void)follow.status(start + 5s, board(Phase::calm, start + 2s, start + 70s));
    ends_as(DrillEnd::recovered);
}

TEST(Follow, a_lost_connection_after_a_verdict_is_the_boards_end) {
    CHECK_EQUAL(1U, follow
                        .news(start + 60s, {.kind = NoteKind::verdict,
                                            .cause = Cause::vm_silent,
                                            .subject = "otp",
                                            .deadline = start + 70s})
                        .size());
    CHECK_EQUAL(1U, follow.lost(start + 65s).size());
    ends_as(DrillEnd::board);
}

TEST(Follow, a_rung_that_only_the_status_shows_is_a_verdict_too) {
    auto status = board(Phase::spent, start, start + 70s);
    status.board.rung = keeper::Rung::login1;
    CHECK_EQUAL(1U, follow.status(start + 60s, status).size());
    CHECK_EQUAL(0U, follow.status(start + 60s, status).size());
    (void)follow.lost(start + 61s);
    ends_as(DrillEnd::board);
}

TEST(Follow, a_lost_connection_without_a_verdict_is_a_lost_keeper) {
    (void)follow.lost(start + 1s);
    ends_as(DrillEnd::lost);
}

TEST(Follow, it_is_overdue_more_than_2_s_after_d) {
    CHECK_EQUAL(0U, follow.tick(start + 72s).size());
    CHECK_FALSE(follow.end().has_value());
    CHECK_EQUAL(1U, follow.tick(start + 72s + 1ns).size());
    ends_as(DrillEnd::overdue);
}

TEST(Follow, a_drill_of_petting_follows_the_board_and_no_lease) {
    Follow petting(keeper::DrillKind::stop_petting, "", start, before);
    auto status = board(Phase::calm, start + 5s, start + 90s);
    (void)petting.status(start + 6s, status);
    CHECK_FALSE(petting.end().has_value());
    status.board.rung = keeper::Rung::hardware;
    status.board.deadline = start + 8s;
    CHECK_EQUAL(1U, petting.status(start + 7s, status).size());
    CHECK_TRUE(petting.deadline() == start + 8s);
}

TEST(Follow, without_any_deadline_it_ends_all_the_same) {
    Follow endless(keeper::DrillKind::hang_vm, "otp", start, {});
    CHECK_EQUAL(0U, endless.tick(start + 600s).size());
    CHECK_EQUAL(1U, endless.tick(start + 600s + 1ns).size());
}
