// SPDX-License-Identifier: Apache-2.0
// The watchdog that systemd keeps over a service.
#include "drivers/service_wdt.h"

#include <algorithm>
#include <utility>

#include "drivers/refusals.h"
#include "sys/error.h"
#include "sys/notify.h"

namespace vakt::drivers {

namespace {

constexpr wdt::Millis kShortest = std::chrono::seconds(1);

Status tell(DevNode& node, const sys::Notice& notice) {
    if (node.write(std::as_bytes(std::span(notice.text()))) < 0)
        return sys::last_error("send to", node.name());
    return Done{};
}

}  // namespace

ServiceWdt::ServiceWdt(std::unique_ptr<DevNode> node, bool armed, wdt::Millis timeout)
    : node_(std::move(node)), armed_(armed) {
    capabilities_.identity = "systemd's watchdog of a service";
    capabilities_.sets_timeout = true;
    capabilities_.disarms = wdt::DisarmAbility::can;
    capabilities_.closing_disarms = true;
    capabilities_.shortest = kShortest;
    capabilities_.longest = timeout;
    remarks_.emplace_back(
        "systemd's watchdog of a service resets the board only if the unit has "
        "FailureAction=reboot-force, and a systemd that hangs is reset only with "
        "RuntimeWatchdogSec= in system.conf; see to both");
}

Result<std::unique_ptr<ServiceWdt>> ServiceWdt::make(
    std::unique_ptr<DevNode> node, std::optional<std::chrono::microseconds> timeout) {
    const bool handed_over = node->descriptor() >= 0;
    if (!handed_over) {
        if (const auto opened = node->open(); !opened) return opened.error();
    }
    if (!timeout)
        return refusal(
            "systemd watches no such service: WATCHDOG_USEC is not set for this "
            "process; the unit wants WatchdogSec=");
    if (*timeout < kShortest)
        return refusal("WatchdogSec=" + std::to_string(timeout->count()) +
                       "us is too short: 1 s at least");
    return Result<std::unique_ptr<ServiceWdt>>(std::unique_ptr<ServiceWdt>(new ServiceWdt(
        std::move(node), handed_over, std::chrono::duration_cast<wdt::Millis>(*timeout))));
}

Result<wdt::Millis> ServiceWdt::arm(wdt::Millis wanted) {
    armed_ = true;  // the unit counts from its start on
    if (wanted < kShortest) return too_short(name(), wanted);
    const auto granted = std::min(wanted, *capabilities_.longest);
    // The unit's own timeout is said as well: an earlier arm() or disarm() may have changed it.
    if (const auto told = tell(*node_, sys::Notice().watchdog_timeout(granted)); !told)
        return told.error();
    return granted;
}

Status ServiceWdt::pet() {
    if (!armed_) return not_armed("pet", name());
    return tell(*node_, sys::Notice().watchdog());
}

Status ServiceWdt::disarm() {
    if (!armed_) return Done{};
    if (auto told = tell(*node_, sys::Notice().watchdog_timeout({})); !told) return told;
    armed_ = false;
    return Done{};
}

Result<wdt::Millis> ServiceWdt::time_left() {
    if (!armed_) return not_armed("time left of", name());
    return not_told("time left", name());
}

Result<wdt::BootFlags> ServiceWdt::boot_status() { return not_told("boot status", name()); }

}  // namespace vakt::drivers
