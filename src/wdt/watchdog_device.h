// SPDX-License-Identifier: Apache-2.0
// What the keeper asks of any hardware watchdog; drivers/ answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace vakt::wdt {

using Millis = std::chrono::milliseconds;

/// Why the hardware last restarted, as a set of bits. The values are Linux's WDIOF_* of
/// WDIOC_GETBOOTSTATUS (linux/watchdog.h); other drivers translate their own registers into them.
using BootFlags = std::uint32_t;
inline constexpr BootFlags kOverheat = 0x0001;
inline constexpr BootFlags kFanFault = 0x0002;
inline constexpr BootFlags kExtern1 = 0x0004;
inline constexpr BootFlags kExtern2 = 0x0008;
inline constexpr BootFlags kPowerUnder = 0x0010;
inline constexpr BootFlags kCardReset = 0x0020;  ///< the watchdog itself reset the board
inline constexpr BootFlags kPowerOver = 0x0040;

/// Whether disarm() can succeed. A driver that cannot know before it tries says unknown.
enum class DisarmAbility { can, cannot, unknown };

/// What a device can do, asked of it when it was opened; does not change while it is open.
struct Capabilities {
    std::string identity;            ///< what the hardware calls itself; "" when it does not say
    bool sets_timeout = false;       ///< arm() can choose; else it grants what the hardware has
    bool knows_time_left = false;    ///< time_left() answers
    bool knows_boot_status = false;  ///< boot_status() answers
    bool has_pretimeout = false;     ///< can warn before it bites
    DisarmAbility disarms = DisarmAbility::unknown;
    /// Closing, a crash included, may stop the countdown: then a dead keeper would not be missed.
    bool closing_disarms = false;
    bool alarm_only = false;         ///< rings or logs, but does not reset the board
    std::optional<Millis> shortest;  ///< bounds of arm()'s timeout, where they are known
    std::optional<Millis> longest;

    bool operator==(const Capabilities&) const = default;
};

/// One hardware watchdog. Every device behaves the same, as test/drivers/contract_test.cpp shows:
///
///   state    | arm            pet            disarm                    destroyed
///   idle     | -> armed       refused        Done, still idle          closed
///   armed    | new countdown  new countdown  -> idle, or refused       closed: STILL COUNTING
///
/// Destroying a device closes it and never disarms it: a keeper that dies must be missed. The one
/// way to stop a countdown is disarm(). A refused call leaves the state as it was, but for an arm()
/// after which the hardware may count: then it can be petted and disarmed as if armed.
///
/// Opening is the driver's (drivers/registry.h). On Linux the open itself starts the countdown
/// with the driver's own timeout and counts as a pet, so a keeper whose verdict is final must not
/// open at all. A device made from a descriptor handed over by a predecessor begins armed, and
/// nothing is written to it until it is asked to.
///
/// Calls do not block beyond the device's own driver, and a call that succeeds allocates no memory
/// (disarm(), and arm() after it, excepted); a call that fails allocates its words.
class WatchdogDevice {
 public:
    WatchdogDevice() = default;
    WatchdogDevice(const WatchdogDevice&) = delete;
    WatchdogDevice& operator=(const WatchdogDevice&) = delete;
    virtual ~WatchdogDevice() = default;

    /// Starts the countdown, or starts it anew with another timeout. Returns the timeout the
    /// hardware granted: hardware with steps grants the longest step not above `wanted`; hardware
    /// that cannot be told, or rounds by itself, may grant more, so the caller compares
    /// (wdt/timing.h).
    /// Errors: invalid_argument if no timeout of the hardware is as short as `wanted`; what the
    /// system said otherwise (device_or_resource_busy where another program has it).
    virtual Result<Millis> arm(Millis wanted) = 0;

    /// Starts the countdown anew.
    /// Errors: operation_not_permitted if not armed; io_error and the like from the hardware, which
    /// then is still counting.
    virtual Status pet() = 0;

    /// Stops the countdown for good, on explicit request only.
    /// Errors: operation_not_supported where the hardware cannot be stopped (nowayout); then it is
    /// still armed and wants to be petted.
    virtual Status disarm() = 0;

    /// What is left of the countdown. Errors: operation_not_permitted if not armed,
    /// operation_not_supported where the hardware does not tell.
    virtual Result<Millis> time_left() = 0;

    /// Why the board last restarted, as the hardware has it. Errors: operation_not_supported where
    /// it does not tell. 0 is an answer: nothing to report (a boot loader may have cleared it).
    virtual Result<BootFlags> boot_status() = 0;

    [[nodiscard]] virtual const Capabilities& capabilities() const = 0;

    /// How messages name it: "/dev/watchdog0".
    [[nodiscard]] virtual const std::string& name() const = 0;

    /// What was asked for in the settings and cannot be had, or makes the guard weaker than it
    /// looks; each a sentence with its cure, for the log. Grows when the device is opened and when
    /// arm() meets a new one.
    [[nodiscard]] virtual const std::vector<std::string>& remarks() const = 0;

    /// The descriptor to hand to a successor (SCM_RIGHTS, systemd's FD store), which keeps the
    /// device open and counting without a gap; -1 if it has none. Stays owned by the device.
    [[nodiscard]] virtual int descriptor() const = 0;
};

}  // namespace vakt::wdt
