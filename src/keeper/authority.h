// SPDX-License-Identifier: Apache-2.0
// Who may do what: a table of (uid, verb), and what holds without it.
#pragma once

#include "base/fixed_list.h"
#include "keeper/names.h"

namespace vakt::keeper {

enum class Verb : std::uint8_t {
    snooze,     ///< count one lease as good for at most 900 s
    reboot,     ///< guarded reboot, poweroff, halt
    drill,      ///< prove a step of the chain, which may reset the board
    disarm,     ///< stop a watchdog for good
    take_over,  ///< become the keeper's successor
};

/// A row of keeper.conf: this uid may do this.
struct Right {
    Uid uid = 0;
    Verb verb = Verb::snooze;

    bool operator==(const Right&) const = default;
};
using Rights = FixedList<Right, kMaxRights>;

///   uid                 | snooze         reboot  drill  disarm  take_over
///   0                   | yes            yes     yes    yes     yes
///   the lease's own     | its own lease  row     row    row     no
///   any other           | row            row     row    row     no
///
/// `owner` is the uid of the lease that is meant, nullptr where the whole board is.
[[nodiscard]] inline bool may(const Rights& rights, Uid who, Verb verb, const Uid* owner) {
    if (who == 0) return true;
    if (verb == Verb::take_over) return false;
    if (verb == Verb::snooze && owner != nullptr && *owner == who) return true;
    for (const auto& right : rights)
        if (right.uid == who && right.verb == verb) return true;
    return false;
}

}  // namespace vakt::keeper
