// SPDX-License-Identifier: Apache-2.0
// Two drivers, or two programs, on one watchdog: what one pets or stops, the other reckons with.
#include <algorithm>
#include <array>

#include "doctor/findings.h"

namespace vakt::doctor {
namespace {

bool has(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

/// Now, or at the next boot: a clash is found before it stops one.
bool loaded(const Facts& facts, std::string_view module) {
    return has(facts.modules, module) || has(facts.boot_modules, module);
}

std::string dev(const KernelWatchdog& watchdog) { return "/dev/" + watchdog.name; }
std::string called(const KernelWatchdog& watchdog) {
    return watchdog.driver.empty() ? watchdog.identity : watchdog.driver;
}
bool is_softdog(std::string_view identity) { return identity == "Software Watchdog"; }

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

void examine_systemd(const Facts& facts, Findings& out) {
    const bool wants =
        std::any_of(facts.devices.begin(), facts.devices.end(),
                    [](const DeviceFacts& device) { return device.settings.driver == "linux"; });
    const bool has_it_already =  // said of the device then
        std::any_of(facts.devices.begin(), facts.devices.end(), [](const DeviceFacts& device) {
            return device.owner && device.owner->pid == 1;
        });
    if (!facts.systemd || facts.systemd->off() || !wants || has_it_already) return;
    out.push_back({Level::wrong, facts.systemd->where,
                   "RuntimeWatchdogSec=" + facts.systemd->value +
                       ": systemd takes the watchdog at the next boot, before wd_keeper does",
                   "set RuntimeWatchdogSec=off, or let systemd keep it: driver = \"systemd\""});
}

void examine_rows(const Facts& facts, Findings& out) {
    for (auto one = facts.devices.begin(); one != facts.devices.end(); ++one)
        for (auto other = one + 1; other != facts.devices.end(); ++other)
            if (!one->kernel_name.empty() && one->kernel_name == other->kernel_name)
                out.push_back({Level::wrong, one->settings.path + " and " + other->settings.path,
                               "are two rows of keeper.conf for one watchdog: the second cannot "
                               "open it",
                               "take one of them out"});
}

void examine_chips(const Facts& facts, Findings& out) {
    struct Pair {
        std::string_view one;
        std::string_view other;
        std::string_view chip;
        std::string_view cure;
        std::string_view only_with = {};  ///< PCI function; "": on every board
    };
    // Drivers that answer for the same registers, by their Kconfig texts and request_region calls;
    // the 6300ESB has two timers that both reset the board, of which the keeper pets one.
    constexpr std::array kPairs{
        Pair{"iTCO_wdt", "wdat_wdt", "Intel's TCO", "blacklist iTCO_wdt: the firmware says wdat"},
        Pair{"sp5100_tco", "wdat_wdt", "AMD's TCO", "blacklist sp5100_tco: the firmware says wdat"},
        Pair{"it87_wdt", "it8712f_wdt", "an ITE Super I/O", "blacklist it8712f_wdt"},
        Pair{"w83627hf_wdt", "w83977f_wdt", "a Winbond Super I/O", "blacklist w83977f_wdt"},
        Pair{"f71808e_wdt", "w83627hf_wdt", "a Super I/O at the same ports",
             "blacklist the one that is not on the board"},
        Pair{"i6300esb", "iTCO_wdt", "Intel's 6300ESB", "blacklist iTCO_wdt", "8086:25a1"},
    };
    for (const auto& pair : kPairs)
        if (loaded(facts, pair.one) && loaded(facts, pair.other) &&
            (pair.only_with.empty() || has(facts.pci, pair.only_with)))
            out.push_back({Level::wrong, std::string(pair.one) + " and " + std::string(pair.other),
                           "are two drivers for one chip (" + std::string(pair.chip) +
                               "): what one pets or stops, the other reckons with",
                           std::string(pair.cure) + " in /etc/modprobe.d"});
}

void examine_twins(const Facts& facts, Findings& out) {
    for (auto one = facts.watchdogs.begin(); one != facts.watchdogs.end(); ++one)
        for (auto other = one + 1; other != facts.watchdogs.end(); ++other)
            if (!one->device.empty() && one->device == other->device)
                out.push_back({Level::wrong, dev(*one) + " and " + dev(*other),
                               "are two watchdogs of one device (" + one->device + "), by " +
                                   one->identity + " and " + other->identity,
                               "blacklist one of the two drivers in /etc/modprobe.d"});
}

/// Drivers from before /dev/watchdogN, by their WATCHDOG_MINOR in Linux 6.1: each wants
/// /dev/watchdog for itself, and probes little or nothing.
void examine_old_drivers(const Facts& facts, Findings& out) {
    constexpr std::array kOld{
        "ib700wdt",    "acquirewdt",   "advantechwdt", "alim1535_wdt",   "alim7101_wdt",
        "cpu5wdt",     "eurotechwdt",  "gef_wdt",      "geodewdt",       "ibmasr",
        "it8712f_wdt", "machzwd",      "mixcomwd",     "nv_tco",         "pc87413_wdt",
        "pcwd",        "pcwd_pci",     "pcwd_usb",     "rdc321x_wdt",    "sbc60xxwdt",
        "sbc7240_wdt", "sbc8360",      "sbc_epx_c3",   "sbc_fitpc2_wdt", "sc1200wdt",
        "sc520_wdt",   "sch311x_wdt",  "scx200_wdt",   "smsc37b787_wdt", "w83877f_wdt",
        "w83977f_wdt", "wafer5823wdt", "wdt",          "wdt_pci",
    };
    std::vector<std::string> claimants;
    for (const std::string_view module : kOld)
        if (loaded(facts, module)) claimants.emplace_back(module);
    if (claimants.empty()) return;
    if (claimants.size() == 1) {
        const auto other = std::find_if(
            facts.watchdogs.begin(), facts.watchdogs.end(),
            [](const KernelWatchdog& watchdog) { return watchdog.name == "watchdog0"; });
        if (other == facts.watchdogs.end()) return;
        claimants.push_back(called(*other));
    }
    out.push_back({Level::wrong, claimants[0] + " and " + claimants[1],
                   "both claim /dev/watchdog: whichever was loaded first has it, and " +
                       claimants[0] + " answers whether its hardware is there or not",
                   "blacklist the one that is not on the board in /etc/modprobe.d"});
}

/// The kernel's timer takes the first free number: which node is the board's own changes from boot
/// to boot.
void examine_softdog(const Facts& facts, Findings& out) {
    const auto hardware =
        std::find_if(facts.watchdogs.begin(), facts.watchdogs.end(),
                     [](const KernelWatchdog& watchdog) { return !is_softdog(watchdog.identity); });
    bool wanted = false;
    for (const auto& device : facts.devices) {
        if (device.settings.driver != "linux") continue;
        wanted |= !is_softdog(device.identity);
        if (!is_softdog(device.identity) || hardware == facts.watchdogs.end()) continue;
        out.push_back(
            {Level::wrong, device.settings.path,
             "is softdog, the kernel's own timer, which was loaded before " + called(*hardware) +
                 " (" + dev(*hardware) + "): a kernel that hangs is not reset",
             "blacklist softdog in /etc/modprobe.d, and take it out of /etc/modules; until "
             "then path = \"" +
                 dev(*hardware) + "\""});
    }
    if (!wanted || !loaded(facts, "softdog")) return;
    out.push_back({Level::weak, "softdog",
                   "is loaded beside the board's own driver: which of them is /dev/watchdog0 is "
                   "decided anew at each boot",
                   "blacklist softdog in /etc/modprobe.d, and take it out of /etc/modules"});
}

void examine_ports(const Facts& facts, Findings& out) {
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
}

bool overlap(const VmeRegisters& one, const VmeRegisters& other) {
    return one.space == other.space && one.address < other.address + other.size &&
           other.address < one.address + one.size;
}

/// The module vme_wdt and the keeper's own driver on one window.
void examine_vme(const Facts& facts, Findings& out) {
    for (const auto& device : facts.devices) {
        if (device.settings.driver != "vme") continue;
        const std::string subject = "vme_wdt.ko and driver \"vme\" on " + device.settings.path;
        const std::string cure =
            "take one of the two: driver = \"linux\" with the /dev/watchdogN of vme_wdt, or "
            "rmmod vme_wdt and keep it from being loaded";
        if (facts.vme_wdt && device.registers && overlap(*facts.vme_wdt, *device.registers))
            out.push_back({Level::wrong, subject,
                           "are two drivers for the same registers: what one pets or stops, the "
                           "other reckons with",
                           cure});
        else if (!device.registers && loaded(facts, "vme_wdt"))
            out.push_back({Level::weak, subject,
                           "may be two drivers for the same registers: its row has no window to "
                           "tell by",
                           cure + "; or give its row a window"});
        else if (!facts.vme_wdt && loaded(facts, "vme_wdt"))
            out.push_back({Level::weak, subject,
                           "meet at the next boot, if vme_wdt's base= is this window's", cure});
    }
}

void examine_solaris(const Facts& facts, Findings& out) {
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

}  // namespace

void examine_clashes(const Facts& facts, Findings& out) {
    for (const auto& device : facts.devices)
        if (device.settings.driver != "systemd") examine_owner(device, out);
    examine_systemd(facts, out);
    examine_rows(facts, out);
    examine_chips(facts, out);
    examine_twins(facts, out);
    examine_old_drivers(facts, out);
    examine_softdog(facts, out);
    examine_ports(facts, out);
    examine_vme(facts, out);
    examine_solaris(facts, out);
}

}  // namespace vakt::doctor
