// SPDX-License-Identifier: Apache-2.0
// OTP's heart as a pure machine: one VM is judged, (now, event) -> actions.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "heart/event.h"

namespace vakt::heart {

/// What arguments and environment ask for (heart/settings.h reads them).
struct Settings {
    Duration beat_timeout = std::chrono::seconds(60);  ///< -ht
    Duration boot_delay = std::chrono::seconds(60);    ///< -wt, HEART_BEAT_BOOT_DELAY
    bool knows_vm = false;                             ///< -pid named a process
    bool may_kill = true;                              ///< HEART_NO_KILL is not TRUE
    bool abort_instead = false;                        ///< HEART_KILL_SIGNAL is SIGABRT
    std::optional<long> crash_dump_seconds;  ///< ERL_CRASH_DUMP_SECONDS; negative: for ever
    std::optional<std::string> command;      ///< HEART_COMMAND; "" counts as set
    /// With any, the steps after giving up share one budget and what fails is escalated. Guarded
    /// changes it.
    Guard guard = Guard::none;
};

enum class Cause {
    silence,
    port_closed,
    port_failed,
    crash,
    killed,  ///< port_closed, and a signal was seen to have ended the VM
};
/// Why the step above the heart command is wanted.
enum class Failure { no_command, command_failed, command_hangs };

// To the VM.
struct Ack {
    bool operator==(const Ack&) const = default;
};
struct TellCommand {
    std::string text;
    bool operator==(const TellCommand&) const = default;
};
// To people, on stderr.
struct Report {
    std::string text;
    bool operator==(const Report&) const = default;
};
// To what stands behind us: the keeper's lease, a device of our own, or nothing.
/// A good beat has come.
struct Renew {
    bool operator==(const Renew&) const = default;
};
/// So much of the beat timeout has gone in silence.
struct Warn {
    int percent = 0;
    bool operator==(const Warn&) const = default;
};
/// The verdict. From here on no beat is good.
struct GiveUp {
    Cause cause = Cause::silence;
    bool operator==(const GiveUp&) const = default;
};
struct Escalate {
    Failure failure = Failure::no_command;
    int status = 0;  ///< wait(2)'s, of a command that failed
    bool operator==(const Escalate&) const = default;
};
/// The VM that was given up has ended.
struct VmGone {
    bool operator==(const VmGone&) const = default;
};
/// The VM leaves in order: the lease ends, a device of our own is disarmed.
struct Retire {
    bool operator==(const Retire&) const = default;
};
// To the system.
struct KillVm {
    bool abort = false;  ///< SIGABRT instead of SIGKILL
    bool operator==(const KillVm&) const = default;
};
struct RunCommand {
    std::string text;
    bool operator==(const RunCommand&) const = default;
};
/// We are done: end with status 0.
struct Leave {
    bool operator==(const Leave&) const = default;
};

using Action = std::variant<Ack, TellCommand, Report, Renew, Warn, GiveUp, Escalate, VmGone, Retire,
                            KillVm, RunCommand, Leave>;
using Actions = std::vector<Action>;

/// A beat within the beat timeout keeps the VM; silence, a closed port or a crash gives it up.
///
///   state      | Tick                         Beat   ShutDown  other input  PortClosed  VmEnded
///   CommandEnded beating    | silent too long: end the VM  Renew  Leave     answer       closing
///   -        - dumping    | dump too long: end the VM    end the VM, whatever comes closing    | 5
///   s over: end the VM         -      -         -            -           command  - killing    |
///   each second: again; 5 s:     -      -         -            -           command  -
///              | command
///   commanding | past its limit: leave it     -      -         -            -           - Leave
///   over       | -                            -      -         -            -           -        -
///
/// With a keeper, what ends the VM waits in `asking` until it MayProceed, 2 s at most; a wait for a
/// crash dump runs meanwhile.
///
/// PreparingCrash in `beating` is `dumping`, or the end of the VM where ERL_CRASH_DUMP_SECONDS is
/// not set. Without a heart command and without a guard OTP's heart ends no VM: it says so and
/// leaves.
///
/// Only a Tick judges, and the program reads all that is queued before it ticks. A Tick that comes
/// long after it was wanted (wake_at) tells of a stall of our own, which is not the VM's silence:
/// that time does not count.
///
/// With a guard all steps after giving up share one budget. It ends at D, the last good beat + beat
/// timeout + boot delay; the last 10 s of it belong to those who reset the board.
class Heart {
 public:
    Heart(Settings settings, Instant start);

    [[nodiscard]] Actions on(Instant now, const Event& event);
    /// When on(Tick) is wanted next; kNever when only an event can change anything.
    [[nodiscard]] Instant wake_at() const;

    /// Whether input can still change anything: when not, it need not be read.
    [[nodiscard]] bool listens() const {
        return state_ == State::beating || state_ == State::dumping;
    }
    /// The hard deadline D, after which the board is to be reset.
    [[nodiscard]] Instant hard_deadline() const;
    /// What is run when the VM is given up; nullptr: nothing.
    [[nodiscard]] const std::string* command() const;

 private:
    enum class State { beating, dumping, asking, closing, killing, commanding, over };

    void react(Instant now, const Beat&);
    void react(Instant now, const ShutDown&);
    void react(Instant now, const SetCommand& set);
    void react(Instant now, const ClearCommand&);
    void react(Instant now, const GetCommand&);
    void react(Instant now, const PreparingCrash&);
    void react(Instant now, const Noise&);
    void react(Instant now, const PortClosed& closed);
    void react(Instant now, const PortFailed&);
    void react(Instant now, const VmEnded&);
    void react(Instant now, const VmUnkillable&);
    void react(Instant now, const CommandEnded& ended);
    void react(Instant now, const AskedToEnd& asked);
    void react(Instant now, const SnoozeAsked&);
    void react(Instant now, const Guarded& guarded);
    void react(Instant now, const MayProceed& noted);
    void react(Instant now, const Snoozed& snoozed);
    void react(Instant now, const Tick&);

    void tick_beating(Instant now);
    void tick_killing(Instant now);
    void give_up(Instant now, Cause cause);
    void end_vm(Instant now);
    void kill_now(Instant now);
    void cannot_kill(Instant now);
    void run_command(Instant now);
    void escalate(Failure failure, int status = 0);
    void leave();
    void say(std::string text) { actions_.emplace_back(Report{std::move(text)}); }

    /// From when on the VM is silent: the last good beat, or the end of a later snooze.
    [[nodiscard]] Instant silent_from() const { return std::max(last_beat_, snoozed_until_); }
    /// How much silence the next warning or the verdict wants.
    [[nodiscard]] Duration next_judged() const;
    [[nodiscard]] Instant within_budget(Instant wanted) const;
    [[nodiscard]] bool guarded() const { return settings_.guard != Guard::none; }

    Settings settings_;
    State state_ = State::beating;
    bool vm_ended_ = false;
    Cause cause_ = Cause::silence;
    std::string set_command_;
    Instant last_beat_;
    Instant snoozed_until_{};
    Instant awake_;           // when we last knew of anything
    Duration stalled_{};      // our own stalls since the last beat
    int warned_ = 0;          // percent
    Instant until_ = kNever;  // the end of the present state, where it has one
    Instant again_ = kNever;  // killing: the next try
    Instant proceed_at_{};    // after the verdict: not before, unless told
    Instant command_until_ = kNever;
    Actions actions_;
};

}  // namespace vakt::heart
