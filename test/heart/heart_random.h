// SPDX-License-Identifier: Apache-2.0
// One random board in virtual time, for heart_random_test.cpp.
#pragma once

#include <algorithm>
#include <random>
#include <string>

#include "heart/heart.h"

namespace vakt::heart {

using namespace std::chrono_literals;

/// A heart with random settings, to which random things happen at random times. What it does is
/// held against its promises.
class Board {
 public:
    explicit Board(unsigned long seed) : random_(seed), seed_(seed) {
        settings_.beat_timeout = std::chrono::seconds(upto(11, 120));
        settings_.boot_delay = std::chrono::seconds(upto(11, 120));
        settings_.knows_vm = one_in(2);
        settings_.may_kill = !one_in(4);
        settings_.guard = static_cast<Guard>(upto(0, 2));
        if (one_in(3)) settings_.crash_dump_seconds = upto(-1, 200);
        if (!one_in(4)) settings_.command = one_in(8) ? "" : "cmd";
    }

    // Empty when every promise was kept, else what was broken.
    std::string run() {
        Heart heart(settings_, now_);
        last_beat_ = now_;
        for (int steps = 0; steps < 200 && broken_.empty(); ++steps) {
            const auto wake = heart.wake_at();
            const auto pause = std::chrono::milliseconds(upto(0, one_in(10) ? 60000 : 7000));
            if (wake != kNever && wake <= now_ + pause) {
                // Mostly on time; now and then we are starved ourselves, with or without beats in
                // the queue.
                const auto late = one_in(20) ? std::chrono::milliseconds(upto(0, 40000)) : 0ms;
                now_ = std::max(now_, wake) + late;
                if (late != 0ms && one_in(2)) give(heart, Beat{});
                give(heart, Tick{});
            } else {
                now_ += pause;
                give(heart, any());
            }
            if (over_) break;
        }
        return broken_.empty() ? "" : "seed " + std::to_string(seed_) + ": " + broken_;
    }

 private:
    long upto(long least, long most) { return std::uniform_int_distribution(least, most)(random_); }
    bool one_in(long n) { return upto(1, n) == 1; }

    Event any() {
        switch (upto(0, 40)) {
            case 0:
                return ShutDown{};
            case 1:
                return SetCommand{one_in(2) ? "other" : ""};
            case 2:
                return ClearCommand{};
            case 3:
                return GetCommand{};
            case 4:
                return PreparingCrash{};
            case 5:
                return Noise{};
            case 6:
                return PortClosed{};
            case 7:
                return PortFailed{};
            case 8:
                return VmEnded{};
            case 9:
                return CommandEnded{one_in(2) ? 0 : 256};
            case 10:
                return AskedToEnd{"SIGTERM"};
            case 11:
                return SnoozeAsked{};
            case 12:
                return MayProceed{one_in(2) ? kNever : now_ + std::chrono::seconds(upto(0, 60))};
            default:
                return Beat{};
        }
    }

    void give(Heart& heart, const Event& event) {
        const bool beat = std::holds_alternative<Beat>(event);
        const bool cause = std::holds_alternative<PortClosed>(event) ||
                           std::holds_alternative<PortFailed>(event) ||
                           std::holds_alternative<PreparingCrash>(event);
        const bool was_over = over_;
        if (beat && !given_up_ && !over_) last_beat_ = now_;
        const auto actions = heart.on(now_, event);
        if (was_over && !actions.empty())
            broken_ = "it acts after leaving: " + std::to_string(actions.size()) + " actions";
        for (const auto& action : actions) look(action, event, cause);
        if (!over_ && given_up_ && settings_.guard != Guard::none && heart.wake_at() > now_ &&
            now_ >= last_beat_ + settings_.beat_timeout + settings_.boot_delay)
            broken_ = "it still works after the hard deadline";
        if (!over_ && heart.wake_at() == kNever && heart.hard_deadline() != kNever &&
            !may_wait_for_ever())
            broken_ = "it waits for ever";
        if (!over_ && actions.empty() && heart.wake_at() <= now_ &&
            std::holds_alternative<Tick>(event))
            broken_ = "it wants the tick it just had";
    }

    [[nodiscard]] bool may_wait_for_ever() const {
        return settings_.guard == Guard::none && settings_.crash_dump_seconds.value_or(0) < 0;
    }

    void look(const Action& action, const Event& event, bool cause) {
        if (std::holds_alternative<GiveUp>(action)) {
            if (given_up_) broken_ = "two verdicts";
            if (!cause && now_ < last_beat_ + settings_.beat_timeout)
                broken_ = "a healthy VM was given up";
            if (!cause && !std::holds_alternative<Tick>(event)) broken_ = "judged without a tick";
            given_up_ = true;
        }
        if (std::holds_alternative<Renew>(action) && given_up_)
            broken_ = "renewed after the verdict";
        if (std::holds_alternative<KillVm>(action)) {
            if (!given_up_) broken_ = "killed before the verdict";
            if (!settings_.may_kill || !settings_.knows_vm) broken_ = "killed whom it may not";
            if (commanded_) broken_ = "killed after the command";
        }
        if (std::holds_alternative<RunCommand>(action)) {
            if (!given_up_ || commanded_) broken_ = "a command too many";
            commanded_ = true;
        }
        if (std::holds_alternative<Escalate>(action) &&
            (settings_.guard == Guard::none || !given_up_))
            broken_ = "escalated without reason";
        if (std::holds_alternative<Retire>(action) && given_up_)
            broken_ = "disarmed after the verdict";
        if (std::holds_alternative<Leave>(action)) {
            if (!given_up_ && !std::holds_alternative<ShutDown>(event))
                broken_ = "left its VM alone";
            over_ = true;
        }
    }

    std::mt19937_64 random_;
    unsigned long seed_;
    Settings settings_;
    Instant now_{1h};
    Instant last_beat_;
    bool given_up_ = false;
    bool commanded_ = false;
    bool over_ = false;
    std::string broken_;
};

}  // namespace vakt::heart
