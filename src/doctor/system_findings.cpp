// SPDX-License-Identifier: Apache-2.0
// systemd's hold on the watchdog, the kernel's, and where a reason survives a reset.
#include <algorithm>

#include "doctor/findings.h"

namespace vakt::doctor {
namespace {

void examine_systemd(const Facts& facts, Findings& out) {
    const auto has = [&](std::string_view driver) {
        return std::any_of(
            facts.devices.begin(), facts.devices.end(),
            [&](const DeviceFacts& device) { return device.settings.driver == driver; });
    };
    const bool on = facts.systemd && !facts.systemd->off();
    if (!on && has("systemd"))
        out.push_back({Level::weak, "driver systemd",
                       "systemd owns no hardware watchdog: nothing resets the board when it or the "
                       "kernel hangs",
                       "set RuntimeWatchdogSec=30 in /etc/systemd/system.conf, or name the device "
                       "with driver = \"linux\""});
}

void examine_kernel(const Facts& facts, Findings& out) {
    const bool has_linux =
        std::any_of(facts.devices.begin(), facts.devices.end(),
                    [](const DeviceFacts& device) { return device.settings.driver == "linux"; });
    if (!has_linux) return;
    const bool pets_for_ever =
        facts.handle_boot_enabled.value_or(false) && facts.open_timeout.value_or(1) == 0;
    if (pets_for_ever)
        out.push_back({Level::weak, "/sys/module/watchdog/parameters/open_timeout",
                       "a watchdog that the boot loader started is petted by the kernel for ever "
                       "when wd_keeper never starts",
                       "boot with watchdog.open_timeout=120"});
}

void examine_memory(const Facts& facts, Findings& out) {
    if (facts.pstore_backend.empty())
        out.push_back({Level::weak, "pstore",
                       "no backend: a kernel's last words and a reason noted beside a dead disk "
                       "are lost",
                       "set memory aside for ramoops (ramoops.mem_address= and mem_size=, or its "
                       "node in the device tree)"});
    else if (!facts.pmsg.there())
        out.push_back({Level::weak, "/dev/pmsg0",
                       "is not there (pstore is " + facts.pstore_backend +
                           "): the reason is noted on the disk alone",
                       "build the kernel with CONFIG_PSTORE_PMSG, and give ramoops a pmsg_size"});
}

}  // namespace

void examine_system(const Facts& facts, Findings& out) {
    examine_systemd(facts, out);
    examine_kernel(facts, out);
    examine_memory(facts, out);
}

}  // namespace vakt::doctor
