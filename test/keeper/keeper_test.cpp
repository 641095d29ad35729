// SPDX-License-Identifier: Apache-2.0
#include "keeper/keeper.h"

#include <CppUTest/TestHarness.h>

using namespace vakt;
using namespace vakt::keeper;
using namespace std::chrono_literals;

namespace {

const Instant start{1000s};
constexpr BootId kBoot{1};

template <class A>
std::size_t count(const Actions& actions) {
    std::size_t found = 0;
    for (const auto& action : actions)
        if (std::holds_alternative<A>(action)) ++found;
    return found;
}
template <class A>
A first(const Actions& actions) {
    for (const auto& action : actions)
        if (const auto* wanted = std::get_if<A>(&action)) return *wanted;
    FAIL("the action is not there");
    return A{};
}
template <class A>
std::size_t place(const Actions& actions) {
    for (std::size_t n = 0; n < actions.size(); ++n)
        if (std::holds_alternative<A>(actions[n])) return n;
    return actions.size();
}

Settings settings_with(std::size_t devices, Duration timeout = 30s) {
    Settings settings;
    LeaseRule rule;
    rule.name = "otp";
    rule.uid = 1000;
    settings.leases.push_back(rule);
    for (std::size_t n = 0; n < devices; ++n) {
        DeviceRule device;
        device.timeout = timeout;
        device.shutdown_timeout = 600s;
        settings.devices.push_back(device);
    }
    return settings;
}

}  // namespace

// One lease "otp" of uid 1000, beat timeout 60 s, boot delay 60 s, one device of 30 s.
TEST_GROUP(Keeper) {
    Settings settings = settings_with(1);
    Keeper keeper{settings, kBoot, start};
    Vm vm{4711, 1};

    void begin() {
        CHECK_EQUAL(1U, count<Arm>(keeper.begin(start)));
        (void)keeper.on(start, Armed{0, 30s});
    }
    Actions open(Instant now, Connection from = 1, Timing timing = {}) {
        return keeper.on(now, Open{from, 1000, "otp", timing, vm, Killing{}});
    }
    void begin_and_beat() {
        begin();
        (void)open(start);
        (void)keeper.on(start, Beat{1, start});
    }
    Actions tick(Instant now) { return keeper.on(now, Tick{}); }
    /// Ticks whenever it is wanted, up to `until`; what came of it.
    Actions run(Instant until) {
        Actions all;
        while (keeper.wake_at() <= until)
            for (const auto& action : tick(keeper.wake_at())) all.push_back(action);
        return all;
    }
    Keeper restarted(Instant now, Keeper::Adopted adopted = {0, false}) {
        const auto state = keeper.state();
        return Keeper{settings, kBoot, now, &state, adopted};
    }
};

TEST(Keeper, an_unknown_lease_and_a_strangers_uid_are_refused_alike) {
    begin();
    const auto unknown = keeper.on(start, Open{1, 1000, "other", {}, vm, {}});
    CHECK_TRUE((first<Answer>(unknown) == Answer{1, Refusal::unknown_lease, {}}));
    const auto stranger = keeper.on(start, Open{1, 1001, "otp", {}, vm, {}});
    CHECK_TRUE((first<Answer>(stranger) == Answer{1, Refusal::unknown_lease, {}}));
}

TEST(Keeper, a_heart_whose_timing_the_granted_timeout_cannot_keep_is_refused_with_the_arithmetic) {
    begin();
    CHECK_EQUAL(1U, count<Grant>(open(start, 1, {20s, 20s})));
    CHECK_TRUE((first<Answer>(open(start, 2, {20s, 19s})) == Answer{2, Refusal::timing, 30s}));
}

TEST(Keeper, a_device_that_grants_too_much_is_refused_and_not_petted) {
    CHECK_EQUAL(1U, count<Arm>(keeper.begin(start)));
    const auto actions = keeper.on(start, Armed{0, 110s + 1ms});
    CHECK_TRUE((first<RefuseDevice>(actions) == RefuseDevice{0, 110s + 1ms, "otp", 110s}));
    CHECK_EQUAL(0U, count<Pet>(run(start + 1000s)));
}

TEST(Keeper, a_device_that_grants_just_enough_is_petted) {
    CHECK_EQUAL(1U, count<Arm>(keeper.begin(start)));
    CHECK_EQUAL(0U, count<RefuseDevice>(keeper.on(start, Armed{0, 110s})));
    CHECK_EQUAL(1U, count<Pet>(run(start + 55s)));
}

TEST(Keeper, without_leases_it_pets_at_half_of_the_timeout_and_wakes_for_nothing_else) {
    begin();
    CHECK_TRUE(keeper.wake_at() == start + 15s);
    const auto actions = run(start + 150s);
    CHECK_EQUAL(10U, count<Pet>(actions));
    CHECK_EQUAL(10U, actions.size());
}

TEST(Keeper, a_silent_lease_is_petted_for_until_the_hardware_would_meet_d_and_no_longer) {
    begin_and_beat();
    const auto d = start + 120s;
    (void)run(d - 30s - 500ms - 1ns);
    const auto last = tick(d - 30s - 500ms);
    CHECK_EQUAL(1U, count<Pet>(last));
    CHECK_EQUAL(0U, count<Pet>(run(d + 100s)));
}

TEST(Keeper, a_good_beat_moves_d_and_petting_resumes_at_once) {
    begin_and_beat();
    (void)run(start + 108s);
    const auto actions = keeper.on(start + 108s, Beat{1, start + 108s});
    CHECK_EQUAL(1U, count<Pet>(actions));
    CHECK_EQUAL(0U, place<Persist>(actions));
}

TEST(Keeper, warns_at_50_and_at_75_percent_of_the_beat_timeout) {
    begin_and_beat();
    CHECK_EQUAL(0U, count<Warn>(tick(start + 30s - 1ns)));
    CHECK_TRUE((first<Warn>(tick(start + 30s)) == Warn{1, 0, 50, start + 120s}));
    CHECK_EQUAL(0U, count<Warn>(tick(start + 45s - 1ns)));
    CHECK_TRUE((first<Warn>(tick(start + 45s)) == Warn{1, 0, 75, start + 120s}));
    CHECK_EQUAL(0U, count<Warn>(tick(start + 46s)));
}

TEST(Keeper, a_lease_without_connection_is_given_up_at_its_beat_timeout) {
    begin_and_beat();
    (void)keeper.on(start + 1s, Closed{1});
    CHECK_EQUAL(0U, count<Note>(run(start + 60s - 1ns)));
    const auto note = first<Note>(run(start + 60s));
    CHECK_TRUE(note.kind == NoteKind::given_up);
    CHECK_TRUE(note.cause == Cause::heart_silent);
    CHECK_TRUE(note.deadline == start + 120s);
}

TEST(Keeper, a_connected_heart_that_says_nothing_is_given_its_quarter) {
    begin_and_beat();
    CHECK_EQUAL(0U, count<Note>(run(start + 72500ms - 1ns)));
    CHECK_EQUAL(1U, count<Note>(run(start + 72500ms)));
}

TEST(Keeper, the_heart_proceeds_when_its_verdict_is_noted) {
    begin_and_beat();
    const auto noted = first<Note>(keeper.on(start + 60s, GivingUp{1, Cause::vm_silent}));
    const auto actions = keeper.on(start + 60100ms, Noted{noted.id});
    CHECK_TRUE((first<Proceed>(actions) == Proceed{1, start + 110s, start + 120s}));
}

TEST(Keeper, a_dead_disk_holds_an_act_back_for_2_s_and_no_longer) {
    begin_and_beat();
    CHECK_EQUAL(0U, count<Proceed>(keeper.on(start + 60s, GivingUp{1, Cause::vm_silent})));
    CHECK_EQUAL(0U, count<Proceed>(tick(start + 62s - 1ns)));
    CHECK_EQUAL(1U, count<Proceed>(tick(start + 62s)));
}

TEST(Keeper, a_heart_that_is_lost_after_its_verdict_is_acted_for) {
    begin_and_beat();
    (void)keeper.on(start + 60s, GivingUp{1, Cause::vm_silent});
    (void)tick(start + 62s);
    CHECK_TRUE((first<KillVm>(keeper.on(start + 63s, Closed{1})) == KillVm{0, vm, false}));
    CHECK_EQUAL(1U, count<RunCommand>(keeper.on(start + 63100ms, VmEnded{vm})));
}

TEST(Keeper, a_hung_heart_is_killed_before_its_vm_so_that_the_command_is_run_once) {
    begin_and_beat();
    (void)run(start + 72500ms);
    const auto actions = run(start + 74500ms);
    CHECK_TRUE((first<KillHeart>(actions) == KillHeart{1}));
    CHECK_TRUE(place<KillHeart>(actions) < place<KillVm>(actions));
    CHECK_EQUAL(1U, count<RunCommand>(run(start + 75500ms)));
}

TEST(Keeper, a_heart_that_has_run_its_command_is_left_alone) {
    begin_and_beat();
    (void)keeper.on(start + 60s, GivingUp{1, Cause::vm_silent});
    (void)tick(start + 62s);
    (void)keeper.on(start + 63s, Progress{1, Step::command_started});
    const auto closed = keeper.on(start + 63s, Closed{1});
    CHECK_EQUAL(0U, count<KillVm>(closed) + count<RunCommand>(closed));
    const auto later = run(start + 110s - 1ns);
    CHECK_EQUAL(0U, count<KillVm>(later) + count<RunCommand>(later) + count<KillHeart>(later));
}

TEST(Keeper, a_vm_that_must_not_be_killed_is_not) {
    begin();
    (void)keeper.on(start, Open{1, 1000, "otp", {}, vm, Killing{.never = true, .dump_wait = {}}});
    (void)keeper.on(start, Closed{1});
    const auto actions = run(start + 100s);
    CHECK_EQUAL(0U, count<KillVm>(actions));
    CHECK_EQUAL(1U, count<RunCommand>(actions));
}

TEST(Keeper, sigabrt_comes_first_where_it_is_wanted_and_sigkill_5_s_later) {
    begin();
    (void)keeper.on(start, Open{1, 1000, "otp", {}, vm, Killing{.abort = true, .dump_wait = {}}});
    (void)keeper.on(start, Closed{1});
    CHECK_TRUE((first<KillVm>(run(start + 62s)) == KillVm{0, vm, true}));
    CHECK_EQUAL(0U, count<KillVm>(run(start + 67s - 1ns)));
    CHECK_TRUE((first<KillVm>(run(start + 67s)) == KillVm{0, vm, false}));
}

TEST(Keeper, a_crash_dump_is_waited_for_as_long_as_asked_but_not_into_the_last_12_s) {
    for (const auto& [wait, until] : {std::pair<Duration, Duration>{20s, 20s}, {-1ms, 48s}}) {
        Keeper board{settings, kBoot, start};
        (void)board.begin(start);
        (void)board.on(start, Open{1, 1000, "otp", {}, vm, Killing{.dump_wait = wait}});
        (void)board.on(start, Beat{1, start});
        (void)board.on(start + 60s, GivingUp{1, Cause::vm_crash});
        (void)board.on(start + 62s, Tick{});
        (void)board.on(start + 62s, Closed{1});
        CHECK_EQUAL(0U, count<KillVm>(board.on(start + 60s + until - 1ns, Tick{})));
        CHECK_EQUAL(1U, count<KillVm>(board.on(start + 60s + until, Tick{})));
    }
}

TEST(Keeper, the_last_10_s_belong_to_login1_systemd1_and_reboot) {
    begin_and_beat();
    (void)run(start + 110s - 1ns);
    const auto verdict = run(start + 110s);
    CHECK_TRUE(first<Note>(verdict).kind == NoteKind::verdict);
    CHECK_EQUAL(0U, count<AskEnd>(verdict));
    CHECK_TRUE((first<TellVerdict>(verdict) == TellVerdict{1, EndKind::reboot, start + 120s}));
    CHECK_TRUE((first<AskEnd>(run(start + 112s)) == AskEnd{Rung::login1, EndKind::reboot}));
    CHECK_TRUE((first<AskEnd>(run(start + 114s)) == AskEnd{Rung::systemd1, EndKind::reboot}));
    CHECK_TRUE((first<AskEnd>(run(start + 117s)) == AskEnd{Rung::syscall, EndKind::reboot}));
    CHECK_TRUE(keeper.wake_at() == kNever);
}

TEST(Keeper, a_rung_that_fails_is_followed_by_the_next_at_once) {
    begin_and_beat();
    (void)run(start + 112s);
    const auto now = start + 112100ms;
    CHECK_TRUE((first<AskEnd>(keeper.on(now, RungFailed{Rung::login1})).rung == Rung::systemd1));
    CHECK_EQUAL(0U, count<AskEnd>(keeper.on(now, RungFailed{Rung::login1})));
    CHECK_TRUE((first<AskEnd>(keeper.on(now, RungFailed{Rung::systemd1})).rung == Rung::syscall));
    CHECK_EQUAL(0U, count<AskEnd>(keeper.on(now, RungFailed{Rung::syscall})));
}

TEST(Keeper, a_new_heart_that_beats_before_the_last_10_s_cancels_the_ladder) {
    begin_and_beat();
    (void)run(start + 100s);
    CHECK_EQUAL(0U, count<Note>(open(start + 108s, 2)));
    const auto actions = keeper.on(start + 110s - 1ns, Beat{2, start + 110s - 1ns});
    CHECK_TRUE(first<Note>(actions).kind == NoteKind::recovered);
    CHECK_EQUAL(1U, count<Pet>(actions));
    CHECK_EQUAL(0U, count<AskEnd>(run(start + 120s)));
}

TEST(Keeper, a_new_heart_that_beats_later_comes_too_late) {
    begin_and_beat();
    (void)run(start + 110s);
    CHECK_TRUE((first<Answer>(open(start + 110s, 2)) == Answer{2, Refusal::ending, {}}));
    CHECK_TRUE(keeper.on(start + 110s, Beat{1, start + 110s}).empty());
    CHECK_EQUAL(0U, count<Pet>(run(start + 1000s)));
}

TEST(Keeper, a_new_heart_that_only_opens_recovers_nothing) {
    begin_and_beat();
    (void)run(start + 100s);
    (void)open(start + 101s, 2);
    CHECK_TRUE(keeper.deadline() == start + 120s);
    CHECK_EQUAL(1U, count<AskEnd>(run(start + 112s)));
}

TEST(Keeper, an_orderly_shut_down_retires_the_lease_and_petting_goes_on) {
    begin_and_beat();
    (void)keeper.on(start + 10s, ShutDown{1});
    CHECK_TRUE(keeper.deadline() == kNever);
    const auto actions = run(start + 1000s);
    CHECK_TRUE(count<Pet>(actions) > 60);
    CHECK_EQUAL(0U, count<Note>(actions));
}

TEST(Keeper, a_required_lease_that_never_comes_resets_the_board) {
    settings.leases[0].required = true;
    settings.leases[0].boot_deadline = 100s;
    keeper = Keeper{settings, kBoot, start};
    begin();
    CHECK_EQUAL(0U, count<Note>(run(start + 160s - 1ns)));
    CHECK_TRUE(first<Note>(run(start + 160s)).cause == Cause::never_came);
    CHECK_EQUAL(3U, count<AskEnd>(run(start + 220s)));
}

TEST(Keeper, a_stall_of_our_own_is_not_a_vms_silence) {
    begin_and_beat();
    (void)keeper.on(start + 1s, Closed{1});
    CHECK_EQUAL(0U, count<Note>(tick(start + 80s)));
    CHECK_EQUAL(0U, count<Note>(tick(start + 86s - 1ns)));
    CHECK_EQUAL(1U, count<Note>(tick(start + 86s)));
}

TEST(Keeper, a_stall_of_our_own_does_not_move_the_last_10_s) {
    begin_and_beat();
    CHECK_EQUAL(2U, count<Note>(tick(start + 110s)));
    CHECK_TRUE(keeper.verdict().said());
}

TEST(Keeper, a_guarded_reboot_pets_once_and_never_again_and_notes_it_before_it_asks) {
    begin_and_beat();
    const auto actions = keeper.on(start + 1s, EndAsked{5, 0, EndKind::poweroff, false});
    CHECK_EQUAL(1U, count<Pet>(actions));
    CHECK_TRUE(place<Pet>(actions) < place<Persist>(actions));
    CHECK_TRUE(place<Persist>(actions) < place<Note>(actions));
    CHECK_EQUAL(0U, count<AskEnd>(actions));
    CHECK_TRUE((first<AskEnd>(run(start + 3s)) == AskEnd{Rung::login1, EndKind::poweroff}));
    CHECK_EQUAL(0U, count<Pet>(run(start + 1000s)));
}

TEST(Keeper, an_immediate_end_goes_straight_to_reboot_2) {
    begin_and_beat();
    const auto noted = first<Note>(keeper.on(start + 1s, EndAsked{5, 0, EndKind::halt, true}));
    const auto actions = keeper.on(start + 1s, Noted{noted.id});
    CHECK_TRUE((first<AskEnd>(actions) == AskEnd{Rung::syscall, EndKind::halt}));
}

TEST(Keeper, who_may_not_is_refused_and_nothing_happens) {
    begin_and_beat();
    const Answer no{5, Refusal::not_allowed, {}};
    const auto refuses = [&](const Event& event) {
        const auto actions = keeper.on(start + 1s, event);
        return actions.size() == 1 && first<Answer>(actions) == no;
    };
    CHECK_TRUE(refuses(EndAsked{5, 1000, EndKind::reboot, false}));
    CHECK_TRUE(refuses(DrillAsked{5, 1000, DrillKind::stop_petting, {}}));
    CHECK_TRUE(refuses(DisarmAsked{5, 1000, kEveryDevice}));
    CHECK_TRUE(refuses(TakeOverAsked{5, 1000}));
    CHECK_TRUE(refuses(SnoozeAsked{5, 1001, "otp", 10s}));
}

TEST(Keeper, a_snooze_of_its_owner_moves_d_and_is_noted) {
    begin_and_beat();
    const auto actions = keeper.on(start + 10s, SnoozeAsked{1, 1000, {}, 900s});
    CHECK_TRUE(first<Note>(actions).kind == NoteKind::snoozed);
    CHECK_TRUE((first<Answer>(actions) == Answer{1, Refusal::none, {}}));
    CHECK_TRUE(keeper.deadline() == start + 10s + 900s + 120s);
}

TEST(Keeper, says_so_when_a_beat_is_of_a_connection_that_holds_nothing) {
    begin_and_beat();
    (void)open(start + 1s, 2);
    const auto void_beat = keeper.on(start + 2s, Beat{1, start + 2s});
    CHECK_EQUAL(1U, void_beat.size());
    CHECK_TRUE((first<Answer>(void_beat) == Answer{1, Refusal::not_there, {}}));
}

TEST(Keeper, tells_the_heart_of_a_snooze_and_the_next_one_that_takes_the_lease) {
    begin_and_beat();
    const auto asked = keeper.on(start + 10s, SnoozeAsked{9, 0, "otp", 100s});
    CHECK_TRUE((first<TellSnooze>(asked) == TellSnooze{1, start + 110s}));
    const auto again = keeper.on(start + 20s, Open{2, 1000, "otp", {}, {}, {}});
    CHECK_TRUE((first<TellSnooze>(again) == TellSnooze{2, start + 110s}));
    const auto later = keeper.on(start + 110s, Open{3, 1000, "otp", {}, {}, {}});
    CHECK_EQUAL(0U, count<TellSnooze>(later));
}

TEST(Keeper, a_lease_that_is_given_up_cannot_be_snoozed) {
    begin_and_beat();
    (void)run(start + 80s);
    const auto actions = keeper.on(start + 80s, SnoozeAsked{1, 1000, {}, 900s});
    CHECK_TRUE((first<Answer>(actions) == Answer{1, Refusal::too_late, {}}));
    CHECK_TRUE(keeper.deadline() == start + 120s);
}

TEST(Keeper, disarms_on_request_only_and_says_why_it_cannot) {
    begin_and_beat();
    CHECK_EQUAL(1U, count<Disarm>(keeper.on(start, DisarmAsked{5, 0, 0})));
    CHECK_TRUE(
        (first<Answer>(keeper.on(start, Disarmed{0, false})) == Answer{5, Refusal::nowayout, {}}));
    CHECK_EQUAL(1U, count<Pet>(run(start + 15s)));
    (void)keeper.on(start + 16s, DisarmAsked{5, 0, kEveryDevice});
    CHECK_TRUE(
        (first<Answer>(keeper.on(start + 16s, Disarmed{0, true})) == Answer{5, Refusal::none, {}}));
    CHECK_EQUAL(0U, count<Pet>(run(start + 100s)));
}

TEST(Keeper, a_drill_that_stops_petting_leaves_the_reset_to_the_hardware) {
    begin_and_beat();
    const auto actions = keeper.on(start + 1s, DrillAsked{5, 0, DrillKind::stop_petting, {}});
    CHECK_EQUAL(1U, count<Note>(actions));
    const auto later = run(start + 1000s);
    CHECK_EQUAL(0U, count<Pet>(later) + count<AskEnd>(later));
}

TEST(Keeper, at_system_shutdown_it_sets_the_shutdown_timeout_pets_once_and_leaves) {
    begin_and_beat();
    const auto actions = keeper.on(start + 1s, SystemShutdown{});
    CHECK_TRUE((first<SetTimeout>(actions) == SetTimeout{0, 600s}));
    CHECK_EQUAL(1U, count<Pet>(actions));
    CHECK_TRUE(first<Note>(actions).kind == NoteKind::clean);
    CHECK_EQUAL(1U, count<Leave>(run(start + 3s)));
    CHECK_TRUE(keeper.on(start + 4s, Beat{1, start + 4s}).empty());
}

TEST(Keeper, at_system_shutdown_in_mid_ladder_d_stays) {
    begin_and_beat();
    (void)run(start + 100s);
    const auto actions = keeper.on(start + 100s, SystemShutdown{});
    CHECK_EQUAL(0U, count<SetTimeout>(actions) + count<Pet>(actions));
    CHECK_TRUE(first<Note>(actions).kind == NoteKind::left);
}

TEST(Keeper, a_successor_goes_on_without_a_gap) {
    begin_and_beat();
    const auto actions = keeper.on(start + 10s, TakeOverAsked{9, 0});
    CHECK_TRUE((first<SendHandOver>(actions) == SendHandOver{9}));
    auto successor = restarted(start + 10s, {1, true});
    CHECK_EQUAL(1U, count<Leave>(keeper.on(start + 10s, HandedOver{true})));
    CHECK_EQUAL(0U, count<Arm>(successor.begin(start + 10s)));
    CHECK_TRUE(successor.wake_at() == start + 25s);
    CHECK_EQUAL(1U, count<Pet>(successor.on(start + 25s, Tick{})));
    CHECK_FALSE(successor.on(start + 26s, Beat{1, start + 26s}).empty());
}

TEST(Keeper, a_hand_over_that_fails_changes_nothing) {
    begin_and_beat();
    (void)keeper.on(start + 10s, TakeOverAsked{9, 0});
    (void)keeper.on(start + 10s, HandedOver{false});
    CHECK_EQUAL(1U, count<Pet>(run(start + 25s)));
}

TEST(Keeper, one_that_was_killed_in_mid_ladder_does_not_pet_again_until_the_vm_recovers) {
    begin_and_beat();
    (void)run(start + 80s);
    auto next = restarted(start + 81s);
    CHECK_EQUAL(0U, count<Arm>(next.begin(start + 81s)));
    CHECK_TRUE(next.holds_back());
    (void)next.on(start + 82s, Open{2, 1000, "otp", {}, vm, {}});
    const auto actions = next.on(start + 83s, Beat{2, start + 83s});
    CHECK_EQUAL(1U, count<Arm>(actions));
}

TEST(Keeper, one_that_was_killed_after_its_verdict_asks_again_and_never_pets) {
    begin_and_beat();
    (void)run(start + 112s);
    auto next = restarted(start + 113s);
    const auto actions = next.begin(start + 113s);
    CHECK_EQUAL(0U, count<Arm>(actions));
    CHECK_TRUE(place<Note>(actions) < place<AskEnd>(actions));
    CHECK_TRUE(first<AskEnd>(actions).rung == Rung::login1);
}

TEST(Keeper, a_verdict_that_is_noted_again_names_who_asked_for_it) {
    settings.rights.push_back({1000, Verb::reboot});
    keeper = Keeper{settings, kBoot, start};
    begin_and_beat();
    (void)keeper.on(start + 1s, EndAsked{5, 1000, EndKind::reboot, false});
    CHECK_TRUE(keeper.verdict().said());
    auto next = restarted(start + 2s);
    CHECK_EQUAL(1000U, first<Note>(next.begin(start + 2s)).by);
}

TEST(Keeper, one_that_was_killed_while_all_was_well_arms_again_and_keeps_d) {
    begin_and_beat();
    auto next = restarted(start + 20s);
    CHECK_EQUAL(1U, count<Arm>(next.begin(start + 20s)));
    CHECK_TRUE(next.deadline() == start + 120s);
}

TEST(Keeper, the_state_of_another_boot_is_passed_over) {
    begin_and_beat();
    (void)run(start + 112s);
    const auto state = keeper.state();
    Keeper next{settings, BootId{2}, start, &state};
    CHECK_FALSE(next.verdict().said());
    CHECK_EQUAL(1U, count<Arm>(next.begin(start)));
}

TEST(Keeper, evidence_is_off_unless_asked_for) {
    begin();
    CHECK_EQUAL(0U, count<Probe>(run(start + 1000s)));
}

TEST(Keeper, evidence_that_stops_coming_resets_the_board_and_is_named) {
    settings.evidence.push_back({"rootfs", 60s, 60s});
    keeper = Keeper{settings, kBoot, start};
    CHECK_EQUAL(1U, count<Probe>(keeper.begin(start)));
    CHECK_TRUE(keeper.oldest()->name == Name("rootfs"));
    CHECK_TRUE(first<Note>(run(start + 60s)).kind == NoteKind::stale);
    CHECK_EQUAL(0U, count<Note>(run(start + 110s - 1ns)));
    const auto verdict = first<Note>(run(start + 110s));
    CHECK_TRUE(verdict.cause == Cause::evidence);
    CHECK_TRUE(verdict.subject == Name("rootfs"));
}

TEST(Keeper, good_evidence_is_asked_for_every_half_freshness_and_never_twice_at_once) {
    settings.evidence.push_back({"rootfs", 60s, 60s});
    keeper = Keeper{settings, kBoot, start};
    (void)keeper.begin(start);
    CHECK_EQUAL(0U, count<Probe>(run(start + 40s)));
    (void)keeper.on(start + 40s, EvidenceAnswer{0, true});
    CHECK_TRUE(keeper.deadline() == start + 120s);
    CHECK_EQUAL(0U, count<Probe>(run(start + 40s)));
}

TEST(Keeper, a_reload_keeps_leases_by_name_and_drops_what_is_gone) {
    begin_and_beat();
    auto other = settings;
    LeaseRule rule;
    rule.name = "second";
    other.leases.push_back(rule);
    CHECK_FALSE(keeper.refuses(other).has_value());
    (void)keeper.reload(start + 1s, other);
    CHECK_TRUE(keeper.deadline() == start + 120s);
    other.leases.clear();
    (void)keeper.reload(start + 2s, other);
    CHECK_TRUE(keeper.deadline() == kNever);
}

TEST(Keeper, a_reload_notes_that_a_lease_it_drops_is_given_up_no_more) {
    begin_and_beat();
    (void)run(start + 80s);
    auto other = settings;
    other.leases.clear();
    const auto actions = keeper.reload(start + 81s, other);
    CHECK_EQUAL(1U, count<Note>(actions));
    const auto note = first<Note>(actions);
    CHECK_TRUE(note.kind == NoteKind::recovered);
    CHECK_TRUE(note.cause == Cause::heart_silent);
    CHECK_TRUE(note.subject == Name("otp"));
    CHECK_TRUE(note.deadline == kNever);
    CHECK_TRUE(place<Persist>(actions) < place<Note>(actions));
}

TEST(Keeper, a_reload_notes_that_a_lease_it_gives_to_another_uid_is_given_up_no_more) {
    begin_and_beat();
    (void)run(start + 80s);
    auto other = settings;
    other.leases[0].uid = 1001;
    other.leases[0].required = true;
    const auto actions = keeper.reload(start + 81s, other);
    CHECK_TRUE(first<Note>(actions).kind == NoteKind::recovered);
    CHECK_FALSE(keeper.ladder(0).given_up());
    CHECK_TRUE(keeper.deadline() == start + 81s + other.leases[0].boot_deadline + 120s);
}

TEST(Keeper, a_reload_that_moves_the_boot_deadline_of_one_that_never_came_begins_anew) {
    settings.leases[0].required = true;
    settings.leases[0].boot_deadline = 100s;
    keeper = Keeper{settings, kBoot, start};
    begin();
    CHECK_EQUAL(1U, count<Note>(run(start + 160s)));
    auto other = settings;
    other.leases[0].boot_deadline = 1000s;
    CHECK_TRUE(first<Note>(keeper.reload(start + 161s, other)).kind == NoteKind::recovered);
    CHECK_EQUAL(0U, count<Note>(run(start + 1221s - 1ns)));
    CHECK_TRUE(first<Note>(run(start + 1221s)).cause == Cause::never_came);
}

TEST(Keeper, a_reload_notes_nothing_of_a_lease_that_stays) {
    begin_and_beat();
    auto more = settings;
    LeaseRule rule;
    rule.name = "second";
    more.leases.push_back(rule);
    CHECK_EQUAL(0U, count<Note>(keeper.reload(start + 1s, more)));
    (void)run(start + 80s);
    CHECK_EQUAL(0U, count<Note>(keeper.reload(start + 81s, settings)));
    CHECK_TRUE(keeper.ladder(0).given_up());
}

TEST(Keeper, a_reload_after_the_verdict_takes_nothing_back) {
    begin_and_beat();
    (void)run(start + 112s);
    auto other = settings;
    other.leases.clear();
    CHECK_EQUAL(0U, count<Note>(keeper.reload(start + 113s, other)));
}

TEST(Keeper, a_restart_without_a_lease_notes_that_it_is_given_up_no_more) {
    begin_and_beat();
    (void)run(start + 80s);
    settings.leases[0].uid = 1001;
    auto next = restarted(start + 81s);
    const auto actions = next.begin(start + 81s);
    CHECK_EQUAL(1U, count<Note>(actions));
    CHECK_TRUE(first<Note>(actions).kind == NoteKind::recovered);
    CHECK_TRUE(first<Note>(actions).subject == Name("otp"));
    CHECK_TRUE(place<Persist>(actions) < place<Note>(actions));
}

TEST(Keeper, a_restart_without_a_lease_takes_nothing_back_once_the_verdict_is_said) {
    begin_and_beat();
    (void)run(start + 112s);
    settings.leases.clear();
    auto next = restarted(start + 113s);
    const auto actions = next.begin(start + 113s);
    CHECK_EQUAL(1U, count<Note>(actions));
    CHECK_TRUE(first<Note>(actions).kind == NoteKind::verdict);
}

TEST(Keeper, a_reload_that_the_granted_timeout_cannot_keep_is_refused) {
    begin_and_beat();
    auto other = settings;
    other.leases[0].timing = {20s, 20s};
    CHECK_FALSE(keeper.refuses(other).has_value());
    other.leases[0].timing = {20s, 19s};
    CHECK_TRUE(keeper.refuses(other)->what == Fault::What::too_long);
    other.devices.push_back(other.devices[0]);
    other.leases[0].timing = {};
    CHECK_TRUE(keeper.refuses(other)->what == Fault::What::devices_differ);
}

TEST(Keeper, the_nearest_d_of_several_leases_rules_every_device) {
    settings = settings_with(2);
    LeaseRule rule;
    rule.name = "second";
    rule.uid = 1001;
    settings.leases.push_back(rule);
    keeper = Keeper{settings, kBoot, start};
    CHECK_EQUAL(2U, count<Arm>(keeper.begin(start)));
    (void)keeper.on(start, Armed{0, 30s});
    (void)keeper.on(start, Armed{1, 10s});
    (void)open(start);
    (void)keeper.on(start, Open{2, 1001, "second", {11s, 30s}, {2, 2}, {}});
    CHECK_TRUE(keeper.deadline() == start + 41s);
    CHECK_TRUE(keeper.oldest()->name == Name("second"));
}
