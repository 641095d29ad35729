// SPDX-License-Identifier: Apache-2.0
// What keeper.conf asks for, and what in it cannot be granted.
#pragma once

#include <optional>

#include "base/fixed_list.h"
#include "keeper/authority.h"
#include "keeper/evidence.h"
#include "keeper/lease.h"
#include "keeper/petting.h"

namespace vakt::keeper {

struct Settings {
    FixedList<LeaseRule, kMaxLeases> leases;
    FixedList<DeviceRule, kMaxDevices> devices;
    FixedList<EvidenceRule, kMaxEvidence> evidence;
    Rights rights;
};

/// What is wrong with which row, counted from 0 in its table.
struct Fault {
    enum class What : std::uint8_t {
        lease_name,     ///< empty, or there twice
        lease_timing,   ///< not 10 s < beat timeout, boot delay <= 65535 s
        boot_deadline,  ///< not above 0
        evidence_name,
        evidence_timing,  ///< freshness not above 0, or grace not above 10 s
        device_timeout,   ///< not above 0, or the pretimeout not below it
        too_long,         ///< device `other`'s timeout > lease's beat timeout + boot delay - 10 s
        too_long_for_evidence,
        devices_differ,  ///< a reload cannot change the devices: that wants a restart
    };
    What what;
    std::size_t row = 0;
    std::size_t device = 0;  ///< of too_long*
    Duration longest{};      ///< of too_long*: what would do

    bool operator==(const Fault&) const = default;
};

/// HEART_BEAT_TIMEOUT's and HEART_BEAT_BOOT_DELAY's range in heart(3).
[[nodiscard]] bool in_range(const Timing& timing);

/// The first fault, reckoning with the timeouts that are asked for.
[[nodiscard]] std::optional<Fault> check(const Settings& settings);

/// Whether a device with timeout `granted` keeps every row's D.
[[nodiscard]] std::optional<Fault> check_granted(const Settings& settings, std::size_t device,
                                                 Duration granted);

}  // namespace vakt::keeper
