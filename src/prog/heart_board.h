// SPDX-License-Identifier: Apache-2.0
// What stands behind a heart and resets the board when all else failed.
#pragma once

#include "base/instant.h"
#include "heart/heart.h"

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
    virtual void warn(int percent) = 0;
    virtual void give_up(heart::Cause cause) = 0;
    virtual void escalate(heart::Failure failure) = 0;
    /// The VM leaves in order.
    virtual void retire() = 0;

    /// To be watched for reading, or -1; `stir` when it is readable or `wake_at` has come.
    [[nodiscard]] virtual int descriptor() const { return -1; }
    [[nodiscard]] virtual Instant wake_at() const { return kNever; }
    virtual void stir(Instant now) = 0;
};

}  // namespace vakt::prog
