// SPDX-License-Identifier: Apache-2.0
// The last verdict on the board and its rungs: login1, systemd1, reboot(2), the hardware.
#pragma once

#include "keeper/action.h"

namespace vakt::keeper {

/// Said once, never taken back: from begin() on nothing pets.
///
///   rung     | Noted      RungFailed of it     time
///   none     | -          -                    -                        begin(): noting
///   noting   | login1     -                    2 s after begin: login1
///   login1   | -          systemd1             systemd1_at: systemd1
///   systemd1 | -          syscall              syscall_at: syscall
///   syscall  | -          hardware             -
///   hardware | -          -                    -                        nothing is left to us
///
/// With 10 s until D: the note has at most 2, systemd1 is asked 6 s and reboot(2) done 3 s before
/// D; with less, in proportion. An immediate end goes from noting to syscall, a drill of petting
/// from noting to hardware.
class Verdict {
 public:
    enum class Way : std::uint8_t { orderly, immediate, hardware_only };
    /// What keeper.state keeps of it.
    struct State {
        Rung rung = Rung::none;
        Way way = Way::orderly;
        EndKind end = EndKind::reboot;
        Cause cause = Cause::none;
        Name subject;
        Instant said{};
        Instant deadline = kNever;
        NoteId note = 0;
        Uid by = 0;  ///< of a request

        bool operator==(const State&) const = default;
    };

    Verdict() = default;
    explicit Verdict(const State& state) : state_(state) {}
    [[nodiscard]] const State& state() const { return state_; }
    [[nodiscard]] bool said() const { return state_.rung != Rung::none; }

    /// REQUIRES: not said.
    void begin(Instant now, const State& what, NoteId& next_note, Actions& out);
    void judge(Instant now, Actions& out);
    void noted(NoteId id, Instant now, Actions& out);
    void failed(Rung rung, Instant now, Actions& out);
    /// A keeper that finds a verdict in keeper.state notes it again and asks again for the rung it
    /// was on.
    void resume(Instant now, Actions& out);

    [[nodiscard]] Instant wake_at() const;
    [[nodiscard]] Instant systemd1_at() const;
    [[nodiscard]] Instant syscall_at() const;

 private:
    void climb(Rung rung, Actions& out);
    [[nodiscard]] Note note() const;

    State state_;
};

}  // namespace vakt::keeper
