// SPDX-License-Identifier: Apache-2.0
// The last verdict on the board and its rungs: login1, systemd1, reboot(2), the hardware.
#include "keeper/verdict.h"

#include <algorithm>
#include <cassert>

namespace vakt::keeper {
namespace {

/// `tenths` of kSystemShare before the deadline; of what there is, if that is less.
Instant before(const Verdict::State& verdict, int tenths) {
    const auto whole = std::min(verdict.deadline - verdict.said, kSystemShare);
    return verdict.deadline - std::max(whole, Duration::zero()) * tenths / 10;
}

Instant note_ends(const Verdict::State& verdict) {
    return std::min(verdict.said + kNoteWait, before(verdict, 8));
}

Rung first(Verdict::Way way) {
    switch (way) {
        case Verdict::Way::orderly:
            return Rung::login1;
        case Verdict::Way::immediate:
            return Rung::syscall;
        case Verdict::Way::hardware_only:
            return Rung::hardware;
    }
    return Rung::login1;
}

}  // namespace

void Verdict::begin(Instant now, const State& what, NoteId& next_note, Actions& out) {
    assert(!said());
    state_ = what;
    state_.rung = Rung::noting;
    state_.said = now;
    state_.note = next_note++;
    out.push_back(note());
}

Note Verdict::note() const {
    return {.id = state_.note,
            .kind = NoteKind::verdict,
            .cause = state_.cause,
            .end = state_.end,
            .subject = state_.subject,
            .deadline = state_.deadline,
            .by = state_.by};
}

void Verdict::climb(Rung rung, Actions& out) {
    state_.rung = rung;
    if (rung != Rung::hardware) out.push_back(AskEnd{rung, state_.end});
}

void Verdict::judge(Instant now, Actions& out) {
    if (state_.rung == Rung::noting && now >= note_ends(state_)) climb(first(state_.way), out);
    if (state_.rung == Rung::login1 && now >= systemd1_at()) climb(Rung::systemd1, out);
    if (state_.rung == Rung::systemd1 && now >= syscall_at()) climb(Rung::syscall, out);
}

void Verdict::noted(NoteId id, Instant now, Actions& out) {
    if (state_.rung != Rung::noting || state_.note != id) return;
    climb(first(state_.way), out);
    judge(now, out);
}

void Verdict::failed(Rung rung, Instant now, Actions& out) {
    if (rung != state_.rung || rung < Rung::login1 || rung > Rung::syscall) return;
    climb(static_cast<Rung>(static_cast<int>(rung) + 1), out);
    judge(now, out);
}

void Verdict::resume(Instant now, Actions& out) {
    // Whether the note reached the disk, or pmsg, is not known; it is written again, and waited for
    // no longer than the first one was.
    out.push_back(note());
    if (state_.rung >= Rung::login1 && state_.rung <= Rung::syscall) climb(state_.rung, out);
    judge(now, out);
}

Instant Verdict::systemd1_at() const { return before(state_, 6); }
Instant Verdict::syscall_at() const { return before(state_, 3); }

Instant Verdict::wake_at() const {
    switch (state_.rung) {
        case Rung::noting:
            return note_ends(state_);
        case Rung::login1:
            return systemd1_at();
        case Rung::systemd1:
            return syscall_at();
        default:
            return kNever;
    }
}

}  // namespace vakt::keeper
