// SPDX-License-Identifier: Apache-2.0
// The calls that end the system.
#pragma once

#include "keeper/names.h"
#include "systemd/bus.h"

namespace vakt::prog {

struct EndCall {
    systemd::Method method;
    systemd::Fill arguments;
};

///   rung      reboot, poweroff, halt
///   login1    org.freedesktop.login1.Manager Reboot, PowerOff, Halt (interactive false): root
///             overrides inhibitors that block, those that delay have their time (5 s by default)
///   systemd1  org.freedesktop.systemd1.Manager StartUnit(reboot.target, poweroff.target,
///             halt.target; "replace-irreversibly"), as systemctl does where there is no login1
///
/// REQUIRES: one of these rungs.
[[nodiscard]] EndCall end_call(keeper::Rung rung, keeper::EndKind end);

/// Each call has this long. login1 has 2 s at least and systemd1 3 s before the next rung (keeper/
/// verdict.h, with the whole of 10 s): with less the keeper goes on without us.
inline constexpr Duration kEndDeadline = std::chrono::milliseconds(1500);

}  // namespace vakt::prog
