// SPDX-License-Identifier: Apache-2.0
// A driver's name and plain settings to a device.
#include "drivers/registry.h"

#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "drivers/dev_node.h"
#include "drivers/ib700_wdt.h"
#include "drivers/ntwdt.h"
#include "drivers/register_window.h"
#include "drivers/service_wdt.h"
#include "drivers/soft_wdt.h"
#include "drivers/system_wdt.h"
#include "drivers/vme_profile.h"
#include "drivers/vme_wdt.h"
#include "sys/notify.h"

namespace vakt::drivers {

namespace {

DeviceResult make_vme(const wdt::DeviceSettings& settings, sys::Fd fd) {
    const auto* profile = find_vme_profile(settings.profile);
    if (profile == nullptr) {
        std::string known;
        for (const auto& row : vme_profiles()) known.append(" ").append(row.name);
        return refusal("profile: '" + settings.profile + "' is not one of" + known);
    }
    const bool handed_over = static_cast<bool>(fd);
    const auto order = settings.byte_order.value_or(profile->order);
    const bool is_user_window = settings.window || settings.path.starts_with("/dev/bus/vme/");
    // A window handed over is set up already, and setting it up again would be a write.
    auto window =
        is_user_window
            ? user_window(node_of(settings.path, Access::read_write, std::move(fd)),
                          handed_over ? std::nullopt : settings.window, settings.offset,
                          profile->size, order)
            : mapped_window(settings.path, settings.offset, profile->size, order, std::move(fd));
    if (!window) return window.error();
    return as_device(VmeWdt::make(std::move(*window), *profile, handed_over));
}

DeviceResult make_systemd(const wdt::DeviceSettings& settings, bool handed_over) {
    auto address = settings.path;
    if (address.empty()) {
        const char* const its = std::getenv("NOTIFY_SOCKET");
        if (its == nullptr)
            return refusal("systemd: NOTIFY_SOCKET is not set: this was not started by systemd");
        address = its;
    }
    auto node = notify_node(address);
    // There is nothing to take over but the countdown: the address is where it was.
    if (handed_over)
        if (const auto opened = node->open(); !opened) return opened.error();
    return as_device(ServiceWdt::make(
        std::move(node), sys::service_watchdog(std::getenv("WATCHDOG_USEC"),
                                               std::getenv("WATCHDOG_PID"), ::getpid())));
}

DeviceResult make(const wdt::DeviceSettings& settings, sys::Fd fd, wdt::Millis granted) {
    if (const auto checked = wdt::check(settings); !checked) return checked.error();
    if (settings.driver == "linux") return linux_watchdog(settings, std::move(fd));
    if (settings.driver == "vme") return make_vme(settings, std::move(fd));
    if (settings.driver == "ntwdt")
        return as_device(Ntwdt::make(node_of(settings.path, Access::read_write, std::move(fd))));
    if (settings.driver == "ib700")
        return as_device(
            Ib700Wdt::make(node_of(settings.path, Access::write_only, std::move(fd)), granted));
    if (settings.driver == "systemd") return make_systemd(settings, static_cast<bool>(fd));
    return as_device(SoftWdt::make(fd ? adopted_socket(settings.path, std::move(fd))
                                      : socket_node(settings.path)));
}

}  // namespace

DeviceResult open_device(const wdt::DeviceSettings& settings) { return make(settings, {}, {}); }

DeviceResult adopt_device(const wdt::DeviceSettings& settings, sys::Fd fd, wdt::Millis granted) {
    if (!fd)
        return Error{"adopt " + settings.path,
                     std::make_error_code(std::errc::bad_file_descriptor)};
    return make(settings, std::move(fd), granted);
}

}  // namespace vakt::drivers
