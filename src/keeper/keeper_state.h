// SPDX-License-Identifier: Apache-2.0
// What outlives the keeper in /run/vakt/keeper.state: verdicts and deadlines.
#pragma once

#include <array>

#include "base/fixed_list.h"
#include "keeper/ladder.h"
#include "keeper/petting.h"
#include "keeper/verdict.h"

namespace vakt::keeper {

/// /proc/sys/kernel/random/boot_id as 16 bytes; instants of another boot mean nothing.
using BootId = std::array<std::uint8_t, 16>;

/// How the keeper that wrote it ended.
enum class Ended : std::uint8_t {
    not_yet,      ///< it still ran: found so, it was killed
    handed_over,  ///< a successor goes on where it stopped
    clean,        ///< the system was going down
};

struct KeeperState {
    BootId boot{};
    Ended ended = Ended::not_yet;
    NoteId next_note = 1;
    Verdict::State verdict;

    struct LeaseRow {
        Lease::State lease;
        Ladder::State ladder;
        bool held_back =
            false;  ///< its ladder outlived a killed keeper: nothing pets until it recovers
        bool operator==(const LeaseRow&) const = default;
    };
    struct DeviceRow {
        DeviceState state = DeviceState::idle;
        Duration granted{};
        Instant petted{};
        bool operator==(const DeviceRow&) const = default;
    };
    struct EvidenceRow {
        Name name;
        Instant good{};
        bool operator==(const EvidenceRow&) const = default;
    };
    FixedList<LeaseRow, kMaxLeases> leases;
    FixedList<DeviceRow, kMaxDevices> devices;  ///< in keeper.conf's order
    FixedList<EvidenceRow, kMaxEvidence> evidence;

    bool operator==(const KeeperState&) const = default;
};

}  // namespace vakt::keeper
