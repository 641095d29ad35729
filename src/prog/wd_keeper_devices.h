// SPDX-License-Identifier: Apache-2.0
// The keeper's watchdogs: opened when they are to be armed, and never before.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "base/instant.h"
#include "base/said_before.h"
#include "keeper/names.h"
#include "prog/daemon_log.h"
#include "wdt/device_settings.h"
#include "wdt/watchdog_device.h"

namespace vakt::prog {

/// Success allocates nothing once a device is armed; what goes wrong is said here, but
/// not what was said lately.
class Devices {
 public:
    /// What has become of one that could not be armed.
    enum class Unarmed : std::uint8_t { no, stopped, counting };
    /// One row of keeper.conf.
    struct Row {
        std::unique_ptr<wdt::WatchdogDevice> device;  ///< none: not open
        bool told = false;                            ///< the hardware's word on the last restart
        wdt::BootFlags boot = 0;
        std::size_t remarks_said = 0;
        SaidBefore complaints;
        bool pets_fail = false;
        Unarmed unarmed = Unarmed::no;  ///< said last
        std::uint32_t pets = 0;
        std::uint32_t pet_failures = 0;
        Instant left_asked{};  ///< when time_left() was
        wdt::Millis left{-1};
    };

    Devices(const std::vector<wdt::DeviceSettings>& settings, Log& log)
        : settings_(settings), log_(log) {}

    /// Opens it if it is not open, and starts its countdown. None: it failed, and that is said;
    /// what was opened then may count all the same, see stop_unarmed().
    [[nodiscard]] std::optional<Duration> arm(keeper::DeviceId id, Duration timeout);
    /// What could not be armed must not count: opening alone starts Linux' watchdogs. False: it
    /// cannot be stopped, which is said, and wants to be petted.
    [[nodiscard]] bool stop_unarmed(keeper::DeviceId id);
    [[nodiscard]] bool pet(keeper::DeviceId id);
    [[nodiscard]] bool disarm(keeper::DeviceId id);
    /// Takes what a predecessor or the service manager's store has kept open, armed for `granted`.
    [[nodiscard]] bool adopt(keeper::DeviceId id, sys::Fd descriptor, Duration granted);

    /// What is left of the countdown, asked at most once a second; negative: not known.
    [[nodiscard]] wdt::Millis time_left(keeper::DeviceId id, Instant now);

    [[nodiscard]] std::size_t size() const { return settings_.size(); }
    [[nodiscard]] const Row& row(keeper::DeviceId id) const { return rows_[id]; }
    [[nodiscard]] const wdt::DeviceSettings& settings(keeper::DeviceId id) const {
        return settings_[id];
    }

 private:
    void ask_boot_status(keeper::DeviceId id);
    /// True: it was news, and is said.
    bool complain(keeper::DeviceId id, const Error& error);
    void pass_on_remarks(keeper::DeviceId id);

    const std::vector<wdt::DeviceSettings>& settings_;
    Log& log_;
    std::array<Row, keeper::kMaxDevices> rows_;
};

}  // namespace vakt::prog
