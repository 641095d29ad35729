// SPDX-License-Identifier: Apache-2.0
// The simulated board's watchdog (drivers/soft_protocol.h), for `make run` and for tests.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/dev_node.h"
#include "drivers/soft_protocol.h"
#include "wdt/watchdog_device.h"

namespace vakt::drivers {

/// 100 ms to 24 h in milliseconds. Guards a process tree and nothing else: a kernel that hangs
/// hangs it too.
class SoftWdt final : public wdt::WatchdogDevice {
 public:
    /// Opens `node` (socket_node()) unless it is open (handed over while counting).
    /// Errors: connect's; device_or_resource_busy where another device has the board.
    [[nodiscard]] static Result<std::unique_ptr<SoftWdt>> make(std::unique_ptr<DevNode> node);

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
    SoftWdt(std::unique_ptr<DevNode> node, bool armed);
    Status say(SoftMessage message);
    /// The answer, which is `wanted` or a refusal.
    Result<SoftMessage> ask(SoftMessage message, SoftVerb wanted);

    std::unique_ptr<DevNode> node_;
    wdt::Capabilities capabilities_;
    std::vector<std::string> remarks_;
    bool armed_;
};

}  // namespace vakt::drivers
