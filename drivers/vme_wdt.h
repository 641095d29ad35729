// SPDX-License-Identifier: Apache-2.0
// A watchdog in a VME board's register window.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "drivers/register_window.h"
#include "drivers/vme_profile.h"
#include "wdt/watchdog_device.h"

namespace vakt::drivers {

/// Timeouts are the profile's steps, rounded down. arm() keeps every other bit of the control
/// register, never passes through a disabled watchdog, pets one that counts before and after it
/// writes another step, and reads back what it wrote: registers that do not hold it are an io_error
/// and get back what they held before; only a countdown that began with it and that nothing stops
/// is left as it is, to be petted. Reading the reset status may clear it on some boards, so it
/// is read once, when the device is made. The boards known do not tell the time left.
class VmeWdt final : public wdt::WatchdogDevice {
 public:
    /// `armed`: handed over while counting; then nothing but the reset status is read.
    /// `profile` must outlive the device (vme_profiles() does).
    /// Errors: the window's, from reading the reset status.
    [[nodiscard]] static Result<std::unique_ptr<VmeWdt>> make(
        std::unique_ptr<RegisterWindow> window, const VmeProfile& profile, bool armed = false);

    Result<wdt::Millis> arm(wdt::Millis wanted) override;
    Status pet() override;
    Status disarm() override;
    Result<wdt::Millis> time_left() override;
    Result<wdt::BootFlags> boot_status() override;
    [[nodiscard]] const wdt::Capabilities& capabilities() const override { return capabilities_; }
    [[nodiscard]] const std::string& name() const override { return window_->name(); }
    [[nodiscard]] const std::vector<std::string>& remarks() const override { return remarks_; }
    [[nodiscard]] int descriptor() const override { return window_->descriptor(); }

    /// Whether half of the countdown is over, where the board tells (FGA-5000's interrupt status).
    /// Errors: operation_not_supported where it does not.
    [[nodiscard]] Result<bool> past_half();

 private:
    VmeWdt(std::unique_ptr<RegisterWindow> window, const VmeProfile& profile, bool armed);
    Status set_control(std::uint32_t value);
    Status serve();

    std::unique_ptr<RegisterWindow> window_;
    const VmeProfile& profile_;
    wdt::Capabilities capabilities_;
    std::vector<std::string> remarks_;
    wdt::BootFlags boot_ = 0;
    bool armed_;
};

}  // namespace vakt::drivers
