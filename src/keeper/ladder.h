// SPDX-License-Identifier: Apache-2.0
// The ladder of one lease: warn, give up, note it, end the VM, run the heart command.
#pragma once

#include "keeper/action.h"
#include "keeper/event.h"
#include "keeper/lease.h"

namespace vakt::keeper {

/// One VM from its first warning to the edge of the board's verdict. All steps after giving up
/// share one budget: it ends at D, its last 10 s are not ours (keeper/verdict.h), and the wait for
/// a crash dump ends 2 s before those.
///
///   phase        | time                  Noted     Progress          hands lost   VmEnded
///   calm         | 50 %: warn            -         -                 -            -
///   warned       | 75 %: warn again      -         -                 -            -
///   warned_again | beat timeout: noting  -         -                 -            -
///   noting       | 2 s: act              act       -                 act by us    remembered
///   hearts_hands | too long: take over   -         command: spent    take over    remembered
///   dumping      | over: ending          -         -                 -            command
///   ending       | 5 s: killing          -         -                 -            command
///   killing      | 1 s: command          -         -                 -            command
///   spent        | -                     -         -                 -            -
///
/// give_up() leads to noting from any phase before it. "Act" lets the heart that gave up proceed
/// (hearts_hands) or, where it was the keeper that gave up, takes over. To take over is to kill a
/// heart that is still connected, so that it does not act a second time, then to go on where it
/// stopped: dumping, ending, killing or the command. The heart command is run once; past its limit
/// it is left alone. recover() from any phase: the lease is good again.
class Ladder {
 public:
    enum class Phase : std::uint8_t {
        calm,
        warned,
        warned_again,
        noting,
        hearts_hands,
        dumping,
        ending,
        killing,
        spent
    };
    static constexpr std::uint8_t kPhases = 9;
    /// What keeper.state keeps of it.
    struct State {
        Phase phase = Phase::calm;
        Cause cause = Cause::none;
        Connection hands = 0;  ///< the heart that gave up and acts
        Connection heart = 0;  ///< the one that held the lease then
        Vm vm;                 ///< the one that is given up, not a newer one
        Killing killing;
        Instant gave_up{};
        Instant until = kNever;  ///< the end of the phase
        NoteId note = 0;
        bool vm_ended = false;
        bool command_done = false;  ///< started, or found to be none

        bool operator==(const State&) const = default;
    };

    Ladder() = default;
    explicit Ladder(const State& state) : state_(state) {}
    [[nodiscard]] const State& state() const { return state_; }

    [[nodiscard]] bool given_up() const { return state_.phase >= Phase::noting; }
    /// The heart that said its own verdict: its beats are void.
    [[nodiscard]] bool gave_up_itself(Connection who) const {
        return given_up() && who != 0 && state_.hands == who;
    }

    /// What a transition needs to know and to tell.
    struct Context {
        Instant now;
        LeaseId id;
        const Lease& lease;
        NoteId& next_note;
        Actions& out;
        bool& changed;  ///< set when keeper.state is to be written first
    };
    /// Time-driven transitions. `not_before` holds back the verdict of silence (a stall of our
    /// own).
    void judge(const Context& context, Instant not_before);
    /// `by` is the heart whose verdict it is, 0 when it is ours.
    void give_up(const Context& context, Cause cause, Connection by);
    void noted(const Context& context, NoteId id);
    void progress(const Context& context, Connection from, Step step);
    void closed(const Context& context, Connection who);
    void vm_ended(const Context& context, const Vm& vm);
    /// A newer heart has taken the lease: whoever started its VM did what the command is for.
    void taken_anew();
    /// After a keeper that was killed: no connection of its time is left. A heart that was to act
    /// does so by itself, so its steps are not done a second time.
    void orphan();
    void recover() { state_ = {}; }

    /// A keeper that finds the ladder waiting for its note in keeper.state writes it again: whether
    /// it reached the disk, or pmsg, is not known.
    void resume(const Context& context);

    /// When judge() is wanted next.
    [[nodiscard]] Instant wake_at(const Lease& lease, Instant not_before) const;

 private:
    [[nodiscard]] Note note(const Context& context) const;
    void act(const Context& context);
    void take_over(const Context& context);
    void end_vm(const Context& context);
    void kill_vm(const Context& context);
    void command(const Context& context);
    void enter(const Context& context, Phase phase, Instant until);
    bool timed(const Context& context, Instant not_before);

    State state_;
    bool note_again_ = false;
};

}  // namespace vakt::keeper
