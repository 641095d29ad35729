// SPDX-License-Identifier: Apache-2.0
#include "guard/lease_link.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace std::chrono_literals;
using namespace vakt;
using namespace vakt::guard;
namespace lease = vakt::wire::lease;

namespace {

const Instant kStart{1000h};

std::string at(Instant when) {
    return std::to_string(
        std::chrono::duration_cast<std::chrono::milliseconds>(when - kStart).count());
}
std::string word(const wire::LeaseMessage& message) {
    if (const auto* open = std::get_if<lease::Open>(&message))
        return "Open(" + std::string(open->lease.view()) + ")";
    if (const auto* beat = std::get_if<lease::Beat>(&message)) return "Beat(" + at(beat->at) + ")";
    if (const auto* command = std::get_if<lease::Command>(&message))
        return "Command(" + std::string(command->bytes) + ")";
    if (const auto* verdict = std::get_if<lease::GivingUp>(&message))
        return "GivingUp(" + std::to_string(static_cast<int>(verdict->cause)) + " " +
               std::string(verdict->words.view()) + ")";
    if (const auto* step = std::get_if<lease::Progress>(&message))
        return "Progress(" + std::to_string(static_cast<int>(step->step)) + " " +
               std::to_string(step->status) + ")";
    if (std::holds_alternative<lease::ShutDown>(message)) return "ShutDown";
    return "another";
}
std::string word(const LinkAction& action) {
    if (std::holds_alternative<Connect>(action)) return "Connect";
    if (std::holds_alternative<Disconnect>(action)) return "Disconnect";
    if (std::holds_alternative<EndOfWords>(action)) return "EndOfWords";
    if (const auto* sent = std::get_if<Send>(&action)) return word(sent->message);
    if (const auto* said = std::get_if<Say>(&action)) return "Say[" + said->text + "]";
    if (const auto* guarded = std::get_if<TellGuarded>(&action))
        return guarded->by == heart::Guard::keeper ? "Guarded" : "Alone";
    if (const auto* snoozed = std::get_if<TellSnoozed>(&action))
        return "Snoozed(" + at(snoozed->until) + ")";
    return "Proceed(" + at(std::get<TellProceed>(action).command_until) + ")";
}
std::string words(const LinkActions& actions) {
    std::string all;
    for (const auto& action : actions) all += (all.empty() ? "" : " ") + word(action);
    return all;
}

}  // namespace

#define SAYS(expected, actual) STRCMP_EQUAL(expected, (actual).c_str())

TEST_GROUP(LeaseLink) {
    LeaseWish wish = [] {
        LeaseWish w;
        w.lease = "node";
        return w;
    }();
    LeaseLink link{wish};

    std::string on(Duration since, const LinkEvent& event) {
        return words(link.on(kStart + since, event));
    }
    std::string hears(Duration since, const wire::LeaseMessage& message) {
        return on(since, Heard{message});
    }
    std::string tick() {
        const auto wake = link.wake_at();
        return wake == kNever ? "never" : words(link.on(wake, heart::Tick{}));
    }
    Duration wakes() const { return link.wake_at() - kStart; }
    void held() {
        on(0s, CommandIs{"reboot"});
        SAYS("Connect", words(link.start(kStart)));
        SAYS("Open(node) Command(reboot)", on(0s, Connected{}));
        SAYS("Guarded", hears(1ms, lease::Granted{}));
        CHECK(link.guards());
    }
};

TEST(LeaseLink, opens_and_beats_with_the_time_of_reading) {
    held();
    SAYS("Beat(20000)", on(20s, Beaten{}));
    CHECK(link.wake_at() == kNever);
}

TEST(LeaseLink, without_a_keeper_nothing_is_said_and_a_beat_looks_again) {
    SAYS("Connect", words(link.start(kStart)));
    SAYS("", on(0s, NotConnected{"no", false}));
    CHECK(link.wake_at() == kNever);
    SAYS("", on(999ms, Beaten{}));
    SAYS("Connect", on(1s, Beaten{}));
    SAYS("", on(1s, NotConnected{"no", false}));
    CHECK(!link.guards());
    SAYS("", on(2s, Retired{}));
    CHECK(link.may_end());
}

TEST(LeaseLink, a_keeper_that_is_being_restarted_at_the_start_is_tried_again_soon) {
    static_cast<void>(link.start(kStart));
    SAYS("", on(0s, NotConnected{"refused", true}));
    CHECK(wakes() == 100ms);
    SAYS("Connect", tick());
    SAYS("Open(node) Command()", on(100ms, Connected{}));
    CHECK(link.wake_at() == kNever);
}

TEST(LeaseLink, a_keeper_that_was_named_and_is_not_there_is_said_once) {
    wish.expects_keeper = true;
    link = LeaseLink(wish);
    static_cast<void>(link.start(kStart));
    SAYS("Say[lease node: connect x: refused; without a keeper]",
         on(0s, NotConnected{"connect x: refused", false}));
    SAYS("Connect", on(1s, Beaten{}));
    SAYS("", on(1s, NotConnected{"connect x: refused", false}));
}

TEST(LeaseLink, an_unknown_lease_acts_alone_and_says_so_once) {
    static_cast<void>(link.start(kStart));
    on(0s, Connected{});
    SAYS(
        "Disconnect Say[lease node: refused: keeper.conf has no such lease for this user; nobody "
        "resets the board for this VM]",
        hears(1ms, lease::Answer{keeper::Refusal::unknown_lease, {}}));
    SAYS("", on(5s, Beaten{}));
    SAYS("", on(6s, GaveUp{heart::Cause::silence, "x"}));
    CHECK(link.wake_at() == kNever);
}

TEST(LeaseLink, a_timing_that_the_hardware_cannot_keep_is_refused_with_the_arithmetic) {
    static_cast<void>(link.start(kStart));
    on(0s, Connected{});
    SAYS(
        "Disconnect Say[lease node: refused: a watchdog of the board takes 120 s, longer than beat "
        "timeout + boot delay - 10 s; nobody resets the board for this VM]",
        hears(1ms, lease::Answer{keeper::Refusal::timing, 120s}));
}

TEST(LeaseLink, a_lease_taken_away_by_a_reload_leaves_heart_alone) {
    held();
    SAYS(
        "Disconnect Say[lease node: refused: keeper.conf has no such lease for this user; nobody "
        "resets the board for this VM] Alone",
        hears(1s, lease::Answer{keeper::Refusal::unknown_lease, {}}));
}

TEST(LeaseLink, a_lost_keeper_is_looked_for_with_longer_and_longer_pauses) {
    held();
    on(5s, Beaten{});
    SAYS("Say[lease node: the keeper is gone, and its deadline runs on] Connect", on(6s, Lost{}));
    std::string pauses;
    auto before = 6000ms;
    on(6s, NotConnected{});
    for (int i = 0; i < 8; ++i) {
        const auto wake = std::chrono::duration_cast<std::chrono::milliseconds>(wakes());
        pauses += std::to_string((wake - before).count()) + " ";
        before = wake;
        SAYS("Connect", tick());
        on(wake, NotConnected{});
    }
    SAYS("100 200 400 800 1600 3200 5000 5000 ", pauses);
    CHECK(link.guards());
    SAYS("", on(66s, NotConnected{}));
    CHECK(link.wake_at() == kNever);
    SAYS("Connect", on(70s, Beaten{}));
}

TEST(LeaseLink, a_keeper_that_is_back_hears_the_last_beat_with_its_time) {
    held();
    on(5s, Beaten{});
    on(6s, Lost{});
    SAYS("Open(node) Command(reboot) Beat(5000)", on(6s, Connected{}));
    SAYS("Beat(6500)", on(6500ms, Beaten{}));
    SAYS("Say[lease node: the keeper is back]", hears(6600ms, lease::Granted{}));
}

TEST(LeaseLink, for_fifteen_seconds_beats_take_the_lease_again_from_an_old_heart_that_came_later) {
    held();
    SAYS("Beat(999)", on(999ms, Beaten{}));
    SAYS("Open(node) Command(reboot) Beat(1000)", on(1s, Beaten{}));
    SAYS("", hears(1s, lease::Granted{}));
    SAYS("Beat(1500)", on(1500ms, Beaten{}));
    SAYS("Open(node) Command(reboot) Beat(14999)", on(14999ms, Beaten{}));
    SAYS("Beat(16000)", on(16s, Beaten{}));
}

TEST(LeaseLink, a_verdict_is_said_and_proceeds_when_noted) {
    held();
    SAYS("GivingUp(1 silent)", on(60s, GaveUp{heart::Cause::silence, "silent"}));
    SAYS("Proceed(100000)", hears(60100ms, lease::Proceed{kStart + 100s, kStart + 110s}));
    SAYS("Progress(0 0)", on(61s, Stepped{keeper::Step::vm_ended, 0}));
    SAYS("Progress(3 256)", on(62s, Stepped{keeper::Step::command_failed, 256}));
    SAYS("", on(62s, Leaving{}));
    CHECK(link.may_end());
}

TEST(LeaseLink, a_VM_that_a_signal_ended_has_crashed) {
    held();
    SAYS("GivingUp(3 signal)", on(60s, GaveUp{heart::Cause::killed, "signal"}));
}

TEST(LeaseLink, a_verdict_while_the_keeper_is_away_is_said_when_it_is_back_and_no_beat) {
    held();
    on(5s, Beaten{});
    on(6s, Lost{});
    on(6s, NotConnected{});
    SAYS("Connect", on(16s, GaveUp{heart::Cause::port_closed, "closed"}));
    on(16s, NotConnected{});
    SAYS("", on(16050ms, Stepped{keeper::Step::vm_ended, 0}));
    SAYS("Connect", tick());
    SAYS("Open(node) Command(reboot) GivingUp(2 closed) Progress(0 0)", on(16100ms, Connected{}));
}

TEST(LeaseLink, a_word_to_proceed_without_a_verdict_is_void) {
    held();
    SAYS("", hears(1s, lease::Proceed{}));
}

TEST(LeaseLink, the_command_is_kept_at_the_keeper_when_it_changes) {
    held();
    SAYS("Command(other)", on(1s, CommandIs{"other"}));
    SAYS("", on(2s, CommandIs{"other"}));
    SAYS("Command()", on(3s, CommandIs{""}));
    STRCMP_EQUAL(("Command(" + std::string(2047, 'x') + ")").c_str(),
                 on(4s, CommandIs{std::string(2047, 'x')}).c_str());
    SAYS(
        "Say[lease node: the heart command is longer than 2047 bytes: without heart it cannot be "
        "run] Command()",
        on(5s, CommandIs{std::string(2048, 'x')}));
}

TEST(LeaseLink, an_orderly_end_waits_until_the_keeper_has_read_it) {
    held();
    SAYS("ShutDown EndOfWords", on(10s, Retired{}));
    CHECK(!link.may_end());
    SAYS("", on(10s, Leaving{}));
    CHECK(wakes() == 11s);
    SAYS("", on(10010ms, Lost{false}));
    CHECK(link.may_end());
}

TEST(LeaseLink, an_orderly_end_that_was_not_read_is_said_once_more) {
    held();
    on(5s, Beaten{});
    on(10s, Retired{});
    SAYS("Connect", on(10010ms, Lost{true}));
    on(10010ms, NotConnected{"", true});
    CHECK(wakes() == 10110ms);
    SAYS("Connect", tick());
    SAYS("Open(node) Command(reboot) Beat(5000) ShutDown EndOfWords", on(10110ms, Connected{}));
    SAYS("", hears(10111ms, lease::Granted{}));
    SAYS("", on(10200ms, Lost{true}));
    CHECK(link.may_end());
}

TEST(LeaseLink, an_orderly_end_while_the_keeper_is_away_waits_a_second_and_says_so) {
    held();
    on(6s, Lost{});
    on(6s, NotConnected{"", true});
    SAYS("Connect", on(10s, Retired{}));
    on(10s, NotConnected{"", true});
    for (int i = 0; i < 9; ++i) {
        SAYS("Connect", tick());
        on(10s + (i + 1) * 100ms, NotConnected{"", true});
    }
    CHECK(!link.may_end());
    SAYS("Connect", on(11s, heart::Tick{}));
    SAYS("Say[lease node: the keeper could not be told that the VM has stopped in order]",
         on(11s, NotConnected{"", true}));
    CHECK(link.may_end());
}

TEST(LeaseLink, a_stall_of_its_own_does_not_use_up_the_second_for_an_orderly_end) {
    held();
    on(6s, Lost{});
    on(6s, NotConnected{"", true});
    on(10s, Retired{});
    on(10s, NotConnected{"", true});
    SAYS("Connect", on(17s, heart::Tick{}));
    SAYS("Open(node) Command(reboot) ShutDown EndOfWords", on(17s, Connected{}));
    CHECK(wakes() == 18s);
    SAYS("", on(17100ms, Lost{false}));
    CHECK(link.may_end());
}

TEST(LeaseLink, an_orderly_end_where_a_keeper_was_looks_for_it_once_more) {
    static_cast<void>(link.start(kStart));
    on(0s, NotConnected{"refused", true});
    SAYS("Connect", on(1s, Retired{}));
    CHECK(!link.may_end());
    SAYS("Open(node) Command() ShutDown EndOfWords", on(1s, Connected{}));
    SAYS("Disconnect", hears(1s, lease::Answer{keeper::Refusal::unknown_lease, {}}));
    CHECK(link.may_end());
}

TEST(LeaseLink, a_keeper_that_is_leaving_is_asked_again) {
    held();
    on(6s, Lost{});
    on(6s, Connected{});
    SAYS("Disconnect", hears(6s, lease::Answer{keeper::Refusal::ending, {}}));
    CHECK(link.guards());
    CHECK(wakes() == 6100ms);
    SAYS("Connect", tick());
}

TEST(LeaseLink, what_the_keeper_warns_of_is_said) {
    held();
    SAYS(
        "Say[lease node: silent for 50 % of the beat timeout; the board is reset in 90 s unless a "
        "beat comes]",
        hears(30s, lease::Warn{50, kStart + 120s}));
    SAYS("Say[lease node: the keeper has decided: the board is powered off, in 20 s at the latest]",
         hears(100s, lease::Verdict{keeper::EndKind::poweroff, kStart + 120s}));
}

TEST(LeaseLink, a_snooze_is_told_to_heart_and_is_no_longer_than_the_keeper_may_say) {
    held();
    SAYS("Say[lease node: snoozed: silence counts in 60 s] Snoozed(90000)",
         hears(30s, lease::Snoozed{kStart + 90s}));
    SAYS("Say[lease node: snoozed: silence counts in 900 s] Snoozed(930000)",
         hears(30s, lease::Snoozed{kNever}));
    SAYS("Say[lease node: snoozed: silence counts in 0 s] Snoozed(30000)",
         hears(31s, lease::Snoozed{kStart + 30s}));
}

TEST(LeaseLink, a_beat_that_was_nobodys_takes_the_lease_again_at_most_once_a_second) {
    held();
    on(100s, Beaten{});
    SAYS("Open(node) Command(reboot) Beat(100000)",
         hears(100s, lease::Answer{keeper::Refusal::not_there, {}}));
    SAYS("", hears(100999ms, lease::Answer{keeper::Refusal::not_there, {}}));
    SAYS("Open(node) Command(reboot) Beat(100000)",
         hears(101s, lease::Answer{keeper::Refusal::not_there, {}}));
}
