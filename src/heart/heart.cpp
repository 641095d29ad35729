// SPDX-License-Identifier: Apache-2.0
// OTP's heart as a pure machine.
#include "heart/heart.h"

#include <algorithm>
#include <utility>

namespace vakt::heart {
namespace {

using namespace std::chrono_literals;

// What OTP's heart allows a VM that closed its port, and itself to kill one.
constexpr Duration kGrace = 5s;
constexpr Duration kKillEvery = 1s;
constexpr Duration kKillFor = 5s;
// No act waits longer for its note.
constexpr Duration kNoteWait = 2s;
// Where the budget ends before that the keeper takes over: not in the same moment as we act.
constexpr Duration kBeforeTakeOver = 250ms;
// The end of the budget, which belongs to login1, systemd1 and reboot(2).
constexpr Duration kReserve = 10s;
// A tick later than this after it was wanted is a stall of ours; below, it is a busy machine.
constexpr Duration kStall = 1s;

// Longer is for ever, and would not fit an Instant.
constexpr long kLongestDump = 10L * 366 * 24 * 3600;

constexpr int kWarnings[] = {50, 75};

[[nodiscard]] long whole_seconds(Duration d) {
    return static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(d).count());
}

}  // namespace

Heart::Heart(Settings settings, Instant start)
    : settings_(std::move(settings)), last_beat_(start), awake_(start) {}

Actions Heart::on(Instant now, const Event& event) {
    actions_.clear();
    // A stall may have begun right after we were last awake.
    if (state_ == State::beating && now - wake_at() > kStall) stalled_ += now - awake_;
    if (state_ != State::over) std::visit([&](const auto& e) { react(now, e); }, event);
    awake_ = now;
    return std::exchange(actions_, {});
}

Instant Heart::wake_at() const {
    switch (state_) {
        case State::beating:
            return within_budget(silent_from() + stalled_ + next_judged());
        case State::killing:
            return std::min(again_, until_);
        case State::dumping:
        case State::asking:
        case State::closing:
        case State::commanding:
            return until_;
        case State::over:
            break;
    }
    return kNever;
}

Duration Heart::next_judged() const {
    for (const int percent : kWarnings)
        if (warned_ < percent) return settings_.beat_timeout * percent / 100;
    return settings_.beat_timeout;
}

Instant Heart::hard_deadline() const {
    return silent_from() + settings_.beat_timeout + settings_.boot_delay;
}

Instant Heart::within_budget(Instant wanted) const {
    return guarded() ? std::min(wanted, hard_deadline() - kReserve) : wanted;
}

const std::string* Heart::command() const {
    if (!set_command_.empty()) return &set_command_;
    return settings_.command ? &*settings_.command : nullptr;
}

void Heart::react(Instant now, const Beat&) {
    if (state_ == State::dumping) return end_vm(now);
    if (state_ != State::beating) return;
    last_beat_ = now;
    stalled_ = {};
    warned_ = 0;
    actions_.emplace_back(Renew{});
}

void Heart::react(Instant now, const ShutDown&) {
    if (state_ == State::dumping) return end_vm(now);
    if (state_ != State::beating) return;
    actions_.emplace_back(Retire{});
    leave();
}

void Heart::react(Instant now, const SetCommand& set) {
    if (state_ == State::dumping) return end_vm(now);
    if (state_ != State::beating) return;
    set_command_ = set.text;
    actions_.emplace_back(Ack{});
}

void Heart::react(Instant now, const ClearCommand&) { react(now, SetCommand{}); }

void Heart::react(Instant now, const GetCommand&) {
    if (state_ == State::dumping) return end_vm(now);
    if (state_ != State::beating) return;
    const auto* text = command();
    actions_.emplace_back(TellCommand{text != nullptr ? *text : std::string()});
}

void Heart::react(Instant now, const PreparingCrash&) {
    if (state_ == State::dumping) return end_vm(now);
    if (state_ != State::beating) return;
    say("Erlang is crashing .. (waiting for crash dump file)");
    give_up(now, Cause::crash);
    const auto seconds = settings_.crash_dump_seconds;
    if (!seconds) return end_vm(now);
    say("Waiting for dump - timeout set to " + std::to_string(*seconds) + " seconds.");
    state_ = State::dumping;
    const bool for_ever = *seconds < 0 || *seconds > kLongestDump;
    until_ = within_budget(for_ever ? kNever : now + std::chrono::seconds(*seconds));
    if (now >= until_) end_vm(now);
}

void Heart::react(Instant now, const Noise&) {
    // The end of the dump shows as input of any kind.
    if (state_ == State::dumping) end_vm(now);
}

void Heart::react(Instant now, const PortClosed& closed) {
    if (state_ == State::dumping) return end_vm(now);
    if (state_ != State::beating) return;
    say("Erlang has closed.");
    if (closed.signal != 0 && guarded())
        say("Signal " + std::to_string(closed.signal) + " ended it.");
    give_up(now, closed.signal != 0 ? Cause::killed : Cause::port_closed);
    end_vm(now);
}

void Heart::react(Instant now, const PortFailed&) {
    if (state_ == State::dumping) return end_vm(now);
    if (state_ != State::beating) return;
    say("error in read_message.");
    give_up(now, Cause::port_failed);
    end_vm(now);
}

void Heart::react(Instant now, const VmEnded&) {
    vm_ended_ = true;
    if (state_ == State::dumping) return end_vm(now);
    if (state_ == State::closing || state_ == State::killing) run_command(now);
}

void Heart::react(Instant now, const VmUnkillable&) {
    if (state_ == State::killing) cannot_kill(now);
}

void Heart::react(Instant, const CommandEnded& ended) {
    if (state_ != State::commanding) return;
    const auto* text = command();
    say("Executed \"" + (text != nullptr ? *text : std::string()) + "\" -> " +
        std::to_string(ended.status) + ". Terminating.");
    if (ended.status != 0) escalate(Failure::command_failed, ended.status);
    leave();
}

void Heart::react(Instant, const AskedToEnd& asked) {
    say(asked.signal + " noted: the VM's word, the end of it or its silence decides.");
}

void Heart::react(Instant, const SnoozeAsked&) {}  // nerves_heart's alone

void Heart::react(Instant, const Guarded& guarded) { settings_.guard = guarded.by; }

void Heart::react(Instant now, const MayProceed& noted) {
    if (state_ == State::beating) return;
    proceed_at_ = now;
    command_until_ = noted.command_until;
    if (state_ == State::asking) end_vm(now);
}

void Heart::react(Instant now, const Snoozed& snoozed) {
    if (state_ != State::beating) return;
    snoozed_until_ = snoozed.until;
    // What we slept through so far is part of the silence that does not count.
    if (now < snoozed_until_) stalled_ = {};
    warned_ = 0;
}

void Heart::react(Instant now, const Tick&) {
    switch (state_) {
        case State::beating:
            return tick_beating(now);
        case State::dumping:
        case State::asking:
            if (now >= until_) end_vm(now);
            return;
        case State::closing:
            if (now < until_) return;
            say("Erlang still alive, kill it");
            return kill_now(now);
        case State::killing:
            return tick_killing(now);
        case State::commanding:
            if (now < until_) return;
            say("The heart command has not ended in its time and is left alone. Terminating.");
            escalate(Failure::command_hangs);
            return leave();
        case State::over:
            return;
    }
}

void Heart::tick_beating(Instant now) {
    const auto silent = now - silent_from() - stalled_;
    for (const int percent : kWarnings) {
        if (warned_ >= percent || silent < settings_.beat_timeout * percent / 100) continue;
        warned_ = percent;
        actions_.emplace_back(Warn{percent});
    }
    if (now < within_budget(silent_from() + stalled_ + settings_.beat_timeout)) return;
    say("heart-beat time-out, no activity for " + std::to_string(whole_seconds(now - last_beat_)) +
        " seconds");
    give_up(now, Cause::silence);
    end_vm(now);
}

void Heart::give_up(Instant now, Cause cause) {
    cause_ = cause;
    if (settings_.guard == Guard::keeper) {
        // With the budget over the keeper takes over in this moment; D passes only if it is dead.
        const auto last = hard_deadline() - kReserve - kBeforeTakeOver;
        proceed_at_ = now < last ? std::min(now + kNoteWait, last) : hard_deadline();
    }
    actions_.emplace_back(GiveUp{cause});
}

void Heart::end_vm(Instant now) {
    if (now < proceed_at_) {
        state_ = State::asking;
        until_ = proceed_at_;
        return;
    }
    if (command() == nullptr && !guarded()) {
        say("Would reboot. Terminating.");
        return leave();
    }
    if (!settings_.knows_vm || !settings_.may_kill) return run_command(now);
    if (cause_ != Cause::port_closed && cause_ != Cause::killed) return kill_now(now);
    say("Wait 5 seconds for Erlang to terminate nicely");
    if (vm_ended_) return run_command(now);
    state_ = State::closing;
    until_ = within_budget(now + kGrace);
}

void Heart::kill_now(Instant now) {
    if (settings_.abort_instead) say("kill signal SIGABRT requested");
    if (vm_ended_) return run_command(now);
    state_ = State::killing;
    until_ = within_budget(now + kKillFor);
    again_ = now + kKillEvery;
    actions_.emplace_back(KillVm{settings_.abort_instead});
}

void Heart::tick_killing(Instant now) {
    if (now < again_ && now < until_) return;
    if (now >= until_) return cannot_kill(now);
    again_ = now + kKillEvery;
    actions_.emplace_back(KillVm{settings_.abort_instead});
}

void Heart::cannot_kill(Instant now) {
    say("Unable to kill old process, kill failed (tried multiple times).");
    run_command(now);
}

void Heart::run_command(Instant now) {
    if (vm_ended_ && guarded()) actions_.emplace_back(VmGone{});
    const auto* text = command();
    if (text == nullptr) {
        say("No heart command. Terminating.");
        escalate(Failure::no_command);
        return leave();
    }
    state_ = State::commanding;
    until_ = guarded() ? std::min(hard_deadline() - kReserve, command_until_)
                       : now + settings_.boot_delay;
    actions_.emplace_back(RunCommand{*text});
}

void Heart::escalate(Failure failure, int status) {
    if (guarded()) actions_.emplace_back(Escalate{failure, status});
}

void Heart::leave() {
    state_ = State::over;
    actions_.emplace_back(Leave{});
}

}  // namespace vakt::heart
