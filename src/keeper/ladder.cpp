// SPDX-License-Identifier: Apache-2.0
// The ladder of one lease: warn, give up, note it, end the VM, run the heart command.
#include "keeper/ladder.h"

#include <algorithm>

namespace vakt::keeper {
namespace {

using std::chrono::seconds;

// OTP's heart re-sends its signal for five seconds; a VM that has not ended by then will not.
constexpr Duration kEndWait = seconds(5);
constexpr Duration kKillWait = seconds(1);
// A heart that may proceed has its own five seconds of grace and five of killing, as OTP's has.
constexpr Duration kHeartWait = seconds(12);
// What killing and the start of the command get at the end of our share.
constexpr Duration kKillShare = seconds(2);

Instant our_end(const Lease& lease) { return lease.deadline() - kSystemShare; }

/// Where a wait must end, so that the steps after it have their time: 2 s, or half of what is left.
Instant wait_end(Instant now, const Lease& lease) {
    const auto end = our_end(lease);
    return end <= now ? end : std::max(end - kKillShare, now + (end - now) / 2);
}

/// now + wait, never for ever's sake beyond `most`.
Instant capped(Instant now, Duration wait, Instant most) {
    if (wait < Duration::zero()) return std::max(now, most);
    return wait >= most - now ? std::max(now, most) : now + wait;
}

/// When a silent lease is given up; held back after a stall of our own, but not into the share of
/// the system's rungs.
Instant verdict_at(const Lease& lease, Instant not_before) {
    return std::max(lease.given_up_at(), std::min(not_before, our_end(lease)));
}

}  // namespace

void Ladder::enter(const Context& context, Phase phase, Instant until) {
    state_.phase = phase;
    state_.until = until;
    context.changed = true;
}

void Ladder::judge(const Context& context, Instant not_before) {
    while (timed(context, not_before)) {
    }
}

bool Ladder::timed(const Context& context, Instant not_before) {
    const auto& lease = context.lease;
    if (!lease.counts()) return false;
    const auto warn = [&](Phase next, std::uint8_t percent) {
        if (context.now < lease.warns_at(percent)) return false;
        state_.phase = next;
        context.out.push_back(Warn{lease.state().holder, context.id, percent, lease.deadline()});
        return true;
    };
    const bool over = context.now >= state_.until;
    switch (state_.phase) {
        case Phase::calm:
            return warn(Phase::warned, 50);
        case Phase::warned:
            return warn(Phase::warned_again, 75);
        case Phase::warned_again:
            if (context.now < verdict_at(lease, not_before)) return false;
            give_up(context,
                    lease.state().presence == Presence::awaited ? Cause::never_came
                                                                : Cause::heart_silent,
                    0);
            return true;
        case Phase::noting:
            if (over) act(context);
            return over;
        case Phase::hearts_hands:
            if (over) take_over(context);
            return over;
        case Phase::dumping:
            if (over) end_vm(context);
            return over;
        case Phase::ending:
            if (over) kill_vm(context);
            return over;
        case Phase::killing:
            if (over) command(context);
            return over;
        case Phase::spent:
            return false;
    }
    return false;
}

void Ladder::give_up(const Context& context, Cause cause, Connection by) {
    if (given_up()) {
        // The heart that we took for silent speaks while our own verdict is still being noted.
        if (state_.phase == Phase::noting && state_.hands == 0 && by != 0 && by == state_.heart) {
            state_.hands = by;
            state_.cause = cause;
            context.changed = true;
        }
        return;
    }
    const auto& holder = context.lease.state();
    const auto vm_ended = state_.vm_ended;
    state_ = {};
    state_.vm_ended = vm_ended;
    state_.cause = cause;
    state_.hands = by;
    state_.heart = holder.holder;
    state_.vm = holder.vm;
    state_.killing = holder.killing;
    state_.gave_up = context.now;
    state_.command_done = cause == Cause::never_came;  // no VM, no heart, no command
    state_.note = context.next_note++;
    if (cause == Cause::never_came)
        enter(context, Phase::spent, kNever);
    else
        enter(context, Phase::noting, capped(context.now, kNoteWait, our_end(context.lease)));
    context.out.push_back(note(context));
}

Note Ladder::note(const Context& context) const {
    return {.id = state_.note,
            .kind = NoteKind::given_up,
            .cause = state_.cause,
            .subject = context.lease.state().name,
            .deadline = context.lease.deadline()};
}

void Ladder::resume(const Context& context) {
    if (note_again_) context.out.push_back(note(context));
    note_again_ = false;
    if (state_.phase != Phase::noting) return;
    state_.until = capped(context.now, kNoteWait, our_end(context.lease));
    context.out.push_back(note(context));
}

void Ladder::noted(const Context& context, NoteId id) {
    if (state_.phase == Phase::noting && state_.note == id) act(context);
}

void Ladder::act(const Context& context) {
    if (state_.hands == 0) return take_over(context);
    auto patience = kHeartWait;
    // A wait for ever stays one: capped() knows it by its sign.
    if (state_.cause == Cause::vm_crash)
        patience = state_.killing.dump_wait < Duration::zero()
                       ? state_.killing.dump_wait
                       : patience + state_.killing.dump_wait;
    context.out.push_back(Proceed{state_.hands, our_end(context.lease), context.lease.deadline()});
    enter(context, Phase::hearts_hands,
          capped(context.now, patience, wait_end(context.now, context.lease)));
}

void Ladder::progress(const Context& context, Connection from, Step step) {
    if (from == 0 || from != state_.hands || !given_up()) return;
    context.changed = true;
    if (step == Step::vm_ended) {
        state_.vm_ended = true;
        return;
    }
    state_.command_done = true;
    // In noting, too: it waits for us no longer than 2 s, and we may have slept.
    if (state_.phase == Phase::hearts_hands || state_.phase == Phase::noting)
        enter(context, Phase::spent, kNever);
    if (step == Step::command_started) return;
    context.out.push_back(Note{.id = context.next_note++,
                               .kind = NoteKind::command,
                               .cause = state_.cause,
                               .subject = context.lease.state().name,
                               .deadline = context.lease.deadline()});
}

void Ladder::closed(const Context& context, Connection who) {
    if (!given_up() || who == 0) return;
    if (state_.heart == who) state_.heart = 0;
    if (state_.hands != who) return;
    state_.hands = 0;
    context.changed = true;
    if (state_.phase == Phase::hearts_hands) take_over(context);
}

void Ladder::vm_ended(const Context& context, const Vm& vm) {
    if (vm.pid == 0) return;
    if (!given_up()) {
        // Remembered for the verdict to come; a newer VM of this lease clears it with its beat.
        state_.vm_ended = state_.vm_ended || context.lease.state().vm == vm;
        return;
    }
    if (state_.vm != vm) return;
    state_.vm_ended = true;
    context.changed = true;
    if (state_.phase == Phase::dumping || state_.phase == Phase::ending ||
        state_.phase == Phase::killing)
        command(context);
}

void Ladder::taken_anew() {
    if (given_up())
        state_.command_done = true;
    else
        state_.vm_ended = false;
}

void Ladder::orphan() {
    if (state_.hands != 0 && given_up()) {
        note_again_ = state_.phase == Phase::noting;
        state_.phase = Phase::spent;
        state_.until = kNever;
        state_.command_done = true;
    }
    state_.hands = state_.heart = 0;
}

void Ladder::take_over(const Context& context) {
    // The one that gave up, or the one that stopped relaying; never a newer one.
    const auto heart = state_.hands != 0 ? state_.hands : state_.heart;
    if (heart != 0 && !state_.command_done) context.out.push_back(KillHeart{heart});
    state_.hands = state_.heart = 0;
    context.changed = true;
    const bool nothing_to_end = state_.vm_ended || state_.killing.never || state_.vm.pid == 0;
    if (nothing_to_end) return command(context);
    const auto dump = state_.killing.dump_wait;
    const bool waits = state_.cause == Cause::vm_crash && dump != Duration::zero();
    const auto until = capped(state_.gave_up, dump, wait_end(context.now, context.lease));
    if (waits && context.now < until) return enter(context, Phase::dumping, until);
    end_vm(context);
}

void Ladder::end_vm(const Context& context) {
    if (!state_.killing.abort) return kill_vm(context);
    context.out.push_back(KillVm{context.id, state_.vm, true});
    enter(context, Phase::ending,
          capped(context.now, kEndWait, wait_end(context.now, context.lease)));
}

void Ladder::kill_vm(const Context& context) {
    context.out.push_back(KillVm{context.id, state_.vm, false});
    enter(context, Phase::killing,
          capped(context.now, kKillWait, wait_end(context.now, context.lease)));
}

void Ladder::command(const Context& context) {
    enter(context, Phase::spent, kNever);
    if (state_.command_done) return;
    state_.command_done = true;
    context.out.push_back(RunCommand{context.id});
}

Instant Ladder::wake_at(const Lease& lease, Instant not_before) const {
    if (!lease.counts()) return kNever;
    switch (state_.phase) {
        case Phase::calm:
            return lease.warns_at(50);
        case Phase::warned:
            return lease.warns_at(75);
        case Phase::warned_again:
            return verdict_at(lease, not_before);
        default:
            return state_.until;
    }
}

}  // namespace vakt::keeper
