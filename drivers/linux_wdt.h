// SPDX-License-Identifier: Apache-2.0
// Linux' /dev/watchdogN (Documentation/watchdog/watchdog-api.rst, drivers/watchdog/watchdog_dev.c).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/dev_node.h"
#include "wdt/watchdog_device.h"

namespace vakt::drivers {

/// What the settings say of a Linux watchdog beyond its node.
struct LinuxOptions {
    std::string sysfs;                      ///< its directory (sysfs_of()); "" if it has none
    std::optional<wdt::Millis> pretimeout;  ///< before the timeout; whole seconds
    std::string governor;                   ///< what the pretimeout does; "" leaves it
    bool set_nowayout = false;
};

/// OPENING STARTS THE COUNTDOWN, with the driver's own timeout, and counts as a pet; so does every
/// WDIOC_SETTIMEOUT. Capabilities are asked before anything else.
///
/// arm() believes what WDIOC_GETTIMEOUT reads back, not what it asked. A driver that refuses the
/// timeout or rounds it up is asked for shorter ones until the longest that fits is found; one that
/// has only its own timeout grants that, and arm() returns it though it be longer than wanted.
/// When it fails the open node counts all the same: it can be petted, and wants to be disarmed.
///
/// A pretimeout that the driver makes longer, and a panic that would come before the board can be
/// ended in order (wdt::kReserve), are not set and remarked. Whether it is a panic is what sysfs
/// says when the device is made, after the governor was set; the setting, where it says nothing.
///
/// disarm() asks WDIOS_DISABLECARD, writes the magic 'V' and closes; nothing else ever writes a
/// 'V'. Under nowayout it refuses before it touches anything, or, where nowayout cannot be read,
/// when WDIOS_DISABLECARD is refused (EBUSY). After it the node is closed and arm() opens it anew.
class LinuxWdt final : public wdt::WatchdogDevice {
 public:
    /// Opens `node` unless it is open (handed over while counting; nothing is then written to it).
    /// Errors: open's, where device_or_resource_busy means that another program has it;
    /// WDIOC_GETSUPPORT's, for a node that is no watchdog.
    [[nodiscard]] static Result<std::unique_ptr<LinuxWdt>> make(std::unique_ptr<DevNode> node,
                                                                LinuxOptions options);

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
    LinuxWdt(std::unique_ptr<DevNode> node, LinuxOptions options);
    Status open_node();
    Status ask_capabilities();
    void prepare_pretimeout();
    void ask_governor();
    void remark(std::string words);

    Result<wdt::Millis> try_to_arm(wdt::Millis wanted);
    std::optional<long> ask(long seconds);
    Result<wdt::Millis> negotiate(long seconds);
    Result<wdt::Millis> own_timeout();
    void set_pretimeout(wdt::Millis granted);
    Status enable();
    Status restart_countdown();

    std::unique_ptr<DevNode> node_;
    LinuxOptions options_;
    wdt::Capabilities capabilities_;
    std::vector<std::string> remarks_;
    std::optional<wdt::BootFlags> boot_;
    bool panics_ = false;  ///< at the pretimeout
    bool magic_close_ = false;
    bool pets_by_ioctl_ = true;
    bool armed_ = false;
};

}  // namespace vakt::drivers
