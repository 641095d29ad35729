// SPDX-License-Identifier: Apache-2.0
// The watchdogs that keeper.conf names: the node, who has it, what the kernel says it can do.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "doctor/findings.h"
#include "wdt/timing.h"

namespace vakt::doctor {
namespace {

wdt::Millis millis(Duration time) { return std::chrono::duration_cast<wdt::Millis>(time); }

void examine_owner(const DeviceFacts& device, Findings& out) {
    if (!device.owner || device.owner->name == "wd_keeper") return;
    const auto& [pid, name] = *device.owner;
    const auto words = "is open in " + name + ", process " + std::to_string(pid) +
                       ": a watchdog has one owner, and wd_keeper cannot have it";
    if (pid == 1)
        out.push_back({Level::wrong, device.settings.path, words,
                       "set RuntimeWatchdogSec=off in /etc/systemd/system.conf and reboot, or let "
                       "systemd keep it and work through it: driver = \"systemd\""});
    else
        out.push_back({Level::wrong, device.settings.path, words,
                       "stop " + name + " and keep it from starting again"});
}

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

void examine_linux(const DeviceFacts& device, Findings& out) {
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
    if (device.identity == "Software Watchdog")
        out.push_back({Level::weak, path,
                       "is the kernel's own timer (softdog): a kernel that hangs is not reset",
                       "load the driver of the board's own watchdog"});
    if (device.nowayout.value_or(false))
        out.push_back({Level::note, path,
                       "cannot be stopped once it counts (nowayout): vaktctl disarm is refused",
                       ""});
}

bool has(const std::vector<std::string>& modules, std::string_view module) {
    return std::find(modules.begin(), modules.end(), module) != modules.end();
}

/// Now, or at the next boot: a clash is found before it stops one.
bool loaded(const Facts& facts, std::string_view module) {
    return has(facts.modules, module) || has(facts.boot_modules, module);
}

/// The kernel's timer takes the first free number: which node is the board's own changes from boot
/// to boot.
void examine_softdog(const Facts& facts, Findings& out) {
    const bool wanted =
        std::any_of(facts.devices.begin(), facts.devices.end(), [](const DeviceFacts& device) {
            return device.settings.driver == "linux" && device.identity != "Software Watchdog";
        });
    if (!wanted || !loaded(facts, "softdog")) return;
    out.push_back({Level::weak, "softdog",
                   "is loaded beside the board's own driver: which of them is /dev/watchdog0 is "
                   "decided anew at each boot",
                   "blacklist softdog in /etc/modprobe.d, and take it out of /etc/modules"});
}

}  // namespace

void examine_devices(const Facts& facts, Findings& out) {
    for (const auto& device : facts.devices) {
        if (device.settings.driver == "systemd") continue;
        examine_node(device, out);
        examine_owner(device, out);
        if (device.settings.driver == "linux" && device.node.there()) examine_linux(device, out);
    }
    const bool unseen =
        std::any_of(facts.devices.begin(), facts.devices.end(), [](const DeviceFacts& device) {
            return !device.owner && device.node.there() && device.settings.driver != "systemd";
        });
    if (unseen && facts.uid != 0)
        out.push_back({Level::note, "owners", "who has a device open is seen by root alone",
                       "run this as root, too"});
}

void examine_clashes(const Facts& facts, Findings& out) {
    struct Pair {
        std::string_view one;
        std::string_view other;
        std::string_view chip;
        std::string_view cure;
    };
    // Drivers that answer for the same registers, by their Kconfig texts and request_region calls.
    constexpr std::array kPairs{
        Pair{"iTCO_wdt", "wdat_wdt", "Intel's TCO", "blacklist iTCO_wdt: the firmware says wdat"},
        Pair{"sp5100_tco", "wdat_wdt", "AMD's TCO", "blacklist sp5100_tco: the firmware says wdat"},
        Pair{"it87_wdt", "it8712f_wdt", "an ITE Super I/O", "blacklist it8712f_wdt"},
        Pair{"w83627hf_wdt", "w83977f_wdt", "a Winbond Super I/O", "blacklist w83977f_wdt"},
        Pair{"f71808e_wdt", "w83627hf_wdt", "a Super I/O at the same ports",
             "blacklist the one that is not on the board"},
    };
    for (const auto& pair : kPairs)
        if (loaded(facts, pair.one) && loaded(facts, pair.other))
            out.push_back({Level::wrong, std::string(pair.one) + " and " + std::string(pair.other),
                           "are two drivers for one chip (" + std::string(pair.chip) +
                               "): what one pets or stops, the other reckons with",
                           std::string(pair.cure) + " in /etc/modprobe.d"});

    examine_softdog(facts, out);
    const bool wants_ib700 =
        std::any_of(facts.devices.begin(), facts.devices.end(),
                    [](const DeviceFacts& device) { return device.settings.driver == "ib700"; });
    constexpr std::uint32_t kFirst = 0x441;  // stop and start ports of the IB700
    constexpr std::uint32_t kLast = 0x443;
    for (const auto& ports : facts.io_ports) {
        const bool is_bridge = ports.last - ports.first >= 0x400;  // a bus's whole window
        if (!wants_ib700 || is_bridge || ports.last < kFirst || ports.first > kLast) continue;
        out.push_back({Level::wrong, "ib700",
                       "the ports 0x441 to 0x443 belong to " + ports.name + " of the kernel",
                       ports.name == "ib700wdt"
                           ? "use it: driver = \"linux\"; or blacklist ib700wdt"
                           : "this board has no IB700: name another driver"});
    }

    const bool wants_vme =
        std::any_of(facts.devices.begin(), facts.devices.end(),
                    [](const DeviceFacts& device) { return device.settings.driver == "vme"; });
    if (!facts.etc_system || !(wants_vme || facts.has_force_vme)) return;
    for (const std::string driver : {"drv/mcp", "drv/mcpzsa", "drv/mcpp"})
        if (!excludes(*facts.etc_system, driver))
            out.push_back({Level::wrong, "/etc/system",
                           "does not exclude " + driver +
                               ", which clashes with the VME driver: the board may not boot again",
                           "add the line \"exclude: " + driver + "\" before the next boot"});
}

}  // namespace vakt::doctor
