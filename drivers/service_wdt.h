// SPDX-License-Identifier: Apache-2.0
// The watchdog that systemd keeps over a service (WatchdogSec=), where systemd owns the hardware.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/dev_node.h"
#include "wdt/watchdog_device.h"

namespace vakt::drivers {

/// A pet is WATCHDOG=1. The timeout is at most that of WatchdogSec=, which systemd says in
/// WATCHDOG_USEC; a shorter one is asked for by WATCHDOG_USEC=, and disarm() is the same with 0
/// (sd_notify(3)). 1 s at the shortest.
///
/// This is no hardware. What happens when it bites is the unit's: by default the service is killed
/// and started again, and the board lives on. So the unit needs FailureAction=reboot-force, and
/// systemd itself RuntimeWatchdogSec=, which makes the hardware reset the board when systemd hangs.
/// A process that ends is no longer watched, so closing_disarms is set: the same FailureAction=
/// stands for that, and systemd starts the service again. None of it can be asked without a bus,
/// hence the standing remark.
class ServiceWdt final : public wdt::WatchdogDevice {
 public:
    /// Opens `node` (notify_node()) unless it is open (handed over while counting). `timeout` is
    /// what systemd watches for (sys::service_watchdog()).
    /// Errors: connect's; a refusal when there is no timeout, or one below 1 s.
    [[nodiscard]] static Result<std::unique_ptr<ServiceWdt>> make(
        std::unique_ptr<DevNode> node, std::optional<std::chrono::microseconds> timeout);

    Result<wdt::Millis> arm(wdt::Millis wanted) override;
    Status pet() override;
    Status disarm() override;
    Result<wdt::Millis> time_left() override;
    Result<wdt::BootFlags> boot_status() override;
    [[nodiscard]] const wdt::Capabilities& capabilities() const override { return capabilities_; }
    [[nodiscard]] const std::string& name() const override { return node_->name(); }
    [[nodiscard]] const std::vector<std::string>& remarks() const override { return remarks_; }
    [[nodiscard]] int descriptor() const override { return node_->descriptor(); }

 private:
    ServiceWdt(std::unique_ptr<DevNode> node, bool armed, wdt::Millis timeout);

    std::unique_ptr<DevNode> node_;
    wdt::Capabilities capabilities_;
    std::vector<std::string> remarks_;
    bool armed_;
};

}  // namespace vakt::drivers
