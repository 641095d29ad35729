// SPDX-License-Identifier: Apache-2.0
#include "keeper/lease.h"

#include <CppUTest/TestHarness.h>

#include "keeper/authority.h"
#include "keeper/petting.h"
#include "keeper/settings.h"

using namespace vakt;
using namespace vakt::keeper;
using namespace std::chrono_literals;

namespace {

const Instant start{1000s};

LeaseRule rule(bool required = false) {
    LeaseRule rule;
    rule.name = "otp";
    rule.uid = 1000;
    rule.required = required;
    rule.boot_deadline = 100s;
    return rule;
}

Settings one_lease_one_device(Duration timeout) {
    Settings settings;
    settings.leases.push_back(rule());
    DeviceRule device;
    device.timeout = timeout;
    settings.devices.push_back(device);
    return settings;
}

}  // namespace

TEST_GROUP(Lease) {
    Lease lease{rule(), start};

    void take(Instant now, Connection by, Timing timing = {}) {
        lease.take(now, by, timing, Vm{1, 1}, Killing{});
    }
};

TEST(Lease, one_that_nobody_took_and_nobody_requires_constrains_nothing) {
    CHECK_FALSE(lease.counts());
    CHECK_TRUE(lease.deadline() == kNever);
    CHECK_TRUE(lease.given_up_at() == kNever);
}

TEST(Lease, d_is_last_good_beat_plus_beat_timeout_plus_boot_delay) {
    take(start, 1);
    CHECK_TRUE(lease.deadline() == start + 120s);
    CHECK_TRUE(lease.beat(start + 7s, 1, start + 6s));
    CHECK_TRUE(lease.deadline() == start + 126s);
}

TEST(Lease, a_beat_from_the_future_counts_from_now) {
    take(start, 1);
    lease.beat(start + 7s, 1, start + 700s);
    CHECK_TRUE(lease.deadline() == start + 127s);
}

TEST(Lease, an_old_beat_does_not_bring_d_nearer) {
    take(start, 1);
    lease.beat(start + 7s, 1, start + 7s);
    lease.beat(start + 8s, 1, start + 1s);
    CHECK_TRUE(lease.deadline() == start + 127s);
}

TEST(Lease, the_newest_connection_holds_it_and_what_an_older_one_says_is_void) {
    take(start, 1);
    take(start + 5s, 2);
    CHECK_FALSE(lease.beat(start + 6s, 1, start + 6s));
    CHECK_FALSE(lease.shut_down(1));
    CHECK_FALSE(lease.closed(1));
    CHECK_TRUE(lease.counts());
    CHECK_TRUE(lease.shut_down(2));
    CHECK_FALSE(lease.counts());
}

TEST(Lease, taking_it_again_is_no_beat) {
    take(start, 1);
    take(start + 50s, 2);
    CHECK_TRUE(lease.deadline() == start + 120s);
}

TEST(Lease, a_new_holders_timing_is_in_force_from_its_first_beat) {
    take(start, 1);
    take(start + 1s, 2, {11s, 11s});
    CHECK_TRUE(lease.deadline() == start + 120s);
    lease.beat(start + 2s, 2, start + 2s);
    CHECK_TRUE(lease.deadline() == start + 24s);
}

TEST(Lease, a_lost_connection_leaves_d_where_it_was) {
    take(start, 1);
    CHECK_TRUE(lease.closed(1));
    CHECK_TRUE(lease.deadline() == start + 120s);
    CHECK_FALSE(lease.beat(start + 1s, 1, start + 1s));
}

TEST(Lease, no_connection_is_nobodys) { CHECK_FALSE(lease.held_by(0)); }

TEST(Lease, a_required_one_is_silent_from_its_boot_deadline_on) {
    Lease required(rule(true), start);
    CHECK_TRUE(required.silent_from() == start + 100s);
    CHECK_TRUE(required.deadline() == start + 220s);
}

TEST(Lease, a_required_one_that_appears_counts_from_then) {
    Lease required(rule(true), start);
    required.take(start + 10s, 1, {}, {}, {});
    CHECK_TRUE(required.silent_from() == start + 10s);
}

TEST(Lease, a_required_one_that_appears_too_late_keeps_its_d_until_it_beats) {
    Lease required(rule(true), start);
    required.take(start + 150s, 1, {}, {}, {});
    CHECK_TRUE(required.deadline() == start + 220s);
    required.beat(start + 151s, 1, start + 151s);
    CHECK_TRUE(required.deadline() == start + 271s);
}

TEST(Lease, retired_and_taken_again_it_begins_anew) {
    take(start, 1);
    lease.shut_down(1);
    take(start + 500s, 2);
    CHECK_TRUE(lease.deadline() == start + 620s);
}

TEST(Lease, a_snooze_moves_d_and_is_at_most_900_s) {
    take(start, 1);
    CHECK_TRUE(lease.snooze(start + 10s, 899s));
    CHECK_TRUE(lease.deadline() == start + 10s + 899s + 120s);
    lease.snooze(start + 10s, 900s);
    CHECK_TRUE(lease.deadline() == start + 10s + 900s + 120s);
    lease.snooze(start + 10s, 901s);
    CHECK_TRUE(lease.deadline() == start + 10s + 900s + 120s);
}

TEST(Lease, a_snooze_of_nothing_ends_a_snooze) {
    take(start, 1);
    lease.snooze(start, 900s);
    lease.snooze(start + 1s, 0s);
    CHECK_TRUE(lease.deadline() == start + 121s);
}

TEST(Lease, one_that_does_not_count_cannot_be_snoozed) { CHECK_FALSE(lease.snooze(start, 10s)); }

TEST(Lease, a_connected_heart_is_given_a_quarter_of_what_the_budget_spares) {
    take(start, 1, {11s, 11s});
    lease.beat(start, 1, start);
    CHECK_TRUE(lease.given_up_at() == start + 11s + 250ms);
    lease.closed(1);
    CHECK_TRUE(lease.given_up_at() == start + 11s);
}

TEST_GROUP(Rights){};

TEST(Rights, root_may_do_everything_and_a_stranger_nothing) {
    for (const auto verb :
         {Verb::snooze, Verb::reboot, Verb::drill, Verb::disarm, Verb::take_over}) {
        CHECK_TRUE(may({}, 0, verb, nullptr));
        CHECK_FALSE(may({}, 1000, verb, nullptr));
    }
}

TEST(Rights, an_owner_may_snooze_its_own_lease_and_no_other_and_nothing_else) {
    const Uid own = 1000;
    const Uid other = 1001;
    CHECK_TRUE(may({}, 1000, Verb::snooze, &own));
    CHECK_FALSE(may({}, 1000, Verb::snooze, &other));
    CHECK_FALSE(may({}, 1000, Verb::reboot, &own));
    CHECK_FALSE(may({}, 1000, Verb::drill, &own));
    CHECK_FALSE(may({}, 1000, Verb::disarm, &own));
}

TEST(Rights, a_row_gives_one_verb_to_one_uid) {
    const Rights rights{{1000, Verb::reboot}};
    CHECK_TRUE(may(rights, 1000, Verb::reboot, nullptr));
    CHECK_FALSE(may(rights, 1001, Verb::reboot, nullptr));
    CHECK_FALSE(may(rights, 1000, Verb::drill, nullptr));
}

TEST(Rights, no_row_makes_a_successor) {
    CHECK_FALSE(may({{1000, Verb::take_over}}, 1000, Verb::take_over, nullptr));
}

TEST_GROUP(Petting) {
    Device device;
    void setup() override {
        device.state = DeviceState::armed;
        device.granted = 30s;
        device.pet(start);
    }
};

TEST(Petting, it_is_petted_at_half_of_its_timeout) {
    CHECK_TRUE(device.next_pet(start, kNever) == start + 15s);
}

TEST(Petting, with_a_pretimeout_at_half_of_what_lies_before_it) {
    device.rule.pretimeout = 10s;
    device.pet(start);
    CHECK_TRUE(device.next_pet(start, kNever) == start + 10s);
}

TEST(Petting, the_last_pet_lets_the_hardware_expire_half_a_second_before_d) {
    const auto d = start + 42s;
    CHECK_TRUE(device.next_pet(start, d) == start + 11500ms);
    device.pet(start + 11500ms);
    CHECK_TRUE(device.expires_at() == d - 500ms);
    CHECK_TRUE(device.next_pet(start + 11500ms, d) == kNever);
}

TEST(Petting, a_wake_up_that_is_late_by_a_quarter_of_a_second_still_pets_and_a_later_one_does_not) {
    const auto d = start + 42s;
    CHECK_TRUE(device.may_pet(start + 11750ms, d));
    CHECK_FALSE(device.may_pet(start + 11750ms + 1ns, d));
    CHECK_TRUE(device.next_pet(start + 11750ms + 1ns, d) == kNever);
}

TEST(Petting, a_good_beat_moves_d_and_petting_resumes) {
    CHECK_TRUE(device.next_pet(start + 20s, start + 42s) == kNever);
    CHECK_TRUE(device.next_pet(start + 20s, start + 62s) == start + 15s);
}

TEST(Petting, what_is_not_armed_is_not_petted) {
    for (const auto state :
         {DeviceState::idle, DeviceState::arming, DeviceState::refused, DeviceState::disarmed}) {
        device.state = state;
        CHECK_TRUE(device.next_pet(start + 20s, kNever) == kNever);
    }
}

TEST_GROUP(KeeperSettings){};

TEST(KeeperSettings, a_timeout_above_beat_timeout_plus_boot_delay_less_10_s_is_refused) {
    CHECK_FALSE(check(one_lease_one_device(110s)).has_value());
    const auto fault = check(one_lease_one_device(110s + 1ms));
    CHECK_TRUE(fault.has_value());
    CHECK_TRUE((*fault == Fault{Fault::What::too_long, 0, 0, 110s}));
}

TEST(KeeperSettings, a_granted_timeout_is_held_against_evidence_too) {
    auto settings = one_lease_one_device(20s);
    settings.evidence.push_back({"rootfs", 10s, 20s});
    CHECK_FALSE(check(settings).has_value());
    CHECK_FALSE(check_granted(settings, 0, 20s).has_value());
    CHECK_TRUE(check_granted(settings, 0, 20s + 1ns)->what == Fault::What::too_long_for_evidence);
}

TEST(KeeperSettings, times_of_a_lease_are_above_10_and_at_most_65535_s) {
    CHECK_FALSE(in_range({10s, 60s}));
    CHECK_TRUE(in_range({11s, 11s}));
    CHECK_FALSE(in_range({60s, 10s}));
    CHECK_TRUE(in_range({65535s, 65535s}));
    CHECK_FALSE(in_range({65536s, 60s}));
}

TEST(KeeperSettings, a_name_is_there_and_there_once) {
    Settings settings;
    settings.leases.push_back(rule());
    settings.leases.push_back(rule());
    CHECK_TRUE((*check(settings) == Fault{Fault::What::lease_name, 1}));
    settings.leases[1].name = "";
    CHECK_TRUE((*check(settings) == Fault{Fault::What::lease_name, 1}));
    settings.leases[1].name = "other";
    CHECK_FALSE(check(settings).has_value());
}

TEST(KeeperSettings, grace_of_an_evidence_is_above_10_s_and_a_pretimeout_below_the_timeout) {
    Settings settings;
    settings.evidence.push_back({"rootfs", 1s, 10s});
    CHECK_TRUE(check(settings)->what == Fault::What::evidence_timing);
    settings.evidence[0].grace = 10s + 1ms;
    CHECK_FALSE(check(settings).has_value());
    DeviceRule device;
    device.timeout = 1s;
    device.pretimeout = 1s;
    settings.devices.push_back(device);
    CHECK_TRUE(check(settings)->what == Fault::What::device_timeout);
    settings.devices[0].pretimeout = 999ms;
    CHECK_FALSE(check(settings).has_value());
}
