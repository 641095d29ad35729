// SPDX-License-Identifier: Apache-2.0
// The IB700's watchdog, two I/O ports of an industrial PC.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "drivers/dev_node.h"
#include "wdt/watchdog_device.h"

namespace vakt::drivers {

/// 2 to 30 seconds in steps of 2; the code (15 - seconds / 2) written to port 0x443 arms and pets,
/// any write to 0x441 disarms (linux drivers/watchdog/ib700wdt.c; the hardware is +-20 %). A port
/// is a byte of the node at that offset, as /dev/port has it (mem(4)). The ports cannot be read, so
/// a board without the watchdog is not noticed: drivers never probe.
class Ib700Wdt final : public wdt::WatchdogDevice {
 public:
    /// Opens `node` unless it is open (handed over while counting). Then the ports do not tell the
    /// timeout that every pet writes anew, so it is `granted`, as the predecessor had it.
    [[nodiscard]] static Result<std::unique_ptr<Ib700Wdt>> make(std::unique_ptr<DevNode> node,
                                                                wdt::Millis granted = {});

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
    Ib700Wdt(std::unique_ptr<DevNode> node, bool armed, wdt::Millis granted);
    Status out(long port, std::uint8_t value);

    std::unique_ptr<DevNode> node_;
    wdt::Capabilities capabilities_;
    std::vector<std::string> remarks_;
    bool armed_;
    std::uint8_t code_;
};

}  // namespace vakt::drivers
