// SPDX-License-Identifier: Apache-2.0
// When one hardware watchdog is petted, so that its own expiry keeps the board's hard deadline.
#pragma once

#include <algorithm>

#include "keeper/names.h"

namespace vakt::keeper {

/// A row of keeper.conf; which device it is, is the program's.
struct DeviceRule {
    Duration timeout = std::chrono::seconds(60);  ///< asked for; H is what is granted
    Duration pretimeout{};                        ///< the hardware warns so long before
    Duration shutdown_timeout{};                  ///< for an orderly shutdown; 0: stays as it is

    bool operator==(const DeviceRule&) const = default;
};

enum class DeviceState : std::uint8_t { idle, arming, armed, refused, disarmed };
inline constexpr std::uint8_t kDeviceStates = 5;

/// It is petted at half of what lies before its pretimeout, and once more at the last moment from
/// which its expiry, H later, still keeps D: then it waits.
struct Device {
    DeviceRule rule;
    DeviceState state = DeviceState::idle;
    Duration granted{};       ///< H
    Instant petted{};         ///< its countdown began then, or a little later
    Instant petted_before{};  ///< if that pet turns out to have failed
    Instant due{};            ///< the next pet of the rhythm; while idle, the next try to arm
    Connection asked_by = 0;  ///< who asked to disarm it, while that is open

    [[nodiscard]] Duration rhythm() const {
        return std::max<Duration>((granted - rule.pretimeout) / 2, std::chrono::milliseconds(100));
    }
    void pet(Instant now) {
        petted_before = petted;
        petted = now;
        due = now + rhythm();
    }
    [[nodiscard]] Instant expires_at() const { return petted + granted; }

    /// When to start a countdown of `length` for the last time, if it is to end in time for
    /// `deadline`.
    [[nodiscard]] static Instant last_start(Duration length, Instant deadline) {
        return deadline == kNever ? kNever : deadline - kPetMargin - length;
    }
    /// Whether one that starts `now` still does, though this is not the time that was planned.
    [[nodiscard]] static bool may_start(Instant now, Duration length, Instant deadline) {
        return deadline == kNever || now <= deadline - kPetMargin / 2 - length;
    }
    [[nodiscard]] bool may_pet(Instant now, Instant deadline) const {
        return state == DeviceState::armed && may_start(now, granted, deadline);
    }
    /// When it is to be petted next, seen at `now`; kNever while it waits for D.
    [[nodiscard]] Instant next_pet(Instant now, Instant deadline) const {
        const auto last = last_start(granted, deadline);
        if (!may_pet(now, deadline) || petted >= last) return kNever;
        return std::min(due, last);
    }
};

}  // namespace vakt::keeper
