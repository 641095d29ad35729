// SPDX-License-Identifier: Apache-2.0
// What can happen to a heart, in the words of OTP's port protocol and of the system.
#pragma once

#include <string>
#include <variant>

#include "base/instant.h"

namespace vakt::heart {

// From the VM, through the port.
struct Beat {};
struct ShutDown {};
/// SET_CMD's bytes up to the first NUL, as OTP takes them; empty clears.
struct SetCommand {
    std::string text;
};
struct ClearCommand {};
struct GetCommand {};
struct PreparingCrash {};
/// Bytes that ask for nothing: an unknown operation, a length we refuse, a message not yet whole.
struct Noise {};
struct PortClosed {
    int signal = 0;  ///< that ended the VM; 0: none, or it could not be seen
};
struct PortFailed {};

// From the system.
/// The VM has ended, whether or not anybody has collected its status.
struct VmEnded {};
/// The VM cannot be signalled: it is not ours.
struct VmUnkillable {};
/// The heart command has ended with this wait(2) status; -1: it could not be started.
struct CommandEnded {
    int status = 0;
};
/// Somebody asked us to end (SIGTERM and its like).
struct AskedToEnd {
    std::string signal;  ///< "SIGTERM"
};
/// SIGUSR1: nerves_heart's snooze.
struct SnoozeAsked {};

// From what stands behind us.
enum class Guard {
    none,    ///< nobody resets the board: we do what OTP's heart does
    device,  ///< a device of our own
    keeper,  ///< a lease: the keeper notes a verdict before it is acted on
};
/// From now on this stands behind us.
struct Guarded {
    Guard by = Guard::none;
};
/// The verdict is noted. The command is left alone from `command_until` on, if that is before our
/// own limit.
struct MayProceed {
    Instant command_until = kNever;
};
/// The VM's silence counts from then on, its beats or not.
struct Snoozed {
    Instant until{};
};
/// Time has passed, and all that was queued has been read.
struct Tick {};

using Event = std::variant<Beat, ShutDown, SetCommand, ClearCommand, GetCommand, PreparingCrash,
                           Noise, PortClosed, PortFailed, VmEnded, VmUnkillable, CommandEnded,
                           AskedToEnd, SnoozeAsked, Guarded, MayProceed, Snoozed, Tick>;

}  // namespace vakt::heart
