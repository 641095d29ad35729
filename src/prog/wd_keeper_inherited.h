// SPDX-License-Identifier: Apache-2.0
// What a keeper takes over from the one before it: open devices, leases, the lease socket.
#pragma once

#include <array>
#include <optional>

#include "base/fixed_list.h"
#include "base/result.h"
#include "keeper/keeper_state.h"
#include "prog/daemon_log.h"
#include "prog/wd_keeper_clients.h"
#include "prog/wd_keeper_state.h"
#include "settings/keeper_settings.h"
#include "sys/notify.h"

namespace vakt::prog {

struct Inherited {
    std::optional<keeper::KeeperState>
        state;  ///< of keeper.state, its devices in the settings' order
    std::array<sys::Fd, keeper::kMaxDevices>
        devices;  ///< row for row the settings'; still counting
    struct Line {
        keeper::Connection number = 0;
        sys::Fd socket;
    };
    std::array<Line, kMaxClients> lines;
    std::size_t line_count = 0;
    /// Whose connections the service manager keeps, those in `lines` and those that are not taken.
    FixedList<keeper::Connection, sys::InheritedList::capacity()> stored;
    sys::Fd listener;
};

/// From the service manager's store (sys/notify.h): "device-N", "lease-NUMBER", "keeper". Leases
/// count only when the keeper before ended in order: a killed one had newer ones. Descriptors that
/// are nothing of ours are closed.
/// The manager keeps its own copy of all it has passed on, until it is told to forget it.
[[nodiscard]] Inherited inherit_from_manager(const settings::KeeperFile& file, StateFile& state,
                                             Log& log);

/// From the keeper that listens at `path`, which leaves once we have confirmed that we have
/// everything; all of it takes milliseconds, and nothing is closed or opened again. Errors: what
/// that keeper refused or the system said, and then that keeper goes on as if nothing had been.
/// none: nobody listens there.
[[nodiscard]] Result<std::optional<Inherited>> take_over_from(const std::string& path,
                                                              const settings::KeeperFile& file,
                                                              StateFile& state, Log& log);

}  // namespace vakt::prog
