// SPDX-License-Identifier: Apache-2.0
// The watchdogs that keeper.conf names: the node, who has it, what the kernel says it can do.
#include <algorithm>

#include "base/text.h"
#include "doctor/findings.h"
#include "wdt/timing.h"

namespace vakt::doctor {
namespace {

wdt::Millis millis(Duration time) { return std::chrono::duration_cast<wdt::Millis>(time); }

void examine_node(const DeviceFacts& device, Findings& out) {
    const auto& path = device.settings.path;
    const bool is_node = device.settings.driver == "linux" || device.settings.driver == "ntwdt" ||
                         device.settings.driver == "ib700";
    if (!device.node.there()) {
        out.push_back({Level::wrong, path, "is not there: wd_keeper has no watchdog to pet",
                       device.settings.driver == "linux"
                           ? "load the board's driver (lsmod; ls /sys/class/watchdog), or mend path"
                           : "load the driver behind it, or mend path"});
        return;
    }
    if (is_node && device.node.kind != FileFacts::Kind::device)
        out.push_back({Level::wrong, path, "is no device node", "mend path"});
    if (is_node && (device.node.mode & 07U) != 0)
        out.push_back({Level::weak, path,
                       "may be opened by every user: whoever opens it first starts or holds it",
                       "chmod 0600 " + path});
}

void examine_linux(const DeviceFacts& device, bool beside_hardware, Findings& out) {
    const auto& path = device.settings.path;
    if (path == "/dev/watchdog")
        out.push_back({Level::note, path,
                       "is another name of /dev/watchdog0, as long as that is the first to load",
                       "write /dev/watchdog0"});
    if (!device.has_sysfs) return;
    const auto timeout = millis(device.rule.timeout);
    const auto bound = [&](std::optional<long> seconds) {
        return wdt::Millis(std::chrono::seconds(seconds.value_or(0)));
    };
    if (device.max_timeout.value_or(0) > 0 && timeout > bound(device.max_timeout))
        out.push_back({Level::wrong, path,
                       "is asked for " + wdt::in_words(timeout) + ", but counts " +
                           wdt::in_words(bound(device.max_timeout)) + " at most",
                       "timeout = " + std::to_string(*device.max_timeout) + " or less"});
    if (device.min_timeout.value_or(0) > 0 && timeout < bound(device.min_timeout))
        out.push_back({Level::wrong, path,
                       "is asked for " + wdt::in_words(timeout) + ", but counts " +
                           wdt::in_words(bound(device.min_timeout)) + " at least",
                       "timeout = " + std::to_string(*device.min_timeout) + " or more"});
    if (device.settings.pretimeout && !device.has_pretimeout)
        out.push_back({Level::weak, path, "has no pretimeout: nothing warns before it bites",
                       "take pretimeout out of its row, or build the kernel with "
                       "CONFIG_WATCHDOG_PRETIMEOUT_GOV if the driver has one"});
    bool has_governor = device.settings.governor.empty();
    for (std::string_view rest = device.governors; !rest.empty();)
        has_governor |= take_line(rest) == device.settings.governor;
    if (!has_governor)
        out.push_back({Level::wrong, path,
                       "the kernel has no pretimeout governor " + device.settings.governor,
                       "load the module pretimeout_" + device.settings.governor +
                           ", or name one of pretimeout_available_governors"});
    if (device.identity == "Software Watchdog" && !beside_hardware)
        out.push_back({Level::weak, path,
                       "is the kernel's own timer (softdog): a kernel that hangs is not reset",
                       "load the driver of the board's own watchdog"});
    if (device.nowayout.value_or(false))
        out.push_back({Level::note, path,
                       "cannot be stopped once it counts (nowayout): vaktctl disarm is refused",
                       ""});
}

}  // namespace

void examine_devices(const Facts& facts, Findings& out) {
    // Then it is a clash.
    const bool beside_hardware =
        std::any_of(facts.watchdogs.begin(), facts.watchdogs.end(),
                    [](const KernelWatchdog& it) { return it.identity != "Software Watchdog"; });
    for (const auto& device : facts.devices) {
        if (device.settings.driver == "systemd") continue;
        examine_node(device, out);
        if (device.settings.driver == "linux" && device.node.there())
            examine_linux(device, beside_hardware, out);
    }
    const bool unseen =
        std::any_of(facts.devices.begin(), facts.devices.end(), [](const DeviceFacts& device) {
            return !device.owner && device.node.there() && device.settings.driver != "systemd";
        });
    if (unseen && facts.uid != 0)
        out.push_back({Level::note, "owners", "who has a device open is seen by root alone",
                       "run this as root, too"});
}

}  // namespace vakt::doctor
