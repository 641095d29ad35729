// SPDX-License-Identifier: Apache-2.0
#include "drivers/beam/inner_heart.h"

#include <CppUTest/TestHarness.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "drivers/soft_board.h"

using namespace std::chrono_literals;
using namespace vakt;
using namespace vakt::beam;

namespace {

const Instant kStart{1000h};

/// What a heart asked for, one word each.
class Spy final : public Surroundings {
 public:
    void answer(PortId port, const std::string& body) override {
        did("answer " + std::to_string(port) + " " +
            std::to_string(static_cast<int>(body.front())) + body.substr(1));
    }
    void end(PortId port) override { did("end " + std::to_string(port)); }
    void open_watchdog(Duration, Duration) override { did("open"); }
    void note(const keeper::Note& note, Duration) override {
        did("note " + std::to_string(static_cast<int>(note.kind)) + " " +
            std::to_string(static_cast<int>(note.cause)));
    }
    void note_healthy(Duration) override { did("healthy"); }
    Status reboot() override {
        did("reboot");
        if (refuses) return refusal("not here");
        return Done{};
    }
    void say(const std::string&) override {}

    std::string done() { return std::exchange(done_, {}); }
    bool refuses = false;

 private:
    void did(const std::string& what) { done_ += (done_.empty() ? "" : ", ") + what; }
    std::string done_;
};

class FakeWatchdog final : public wdt::WatchdogDevice {
 public:
    explicit FakeWatchdog(std::string& done) : done_(done) {}
    Result<wdt::Millis> arm(wdt::Millis wanted) override { return wanted; }
    Status pet() override {
        done_ += "P";
        return Done{};
    }
    Status disarm() override {
        done_ += "D";
        return Done{};
    }
    Result<wdt::Millis> time_left() override { return refusal(""); }
    Result<wdt::BootFlags> boot_status() override { return refusal(""); }
    [[nodiscard]] const wdt::Capabilities& capabilities() const override { return can_; }
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] const std::vector<std::string>& remarks() const override { return remarks_; }
    [[nodiscard]] int descriptor() const override { return -1; }

 private:
    std::string& done_;
    wdt::Capabilities can_;
    std::string name_ = "fake";
    std::vector<std::string> remarks_;
};

std::string noted(keeper::NoteKind kind, keeper::Cause cause) {
    return "note " + std::to_string(static_cast<int>(kind)) + " " +
           std::to_string(static_cast<int>(cause));
}
const std::string kGivenUpSilent = noted(keeper::NoteKind::given_up, keeper::Cause::vm_silent) +
                                   ", " +
                                   noted(keeper::NoteKind::verdict, keeper::Cause::vm_silent);
const std::string kClean = noted(keeper::NoteKind::clean, keeper::Cause::none);

}  // namespace

TEST_GROUP(InnerHeart) {
    Spy spy;
    std::string hardware;  // P and D
    InnerHeart heart{true, true, spy};

    static heart::Settings settings() {
        heart::Settings its;
        its.beat_timeout = 11s;
        its.boot_delay = 20s;
        return its;
    }
    void guarded() {
        heart.opened(kStart, 1, settings());
        heart.armed(kStart, kStart, 20s, std::make_unique<FakeWatchdog>(hardware));
        spy.done();
    }
    // Ticks when they are wanted, as the thread does.
    void until(Duration end) {
        for (auto at = kStart; at <= kStart + end;) {
            at = std::max(at + 1ms, heart.wake_at(at));
            if (at > kStart + end) return;
            heart.tick(at);
        }
    }
    void hears(Duration at, PortId port, const heart::Event& event) {
        heart.heard(kStart + at, port, event);
    }
};

TEST(InnerHeart, the_first_port_has_the_watchdog_opened_and_the_next_does_not) {
    heart.opened(kStart, 1, settings());
    STRCMP_EQUAL("open", spy.done().c_str());
    heart.opened(kStart, 2, settings());
    STRCMP_EQUAL("", spy.done().c_str());
}

TEST(InnerHeart, pets_in_its_rhythm_while_beats_are_good) {
    guarded();
    for (auto at = 5s; at <= 60s; at += 5s) {
        hears(at, 1, heart::Beat{});
        heart.tick(kStart + at);
    }
    STRCMP_EQUAL("PPPPPP", hardware.c_str());
}

TEST(InnerHeart, silence_is_noted_and_ends_in_a_reboot_when_both_notes_are_on_the_disk) {
    guarded();
    until(10999ms);
    STRCMP_EQUAL("", spy.done().c_str());
    until(11s);
    STRCMP_EQUAL(kGivenUpSilent.c_str(), spy.done().c_str());
    CHECK_FALSE(heart.settled(1));
    heart.noted(kStart + 11010ms);
    heart.tick(kStart + 11010ms);
    STRCMP_EQUAL("", spy.done().c_str());
    heart.noted(kStart + 11020ms);
    heart.tick(kStart + 11020ms);
    STRCMP_EQUAL("reboot", spy.done().c_str());
    CHECK_TRUE(heart.settled(1));
}

TEST(InnerHeart, a_disk_that_hangs_puts_the_reboot_off_by_two_seconds_and_no_longer) {
    guarded();
    until(11s);
    spy.done();
    until(12999ms);
    STRCMP_EQUAL("", spy.done().c_str());
    heart.tick(kStart + 13001ms);
    STRCMP_EQUAL("reboot", spy.done().c_str());
}

TEST(InnerHeart, after_a_reboot_that_was_refused_nothing_pets_any_more) {
    guarded();
    spy.refuses = true;
    until(14s);
    hardware.clear();
    hears(15s, 1, heart::Beat{});
    until(60s);
    STRCMP_EQUAL("", hardware.c_str());
}

TEST(InnerHeart, shut_down_disarms_and_then_ends_the_port) {
    guarded();
    hears(3s, 1, heart::ShutDown{});
    STRCMP_EQUAL("D", hardware.c_str());
    STRCMP_EQUAL((kClean + ", end 1").c_str(), spy.done().c_str());
    CHECK_TRUE(heart.settled(1));
    hears(3s, 1, heart::PortClosed{});
    CHECK(heart.wake_at(kStart + 3s) == kNever);
}

TEST(InnerHeart, a_heart_that_comes_after_it_has_the_watchdog_opened_anew) {
    guarded();
    hears(3s, 1, heart::ShutDown{});
    hears(3s, 1, heart::PortClosed{});
    spy.done();
    heart.opened(kStart + 4s, 2, settings());
    STRCMP_EQUAL("open", spy.done().c_str());
    heart.armed(kStart + 5s, kStart + 5s, 20s, std::make_unique<FakeWatchdog>(hardware));
    hears(6s, 2, heart::Beat{});
    STRCMP_EQUAL(noted(keeper::NoteKind::recovered, keeper::Cause::none).c_str(),
                 spy.done().c_str());
}

TEST(InnerHeart, with_cycle_the_newest_port_counts_and_an_older_ones_shut_down_is_void) {
    guarded();
    heart.opened(kStart + 1s, 2, settings());
    hears(1s, 2, heart::Beat{});
    hears(2s, 1, heart::ShutDown{});
    STRCMP_EQUAL("end 1", spy.done().c_str());
    STRCMP_EQUAL("", hardware.c_str());
    hears(2s, 1, heart::PortClosed{});
    until(11999ms);
    STRCMP_EQUAL("", spy.done().c_str());
    until(12s);
    STRCMP_EQUAL(kGivenUpSilent.c_str(), spy.done().c_str());
}

TEST(InnerHeart, an_older_ports_silence_and_end_mean_nothing) {
    guarded();
    heart.opened(kStart + 1s, 2, settings());
    for (auto at = 2s; at <= 30s; at += 4s) {
        hears(at, 2, heart::Beat{});
        heart.tick(kStart + at);
    }
    hears(30s, 1, heart::PortClosed{});
    STRCMP_EQUAL("", spy.done().c_str());
}

TEST(InnerHeart, a_port_closed_without_shut_down_is_given_up) {
    guarded();
    hears(2s, 1, heart::PortClosed{});
    STRCMP_EQUAL((noted(keeper::NoteKind::given_up, keeper::Cause::vm_closed) + ", " +
                  noted(keeper::NoteKind::verdict, keeper::Cause::vm_closed))
                     .c_str(),
                 spy.done().c_str());
    CHECK_FALSE(heart.settled(1));
}

TEST(InnerHeart, a_crash_counts_in_any_state_of_the_port_that_counts) {
    heart.opened(kStart, 1, settings());
    spy.done();
    hears(0s, 1, heart::PreparingCrash{});
    STRCMP_EQUAL((noted(keeper::NoteKind::given_up, keeper::Cause::vm_crash) + ", " +
                  noted(keeper::NoteKind::verdict, keeper::Cause::vm_crash))
                     .c_str(),
                 spy.done().c_str());
    hears(0s, 1, heart::PreparingCrash{});
    STRCMP_EQUAL("", spy.done().c_str());
}

TEST(InnerHeart, a_heart_command_is_kept_and_never_run) {
    guarded();
    hears(1s, 1, heart::SetCommand{"reboot -f"});
    hears(1s, 1, heart::GetCommand{});
    STRCMP_EQUAL("answer 1 1, answer 1 7reboot -f", spy.done().c_str());
    until(12s);
    STRCMP_EQUAL(kGivenUpSilent.c_str(), spy.done().c_str());
}

TEST(InnerHeart, with_nothing_behind_it_it_ends_its_port_as_otps_heart_does) {
    InnerHeart alone(false, false, spy);
    alone.opened(kStart, 1, settings());
    for (auto at = 1s; at <= 11s; at += 1s) alone.tick(kStart + at);
    STRCMP_EQUAL("end 1", spy.done().c_str());
}

TEST(InnerHeart, a_boot_is_healthy_when_beats_were_good_for_as_long_as_d_is_away) {
    guarded();
    for (auto at = 5s; at <= 30s; at += 5s) hears(at, 1, heart::Beat{});
    STRCMP_EQUAL("", spy.done().c_str());
    hears(31s, 1, heart::Beat{});
    STRCMP_EQUAL("healthy", spy.done().c_str());
    hears(36s, 1, heart::Beat{});
    STRCMP_EQUAL("", spy.done().c_str());
}
