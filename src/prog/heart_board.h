// SPDX-License-Identifier: Apache-2.0
// What stands behind a heart and resets the board when all else failed.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/instant.h"
#include "heart/heart.h"
#include "keeper/event.h"

namespace vakt::prog {

/// A lease at the keeper, or a device of heart's own. A heart without either has none of this and
/// does what OTP's does. Nothing here waits, and nothing here fails heart: a board that cannot be
/// told is as good as none.
class Board {
 public:
    Board() = default;
    Board(const Board&) = delete;
    Board& operator=(const Board&) = delete;
    /// Ends without disarming anything.
    virtual ~Board() = default;

    /// A good beat has come; `hard_deadline` is when the board is to be reset if no other does.
    virtual void renew(Instant now, Instant hard_deadline) = 0;
    virtual void give_up(Instant now, heart::Cause cause, const std::string& words) = 0;
    /// How far the ladder has come; `status` is wait(2)'s.
    virtual void step(Instant now, keeper::Step step, int status) = 0;
    /// The heart command has changed; empty: none.
    virtual void command(Instant now, const std::string& text) = 0;
    /// The VM leaves in order.
    virtual void retire(Instant now) = 0;

    /// heart is done: whether it may end now. Ask again after each stir.
    [[nodiscard]] virtual bool may_end(Instant now) = 0;

    /// What heart is to be told; ask after each call.
    [[nodiscard]] virtual std::optional<heart::Event> next() = 0;

    /// To be watched for reading, or -1; `stir` when it is ready or `wake_at` has come.
    [[nodiscard]] virtual int descriptor() const = 0;
    [[nodiscard]] virtual bool wants_to_write() const { return false; }
    [[nodiscard]] virtual Instant wake_at() const = 0;
    virtual void stir(Instant now) = 0;
    /// A child of heart's has ended, perhaps the board's (SIGCHLD).
    virtual void collect() {}
};

/// Words for people; a line without its end.
using SayWords = std::function<void(const std::string&)>;

}  // namespace vakt::prog
