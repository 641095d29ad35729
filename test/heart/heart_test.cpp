// SPDX-License-Identifier: Apache-2.0
#include "heart/heart.h"

#include <CppUTest/TestHarness.h>

#include "test/support/heart_print.h"

using namespace std::chrono_literals;
using namespace vakt;
using namespace vakt::heart;

namespace {

const Instant kStart{1000h};

// What OTP's manual calls the smallest: -ht 11; and a VM that may be killed.
Settings eleven(const char* command = "reboot") {
    Settings settings;
    settings.beat_timeout = 11s;
    settings.knows_vm = true;
    if (command != nullptr) settings.command = command;
    return settings;
}

class Subject {
 public:
    explicit Subject(Settings settings) : heart_(std::move(settings), kStart) {}

    // What comes of `event` so long after the start.
    std::string at(Duration since, const Event& event) {
        return words(heart_.on(kStart + since, event));
    }
    // Ticks as the program does, when wanted, until so long after the start; all that came of it.
    std::string until(Duration since) {
        std::string all;
        while (heart_.wake_at() <= kStart + since) {
            const auto some = words(heart_.on(heart_.wake_at(), Tick{}));
            if (some.empty()) break;
            if (!all.empty()) all += ' ';
            all += some;
        }
        return all;
    }
    Heart& operator*() { return heart_; }
    Duration wakes() { return heart_.wake_at() - kStart; }

 private:
    Heart heart_;
};

#define SAYS(expected, actual) STRCMP_EQUAL(expected, (actual).c_str())

}  // namespace

TEST_GROUP(Heart){};

TEST(Heart, a_beat_renews_and_moves_the_deadline_to_the_nanosecond) {
    Subject heart(eleven());
    SAYS("Renew", heart.at(10s, Beat{}));
    SAYS("Warn(50) Warn(75)", heart.until(20s));
    SAYS("", heart.at(20999999999ns, Tick{}));
    SAYS("Report(heart-beat time-out, no activity for 11 seconds) GiveUp(0) KillVm(KILL)",
         heart.at(21s, Tick{}));
}

TEST(Heart, is_woken_for_warnings_and_verdict_alone) {
    Subject heart(eleven());
    CHECK(heart.wakes() == 5500ms);
    SAYS("", heart.at(5499999999ns, Tick{}));
    SAYS("Warn(50)", heart.at(5500ms, Tick{}));
    CHECK(heart.wakes() == 8250ms);
    SAYS("", heart.at(8249999999ns, Tick{}));
    SAYS("Warn(75)", heart.at(8250ms, Tick{}));
    CHECK(heart.wakes() == 11s);
    SAYS("Renew", heart.at(9s, Beat{}));
    CHECK(heart.wakes() == 14500ms);
    SAYS("Warn(50)", heart.at(14500ms, Tick{}));
}

TEST(Heart, other_messages_are_no_beats) {
    Subject heart(eleven());
    SAYS("Warn(50)", heart.until(7s));
    SAYS("", heart.at(7s, Noise{}));
    SAYS("TellCommand(reboot)", heart.at(8s, GetCommand{}));
    SAYS("Warn(75)", heart.until(9s));
    SAYS("Ack", heart.at(10s, SetCommand{"x"}));
    SAYS("Ack", heart.at(10999ms, ClearCommand{}));
    SAYS("Report(heart-beat time-out, no activity for 11 seconds) GiveUp(0) KillVm(KILL)",
         heart.until(11s));
}

TEST(Heart, judges_nothing_without_a_tick) {
    Subject heart(eleven());
    SAYS("Renew", heart.at(500s, Beat{}));
    SAYS("", heart.at(500s, Tick{}));
}

TEST(Heart, a_stall_of_its_own_is_not_the_VMs_silence) {
    Subject heart(eleven());
    heart.at(2s, GetCommand{});
    // Wanted at 5.5 s, came at 15 s: the 13 s since it was last awake do not count.
    SAYS("", heart.at(15s, Tick{}));
    SAYS("Warn(50) Warn(75)", heart.until(23999ms));
    SAYS("Report(heart-beat time-out, no activity for 24 seconds) GiveUp(0) KillVm(KILL)",
         heart.at(24s, Tick{}));
}

TEST(Heart, a_stall_over_the_deadline_leaves_the_VM_the_time_it_had) {
    Subject heart(eleven());
    SAYS("Warn(50) Warn(75)", heart.until(9s));
    SAYS("", heart.at(3600s, Tick{}));  // last awake at 8.25 s, so 2.75 s are left
    SAYS("", heart.at(3602749ms, Tick{}));
    SAYS("Report(heart-beat time-out, no activity for 3602 seconds) GiveUp(0) KillVm(KILL)",
         heart.at(3602750ms, Tick{}));
}

TEST(Heart, what_is_read_first_after_a_stall_does_not_hide_it) {
    Subject heart(eleven());
    heart.until(9s);
    SAYS("", heart.at(20s, Noise{}));
    SAYS("", heart.at(20s, Tick{}));
    CHECK(heart.wakes() == 22750ms);
}

TEST(Heart, a_tick_a_second_late_is_a_busy_machine_and_counts) {
    Subject heart(eleven());
    SAYS("Warn(50)", heart.until(6s));
    SAYS("Warn(75)", heart.until(9s));
    SAYS("Report(heart-beat time-out, no activity for 12 seconds) GiveUp(0) KillVm(KILL)",
         heart.at(12s, Tick{}));
}

TEST(Heart, a_tick_later_than_a_second_is_a_stall) {
    Subject heart(eleven());
    heart.until(9s);
    SAYS("", heart.at(12s + 1ns, Tick{}));
    CHECK(heart.wakes() == 12s + 1ns + 2750ms);
    SAYS("Renew", heart.at(13s, Beat{}));
    CHECK(heart.wakes() == 18500ms);
}

TEST(Heart, shut_down_leaves_in_order_and_runs_nothing) {
    Subject heart(eleven());
    SAYS("Retire Leave", heart.at(1s, ShutDown{}));
    SAYS("", heart.at(2s, PortClosed{}));
    SAYS("", heart.at(100s, Tick{}));
    CHECK((*heart).wake_at() == kNever);
}

TEST(Heart, a_closed_port_gives_a_living_VM_five_seconds_then_kills_it) {
    Subject heart(eleven());
    SAYS(
        "Report(Erlang has closed.) GiveUp(1) Report(Wait 5 seconds for Erlang to terminate "
        "nicely)",
        heart.at(1s, PortClosed{}));
    SAYS("", heart.at(5999999999ns, Tick{}));
    SAYS("Report(Erlang still alive, kill it) KillVm(KILL)", heart.at(6s, Tick{}));
    SAYS("RunCommand(reboot)", heart.at(6010ms, VmEnded{}));
    SAYS("Report(Executed \"reboot\" -> 0. Terminating.) Leave", heart.at(7s, CommandEnded{0}));
}

TEST(Heart, a_closed_port_of_a_VM_that_ended_runs_the_command_at_once) {
    Subject heart(eleven());
    SAYS("", heart.at(1s, VmEnded{}));
    SAYS(
        "Report(Erlang has closed.) GiveUp(1) Report(Wait 5 seconds for Erlang to terminate "
        "nicely) RunCommand(reboot)",
        heart.at(1s, PortClosed{}));
}

TEST(Heart, a_signal_that_ended_the_VM_is_another_cause_and_changes_no_other_word) {
    Subject heart(eleven());
    SAYS(
        "Report(Erlang has closed.) GiveUp(4) Report(Wait 5 seconds for Erlang to terminate "
        "nicely)",
        heart.at(1s, PortClosed{.signal = 9}));
    SAYS("RunCommand(reboot)", heart.at(1020ms, VmEnded{}));
}

TEST(Heart, a_VM_that_ends_in_its_grace_is_not_killed) {
    Subject heart(eleven());
    heart.at(1s, PortClosed{});
    SAYS("RunCommand(reboot)", heart.at(1020ms, VmEnded{}));
}

TEST(Heart, kills_once_a_second_five_times_then_goes_on) {
    Subject heart(eleven());
    heart.until(10s);
    SAYS("Report(heart-beat time-out, no activity for 11 seconds) GiveUp(0) KillVm(KILL)",
         heart.at(11s, Tick{}));
    SAYS("", heart.at(11999ms, Tick{}));
    SAYS("KillVm(KILL) KillVm(KILL) KillVm(KILL) KillVm(KILL)", heart.until(15999ms));
    SAYS(
        "Report(Unable to kill old process, kill failed (tried multiple times).) "
        "RunCommand(reboot)",
        heart.at(16s, Tick{}));
}

TEST(Heart, a_VM_that_is_not_ours_to_kill_stops_nobody) {
    Subject heart(eleven());
    heart.until(11s);
    SAYS(
        "Report(Unable to kill old process, kill failed (tried multiple times).) "
        "RunCommand(reboot)",
        heart.at(11s, VmUnkillable{}));
}

TEST(Heart, SIGABRT_is_sent_where_it_is_asked_for) {
    auto settings = eleven();
    settings.abort_instead = true;
    Subject heart(settings);
    heart.until(10s);
    SAYS(
        "Report(heart-beat time-out, no activity for 11 seconds) GiveUp(0) Report(kill signal "
        "SIGABRT requested) KillVm(ABRT)",
        heart.at(11s, Tick{}));
    SAYS("KillVm(ABRT)", heart.until(12s));
}

TEST(Heart, NO_KILL_and_an_unknown_VM_go_straight_to_the_command) {
    auto settings = eleven();
    settings.may_kill = false;
    Subject spared(settings);
    SAYS("Report(Erlang has closed.) GiveUp(1) RunCommand(reboot)", spared.at(1s, PortClosed{}));
    settings = eleven();
    settings.knows_vm = false;
    Subject unknown(settings);
    SAYS("Report(Erlang has closed.) GiveUp(1) RunCommand(reboot)", unknown.at(1s, PortClosed{}));
}

TEST(Heart, without_a_command_it_kills_nobody_says_so_and_leaves) {
    Subject heart(eleven(nullptr));
    SAYS("Report(Erlang has closed.) GiveUp(1) Report(Would reboot. Terminating.) Leave",
         heart.at(1s, PortClosed{}));
}

TEST(Heart, an_empty_HEART_COMMAND_counts_as_set) {
    auto settings = eleven();
    settings.command = "";
    settings.knows_vm = false;
    Subject heart(settings);
    SAYS("TellCommand()", heart.at(1s, GetCommand{}));
    SAYS("Report(Erlang has closed.) GiveUp(1) RunCommand()", heart.at(1s, PortClosed{}));
    SAYS("Report(Executed \"\" -> 0. Terminating.) Leave", heart.at(1s, CommandEnded{0}));
}

TEST(Heart, a_set_command_rules_until_it_is_cleared) {
    Subject heart(eleven());
    SAYS("Ack", heart.at(1s, SetCommand{"mine"}));
    SAYS("TellCommand(mine)", heart.at(1s, GetCommand{}));
    SAYS("Ack", heart.at(1s, ClearCommand{}));
    SAYS("TellCommand(reboot)", heart.at(1s, GetCommand{}));
    SAYS("Ack", heart.at(1s, SetCommand{"mine"}));
    SAYS("Ack", heart.at(1s, SetCommand{""}));
    SAYS("TellCommand(reboot)", heart.at(1s, GetCommand{}));
}

TEST(Heart, no_command_at_all_is_told_as_nothing) {
    Subject heart(Settings{});
    SAYS("TellCommand()", heart.at(1s, GetCommand{}));
}

TEST(Heart, a_crash_without_dump_time_is_acted_on_at_once) {
    Subject heart(eleven());
    SAYS("Report(Erlang is crashing .. (waiting for crash dump file)) GiveUp(3) KillVm(KILL)",
         heart.at(1s, PreparingCrash{}));
}

TEST(Heart, a_crash_dump_has_its_seconds_and_no_more) {
    auto settings = eleven();
    settings.crash_dump_seconds = 3;
    Subject heart(settings);
    SAYS(
        "Report(Erlang is crashing .. (waiting for crash dump file)) GiveUp(3) Report(Waiting for "
        "dump - timeout set to 3 seconds.)",
        heart.at(1s, PreparingCrash{}));
    SAYS("", heart.at(3999999999ns, Tick{}));
    SAYS("KillVm(KILL)", heart.at(4s, Tick{}));
}

TEST(Heart, any_input_ends_the_wait_for_the_dump) {
    const Event inputs[] = {Beat{},       ShutDown{},       SetCommand{"x"}, ClearCommand{},
                            GetCommand{}, PreparingCrash{}, Noise{},         PortClosed{},
                            PortFailed{}, Event{VmEnded{}}};
    for (const auto& input : inputs) {
        auto settings = eleven();
        settings.crash_dump_seconds = 3;
        settings.knows_vm = false;
        Subject heart(settings);
        heart.at(1s, PreparingCrash{});
        SAYS("RunCommand(reboot)", heart.at(2s, input));
    }
}

TEST(Heart, a_negative_dump_time_is_for_ever) {
    auto settings = eleven();
    settings.crash_dump_seconds = -1;
    Subject heart(settings);
    heart.at(1s, PreparingCrash{});
    CHECK((*heart).wake_at() == kNever);
    SAYS("", heart.at(100h, Tick{}));
    SAYS("KillVm(KILL)", heart.at(101h, PortClosed{}));
}

TEST(Heart, a_dump_time_of_nought_waits_for_nothing) {
    auto settings = eleven();
    settings.crash_dump_seconds = 0;
    Subject heart(settings);
    SAYS(
        "Report(Erlang is crashing .. (waiting for crash dump file)) GiveUp(3) Report(Waiting for "
        "dump - timeout set to 0 seconds.) KillVm(KILL)",
        heart.at(1s, PreparingCrash{}));
}

TEST(Heart, a_dump_time_beyond_all_bounds_is_for_ever) {
    auto settings = eleven();
    settings.crash_dump_seconds = std::numeric_limits<long>::max();
    Subject heart(settings);
    heart.at(1s, PreparingCrash{});
    CHECK((*heart).wake_at() == kNever);
}

TEST(Heart, a_command_past_its_limit_is_left_alone) {
    auto settings = eleven();
    settings.boot_delay = 30s;
    settings.knows_vm = false;
    Subject heart(settings);
    heart.at(1s, PortClosed{});
    SAYS("", heart.at(30999ms, Tick{}));
    SAYS(
        "Report(The heart command has not ended in its time and is left alone. Terminating.) Leave",
        heart.at(31s, Tick{}));
    SAYS("", heart.at(32s, CommandEnded{0}));
}

TEST(Heart, a_failing_command_is_said_and_nothing_more_without_a_guard) {
    auto settings = eleven();
    settings.knows_vm = false;
    Subject heart(settings);
    heart.at(1s, PortClosed{});
    SAYS("Report(Executed \"reboot\" -> 768. Terminating.) Leave", heart.at(2s, CommandEnded{768}));
}

TEST(Heart, a_broken_port_is_acted_on_like_silence) {
    Subject heart(eleven());
    SAYS("Report(error in read_message.) GiveUp(2) KillVm(KILL)", heart.at(1s, PortFailed{}));
}

TEST(Heart, being_asked_to_end_is_noted_and_decides_nothing) {
    Subject heart(eleven());
    SAYS("Report(SIGTERM noted: the VM's word, the end of it or its silence decides.)",
         heart.at(1s, AskedToEnd{"SIGTERM"}));
    SAYS("Renew", heart.at(2s, Beat{}));
    SAYS("Retire Leave", heart.at(3s, ShutDown{}));
}

TEST(Heart, beats_after_the_verdict_change_nothing) {
    Subject heart(eleven());
    heart.until(11s);
    SAYS("", heart.at(11500ms, Beat{}));
    SAYS("", heart.at(11500ms, ShutDown{}));
    SAYS("", heart.at(11500ms, SetCommand{"other"}));
    SAYS("RunCommand(reboot)", heart.at(11600ms, VmEnded{}));
}

TEST(Heart, the_end_of_the_VM_alone_is_no_verdict) {
    Subject heart(eleven());
    SAYS("", heart.at(1s, VmEnded{}));
    heart.until(10s);
    SAYS("Report(heart-beat time-out, no activity for 11 seconds) GiveUp(0) RunCommand(reboot)",
         heart.at(11s, Tick{}));
}

TEST_GROUP(GuardedHeart) {
    Settings settings = [] {
        auto s = eleven();
        s.guard = Guard::device;
        s.boot_delay = 20s;  // D = last beat + 31 s, the budget ends at 21 s
        return s;
    }();
};

TEST(GuardedHeart, the_signal_that_ended_the_VM_is_said) {
    Subject heart(settings);
    SAYS(
        "Report(Erlang has closed.) Report(Signal 9 ended it.) GiveUp(4) Report(Wait 5 seconds for "
        "Erlang to terminate nicely)",
        heart.at(1s, PortClosed{.signal = 9}));
}

TEST(GuardedHeart, the_hard_deadline_follows_the_last_good_beat) {
    Subject heart(settings);
    CHECK((*heart).hard_deadline() == kStart + 31s);
    heart.at(5s, Beat{});
    CHECK((*heart).hard_deadline() == kStart + 36s);
}

TEST(GuardedHeart, the_wait_for_a_dump_is_capped_by_the_budget) {
    settings.crash_dump_seconds = -1;
    Subject heart(settings);
    heart.at(1s, PreparingCrash{});
    SAYS("", heart.at(20999ms, Tick{}));
    SAYS("KillVm(KILL)", heart.at(21s, Tick{}));
}

TEST(GuardedHeart, the_command_has_what_is_left_of_the_budget) {
    settings.knows_vm = false;
    Subject heart(settings);
    heart.until(11s);
    SAYS("", heart.at(20999ms, Tick{}));
    SAYS(
        "Report(The heart command has not ended in its time and is left alone. Terminating.) "
        "Escalate(2) Leave",
        heart.at(21s, Tick{}));
}

TEST(GuardedHeart, a_failing_command_is_escalated) {
    settings.knows_vm = false;
    Subject heart(settings);
    heart.until(11s);
    SAYS("Report(Executed \"reboot\" -> 32512. Terminating.) Escalate(1) Leave",
         heart.at(12s, CommandEnded{32512}));
}

TEST(GuardedHeart, a_command_that_ended_well_may_have_started_the_VM_anew) {
    settings.knows_vm = false;
    Subject heart(settings);
    heart.until(11s);
    SAYS("Report(Executed \"reboot\" -> 0. Terminating.) Leave", heart.at(12s, CommandEnded{0}));
}

TEST(GuardedHeart, without_a_command_the_VM_is_killed_and_the_guard_told) {
    auto without = eleven(nullptr);
    without.guard = Guard::device;
    Subject heart(without);
    heart.until(10s);
    SAYS("Report(heart-beat time-out, no activity for 11 seconds) GiveUp(0) KillVm(KILL)",
         heart.at(11s, Tick{}));
    SAYS("VmGone Report(No heart command. Terminating.) Escalate(0) Leave",
         heart.at(11s, VmEnded{}));
}

TEST(GuardedHeart, killing_does_not_outlast_the_budget) {
    settings.boot_delay = 11s;  // the budget ends 1 s after the beat timeout
    Subject heart(settings);
    heart.until(11s);
    SAYS(
        "Report(Unable to kill old process, kill failed (tried multiple times).) "
        "RunCommand(reboot)",
        heart.at(12s, Tick{}));
    SAYS(
        "Report(The heart command has not ended in its time and is left alone. Terminating.) "
        "Escalate(2) Leave",
        heart.at(12s, Tick{}));
}

TEST(GuardedHeart, a_stall_of_its_own_moves_no_verdict_beyond_the_budget) {
    Subject heart(settings);
    SAYS("", heart.at(20s, Tick{}));  // wanted at 5.5 s
    CHECK(heart.wakes() == 21s);
    SAYS("Report(heart-beat time-out, no activity for 21 seconds) GiveUp(0) KillVm(KILL)",
         heart.at(21s, Tick{}));
}

TEST_GROUP(HeartWithALease) {
    Settings settings = [] {
        auto s = eleven();
        s.guard = Guard::keeper;
        s.boot_delay = 20s;
        return s;
    }();
};

TEST(HeartWithALease, the_verdict_is_acted_on_when_it_is_noted) {
    Subject heart(settings);
    heart.until(10s);
    SAYS("Report(heart-beat time-out, no activity for 11 seconds) GiveUp(0)",
         heart.at(11s, Tick{}));
    SAYS("KillVm(KILL)", heart.at(11300ms, MayProceed{}));
    SAYS("VmGone RunCommand(reboot)", heart.at(11400ms, VmEnded{}));
}

TEST(HeartWithALease, a_note_that_does_not_come_is_waited_for_two_seconds) {
    Subject heart(settings);
    heart.until(12s);
    CHECK(heart.wakes() == 13s);
    SAYS("", heart.at(12999ms, Tick{}));
    SAYS("KillVm(KILL)", heart.at(13s, Tick{}));
}

TEST(HeartWithALease, the_wait_for_the_note_ends_before_the_keeper_takes_over) {
    settings.boot_delay = 11s;
    settings.knows_vm = false;
    Subject heart(settings);
    heart.until(11s);
    CHECK(heart.wakes() == 11750ms);
}

TEST(HeartWithALease, a_verdict_when_the_budget_is_over_leaves_the_acts_to_the_keeper) {
    Subject heart(settings);
    heart.until(8250ms);
    // A stall of its own put the verdict off.
    SAYS("Report(heart-beat time-out, no activity for 21 seconds) GiveUp(0)",
         heart.at(20800ms, Tick{}) + heart.at(20900ms, Tick{}) + heart.at(21s, Tick{}));
    CHECK(heart.wakes() == 31s);
    SAYS("KillVm(KILL)", heart.at(22s, MayProceed{}));
}

TEST(HeartWithALease, a_dump_is_waited_for_while_the_note_is_written) {
    settings.crash_dump_seconds = 8;
    Subject heart(settings);
    heart.at(1s, PreparingCrash{});
    SAYS("", heart.at(2s, MayProceed{}));
    SAYS("KillVm(KILL)", heart.at(9s, Tick{}));
}

TEST(HeartWithALease, a_dump_that_is_there_before_the_note_waits_for_it) {
    settings.crash_dump_seconds = 8;
    Subject heart(settings);
    heart.at(1s, PreparingCrash{});
    SAYS("", heart.at(1500ms, PortClosed{}));
    CHECK(heart.wakes() == 3s);
    SAYS("KillVm(KILL)", heart.at(1600ms, MayProceed{}));
}

TEST(HeartWithALease, the_keeper_may_want_the_command_left_alone_earlier) {
    settings.knows_vm = false;
    Subject heart(settings);
    heart.until(11s);
    SAYS("RunCommand(reboot)", heart.at(12s, MayProceed{kStart + 15s}));
    CHECK(heart.wakes() == 15s);
}

TEST(HeartWithALease, a_word_to_proceed_without_a_verdict_is_void) {
    Subject heart(settings);
    SAYS("", heart.at(1s, MayProceed{}));
    heart.until(12s);
    CHECK(heart.wakes() == 13s);
}

TEST(HeartWithALease, no_lease_no_waiting) {
    Subject heart(settings);
    heart.at(1s, Guarded{Guard::none});
    heart.until(10s);
    SAYS("Report(heart-beat time-out, no activity for 11 seconds) GiveUp(0) KillVm(KILL)",
         heart.at(11s, Tick{}));
}

TEST(Heart, a_snooze_has_silence_count_from_its_end) {
    Subject heart(eleven());
    SAYS("", heart.at(5s, Snoozed{kStart + 60s}));
    CHECK(heart.wakes() == 65500ms);
    SAYS("Renew", heart.at(30s, Beat{}));
    CHECK(heart.wakes() == 65500ms);
    CHECK((*heart).hard_deadline() == kStart + 60s + 11s + 60s);
    SAYS("Warn(50) Warn(75)", heart.until(70999999999ns));
    SAYS("Report(heart-beat time-out, no activity for 41 seconds) GiveUp(0) KillVm(KILL)",
         heart.at(71s, Tick{}));
}

TEST(Heart, a_beat_after_a_snooze_counts_as_ever) {
    Subject heart(eleven());
    heart.at(5s, Snoozed{kStart + 60s});
    SAYS("Renew", heart.at(62s, Beat{}));
    CHECK(heart.wakes() == 67500ms);
}

TEST(Heart, a_snooze_that_is_taken_back_has_silence_count_from_then) {
    Subject heart(eleven());
    heart.at(5s, Snoozed{kStart + 60s});
    SAYS("", heart.at(20s, Snoozed{kStart + 20s}));
    CHECK(heart.wakes() == 25500ms);
}

TEST(Heart, a_snooze_after_the_verdict_changes_nothing) {
    Subject heart(eleven());
    heart.until(11s);
    SAYS("", heart.at(11s, Snoozed{kStart + 60s}));
    CHECK(heart.wakes() == 12s);
}
