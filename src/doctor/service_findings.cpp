// SPDX-License-Identifier: Apache-2.0
// The units of Vakt's services, as an administrator may have changed them.
#include <algorithm>

#include "doctor/findings.h"

namespace vakt::doctor {
namespace {

/// Where systemd owns the hardware, the unit is what makes a dead keeper reset the board.
void examine_guard(const Facts& facts, const Service& keeper, Findings& out) {
    const bool wanted =
        std::any_of(facts.devices.begin(), facts.devices.end(),
                    [](const DeviceFacts& device) { return device.settings.driver == "systemd"; });
    if (!wanted) return;
    if (keeper.watchdog.empty() || keeper.watchdog == "0")
        out.push_back({Level::wrong, keeper.path,
                       "has no WatchdogSec=: systemd does not miss a keeper that hangs, though "
                       "keeper.conf has driver = \"systemd\"",
                       "systemctl edit vakt-keeper, and set WatchdogSec=30 in [Service]"});
    if (!keeper.on_failure.starts_with("reboot"))
        out.push_back({Level::wrong, keeper.path,
                       "has no FailureAction=reboot-force: systemd only starts a missed keeper "
                       "again, and resets no board",
                       "systemctl edit vakt-keeper, and set FailureAction=reboot-force in [Unit]"});
}

}  // namespace

void examine_services(const Facts& facts, Findings& out) {
    for (const auto& service : facts.services) {
        if (!service.program.file.there())
            out.push_back({Level::wrong, service.path,
                           "starts " + service.program.path + ", which is not there",
                           "make install with the prefix that this unit came with, then systemctl "
                           "daemon-reload"});
        if (!service.enabled)
            out.push_back({Level::weak, service.path, "is not enabled: no boot starts it",
                           "systemctl enable " + service.name});
        if (service.restart != "always")
            out.push_back({Level::wrong, service.path,
                           "has not Restart=always: once ended, it stays so",
                           "systemctl edit " + service.name +
                               ", and set Restart=always in "
                               "[Service]"});
        if (service.name == "vakt-keeper") examine_guard(facts, service, out);
    }
}

}  // namespace vakt::doctor
