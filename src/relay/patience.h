// SPDX-License-Identifier: Apache-2.0
// How long a source is left waiting for a slow reader before the oldest packets are dropped
// instead.
#pragma once

#include <chrono>
#include <cstddef>

namespace vakt::relay {

/// A full ring leaves the source unread as long as the reader keeps taking, so a writer that can
/// wait loses nothing. A reader that takes less than `least` bytes in a `window` is no longer
/// waited for: the source is read on and the oldest packets are dropped, since a syslog daemon
/// that finds its FIFO full drops lines itself and counts nothing.
///
///   state    | full, window not over   full, window over            eased
///   calm     | -> waiting, wait        (a window begins now)        -
///   waiting  | wait                    taken >= least: next window, -> calm
///            |                         wait; else -> dropping, drop
///   dropping | drop                    drop                         -> calm
class Patience {
 public:
    using Instant = std::chrono::steady_clock::time_point;

    /// A window of nothing never waits.
    Patience(std::chrono::milliseconds window, std::size_t least)
        : window_(window), least_(least) {}

    /// The ring is full: true when the oldest packets are now to be dropped, false to wait.
    [[nodiscard]] bool may_drop(Instant now) {
        if (state_ == State::calm) begin(now);
        if (state_ == State::waiting && now - began_ >= window_) {
            if (taken_ >= least_ && window_.count() > 0)
                begin(now);
            else
                state_ = State::dropping;
        }
        return state_ == State::dropping;
    }

    /// The reader took `bytes`.
    void taken(std::size_t bytes) { taken_ += bytes; }

    /// The ring has plenty of room again.
    void eased() { state_ = State::calm; }

    /// When may_drop() is to be asked again at the latest. Means something only after it said no.
    [[nodiscard]] Instant ask_again() const { return began_ + window_; }

 private:
    enum class State { calm, waiting, dropping };

    void begin(Instant now) {
        state_ = State::waiting;
        began_ = now;
        taken_ = 0;
    }

    std::chrono::milliseconds window_;
    std::size_t least_;
    State state_ = State::calm;
    Instant began_;
    std::size_t taken_ = 0;
};

}  // namespace vakt::relay
