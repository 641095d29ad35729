// SPDX-License-Identifier: Apache-2.0
// A heart's lease at the keeper as a pure machine: when to connect, what to say, what to wait for.
#include "guard/lease_link.h"

#include <algorithm>
#include <utility>

namespace vakt::guard {
namespace {

using namespace std::chrono_literals;
using wire::lease::Answer;

constexpr Duration kFirstPause = 100ms;
constexpr Duration kLongestPause = 5s;
// After it nobody wakes for a keeper that does not come back.
constexpr Duration kTryFor = 60s;
constexpr Duration kBetweenBeats = 1s;
// heart.erl gives an old heart 10 s to end; a little more than that.
constexpr Duration kReopenFor = 15s;
// How long a VM that stops in order is held up by a keeper that is not there.
constexpr Duration kEndWithin = 1s;

std::string in_seconds(Duration time) {
    return std::to_string(
               std::max<long long>(0, std::chrono::round<std::chrono::seconds>(time).count())) +
           " s";
}

const char* name_of(keeper::EndKind end) {
    switch (end) {
        case keeper::EndKind::reboot:
            return "reboots";
        case keeper::EndKind::poweroff:
            return "is powered off";
        case keeper::EndKind::halt:
            break;
    }
    return "is halted";
}

}  // namespace

keeper::Cause cause_of(heart::Cause cause) {
    switch (cause) {
        case heart::Cause::silence:
            return keeper::Cause::vm_silent;
        case heart::Cause::port_closed:
            return keeper::Cause::vm_closed;
        case heart::Cause::port_failed:
            return keeper::Cause::port_failed;
        case heart::Cause::crash:
        case heart::Cause::killed:
            break;
    }
    return keeper::Cause::vm_crash;
}

LinkActions LeaseLink::start(Instant now) {
    out_.clear();
    connect(now);
    return std::exchange(out_, {});
}

LinkActions LeaseLink::on(Instant now, const LinkEvent& event) {
    out_.clear();
    if (state_ != State::over) std::visit([&](const auto& e) { react(now, e); }, event);
    return std::exchange(out_, {});
}

Instant LeaseLink::wake_at() const {
    if (state_ == State::lost || state_ == State::absent) return try_at_;
    if (state_ == State::ending) return std::min(try_at_, end_by_);
    return kNever;
}

// ---- the connection ----

void LeaseLink::connect(Instant now) {
    tried_ = now;
    try_at_ = kNever;
    out_.emplace_back(Connect{});
}

void LeaseLink::end_untold() {
    say("the keeper could not be told that the VM has stopped in order");
    state_ = State::over;
}

void LeaseLink::try_later(Instant now) {
    smooth_ = false;
    if (state_ == State::ending) {
        if (last_try_) return end_untold();
        try_at_ = now + kFirstPause;
        return;
    }
    pause_ = pause_ == Duration::zero() ? kFirstPause : std::min(2 * pause_, kLongestPause);
    try_at_ = now - lost_since_ < kTryFor ? now + pause_ : kNever;
}

void LeaseLink::open() {
    send(wire::lease::Open{wish_.lease, wish_.timing, wish_.vm, wish_.killing});
    send(wire::lease::Command{command_});
    if (last_beat_ != kNever && !verdict_) send(wire::lease::Beat{last_beat_});
    if (!verdict_) return;
    send(*verdict_);
    for (const auto& step : steps_) send(step);
}

void LeaseLink::react(Instant now, const Connected&) {
    try_at_ = kNever;
    reopen_until_ = now + kReopenFor;
    reopened_ = now;
    open();
    if (state_ == State::ending) {
        if (last_try_) end_by_ = now + kEndWithin;
        return shut_down();
    }
    state_ = State::asked;
}

void LeaseLink::react(Instant now, const NotConnected& failed) {
    socket_is_there_ = failed.socket_is_there;
    if (state_ == State::absent) {
        if (smooth_ && wish_.expects_keeper) say(failed.why + "; without a keeper");
        smooth_ = false;
        if (!failed.socket_is_there) return;
        // It is being restarted, or was here once.
        if (lost_since_ == kNever) lost_since_ = now;
    }
    try_later(now);
}

void LeaseLink::react(Instant now, const Lost& lost) {
    smooth_ = false;
    if (state_ == State::ending) {
        if (shut_down_said_ && (!lost.unread || repeated_)) {
            state_ = State::over;
        } else {
            repeated_ = shut_down_said_;
            shut_down_said_ = false;
            connect(now);
        }
        return;
    }
    if (!talks()) return;
    if (!granted_) {
        state_ = State::absent;
        return;
    }
    if (state_ == State::held) {
        say("the keeper is gone, and its deadline runs on");
        lost_since_ = now;
        pause_ = {};
        state_ = State::lost;
        return connect(now);
    }
    // It takes connections and says nothing.
    state_ = State::lost;
    try_later(now);
}

// ---- what the keeper says ----

void LeaseLink::react(Instant now, const Heard& heard) {
    std::visit(
        [&](const auto& message) {
            if constexpr (requires { hear(now, message); }) hear(now, message);
        },
        heard.message);
}

void LeaseLink::hear(Instant, const wire::lease::Granted&) {
    if (state_ != State::asked) return;
    state_ = State::held;
    if (granted_) return say("the keeper is back");
    granted_ = true;
    out_.emplace_back(TellGuarded{heart::Guard::keeper});
}

void LeaseLink::hear(Instant now, const Answer& answer) {
    if (answer.refusal == keeper::Refusal::none) return;
    if (state_ != State::ending && !talks()) return;
    switch (answer.refusal) {
        case keeper::Refusal::not_there:
            // A beat of ours was nobody's: the lease is another heart's by now, or was and ended.
            if (state_ != State::held || now < reopened_ + kBetweenBeats) return;
            reopened_ = now;
            return open();
        case keeper::Refusal::unknown_lease:
            return be_refused("keeper.conf has no such lease for this user");
        case keeper::Refusal::timing:
            return be_refused("a watchdog of the board takes " + in_seconds(answer.longest) +
                              ", longer than beat timeout + boot delay - 10 s");
        default:
            break;
    }
    // The keeper is leaving: its successor may say something else.
    out_.emplace_back(Disconnect{});
    if (state_ == State::ending) {
        shut_down_said_ = false;
        return try_later(now);
    }
    smooth_ = false;
    state_ = granted_ ? State::lost : State::absent;
    if (!granted_) return;
    lost_since_ = now;
    try_later(now);
}

void LeaseLink::be_refused(const std::string& why) {
    out_.emplace_back(Disconnect{});
    if (state_ == State::ending) {
        state_ = State::over;
        return;
    }
    say("refused: " + why + "; nobody resets the board for this VM");
    state_ = State::refused;
    if (std::exchange(granted_, false)) out_.emplace_back(TellGuarded{heart::Guard::none});
}

void LeaseLink::hear(Instant now, const wire::lease::Warn& warn) {
    say("silent for " + std::to_string(warn.percent) +
        " % of the beat timeout; the board is reset in " + in_seconds(warn.deadline - now) +
        " unless a beat comes");
}

void LeaseLink::hear(Instant, const wire::lease::Proceed& proceed) {
    if (verdict_) out_.emplace_back(TellProceed{proceed.command_until});
}

void LeaseLink::hear(Instant now, const wire::lease::Verdict& verdict) {
    say(std::string("the keeper has decided: the board ") + name_of(verdict.end) + ", in " +
        in_seconds(verdict.deadline - now) + " at the latest");
}

void LeaseLink::hear(Instant now, const wire::lease::Snoozed& snoozed) {
    if (state_ != State::held) return;
    const auto until = std::min(snoozed.until, now + keeper::kLongestSnooze);
    say("snoozed: silence counts in " + in_seconds(until - now));
    out_.emplace_back(TellSnoozed{until});
}

// ---- what heart says ----

void LeaseLink::react(Instant now, const Beaten&) {
    if (verdict_) return;
    last_beat_ = now;
    const bool due = now >= tried_ + kBetweenBeats;
    if ((state_ == State::absent || state_ == State::lost) && due) return connect(now);
    if (!talks()) return;
    if (now < reopen_until_ && now >= reopened_ + kBetweenBeats) {
        reopened_ = now;
        return open();
    }
    send(wire::lease::Beat{now});
}

void LeaseLink::react(Instant now, const GaveUp& verdict) {
    if (verdict_) return;
    verdict_ = wire::lease::GivingUp{cause_of(verdict.cause), std::string_view(verdict.words)};
    if (talks()) return send(*verdict_);
    if (state_ == State::lost) {
        lost_since_ = now;
        pause_ = {};
        connect(now);
    }
}

void LeaseLink::react(Instant, const Stepped& step) {
    if (!verdict_) return;
    steps_.push_back({step.step, static_cast<std::uint32_t>(step.status)});
    if (talks()) send(steps_.back());
}

void LeaseLink::react(Instant, const CommandIs& command) {
    const bool too_long = command.text.size() > wire::kMaxCommand;
    if (too_long)
        say("the heart command is longer than " + std::to_string(wire::kMaxCommand) +
            " bytes: without heart it cannot be run");
    auto text = too_long ? std::string() : command.text;
    if (text == command_) return;
    command_ = std::move(text);
    if (talks()) send(wire::lease::Command{command_});
}

void LeaseLink::shut_down() {
    send(wire::lease::ShutDown{});
    out_.emplace_back(EndOfWords{});
    shut_down_said_ = true;
}

void LeaseLink::react(Instant now, const Retired&) {
    const bool talked = talks();
    const bool comes_again = state_ == State::lost || (state_ == State::absent && socket_is_there_);
    state_ = talked || comes_again ? State::ending : State::over;
    end_by_ = now + kEndWithin;
    try_at_ = kNever;
    if (talked)
        shut_down();
    else if (comes_again)
        connect(now);
}

void LeaseLink::react(Instant, const Leaving&) {
    if (state_ != State::ending) state_ = State::over;
}

void LeaseLink::react(Instant now, const heart::Tick&) {
    if (state_ != State::ending || now < end_by_) {
        if (now >= try_at_) connect(now);
        return;
    }
    // A stall of our own may have been all of that second.
    if (!shut_down_said_ && !std::exchange(last_try_, true)) return connect(now);
    end_untold();
}

}  // namespace vakt::guard
