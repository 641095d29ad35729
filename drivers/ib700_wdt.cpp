// SPDX-License-Identifier: Apache-2.0
// The IB700's watchdog, two I/O ports of an industrial PC.
#include "drivers/ib700_wdt.h"

#include <array>
#include <utility>

#include "drivers/refusals.h"
#include "sys/error.h"

namespace vakt::drivers {

namespace {
constexpr long kStopPort = 0x441;
constexpr long kStartPort = 0x443;
constexpr wdt::Millis kStep = std::chrono::seconds(2);
constexpr long kLeast = 1;
constexpr long kMost = 15;  // code 0; code 15 would be no time at all

std::uint8_t code_of(wdt::Millis step) { return static_cast<std::uint8_t>(15 - step / kStep); }
}  // namespace

Ib700Wdt::Ib700Wdt(std::unique_ptr<DevNode> node, bool armed, wdt::Millis granted)
    : node_(std::move(node)),
      armed_(armed),
      code_(code_of(wdt::round_down(granted, kStep, kLeast, kMost).value_or(kStep))) {
    capabilities_.identity = "ib700";
    capabilities_.sets_timeout = true;
    capabilities_.disarms = wdt::DisarmAbility::can;
    capabilities_.shortest = kStep * kLeast;
    capabilities_.longest = kStep * kMost;
}

Result<std::unique_ptr<Ib700Wdt>> Ib700Wdt::make(std::unique_ptr<DevNode> node,
                                                 wdt::Millis granted) {
    const bool handed_over = node->descriptor() >= 0;
    if (!handed_over) {
        if (const auto opened = node->open(); !opened) return opened.error();
    }
    return Result<std::unique_ptr<Ib700Wdt>>(
        std::unique_ptr<Ib700Wdt>(new Ib700Wdt(std::move(node), handed_over, granted)));
}

Status Ib700Wdt::out(long port, std::uint8_t value) {
    const std::array<std::byte, 1> bytes{static_cast<std::byte>(value)};
    const auto written = node_->write_at(bytes, port);
    if (written == 1) return Done{};
    if (written < 0) return sys::last_error("write a port of", node_->name());
    return Error{"write a port of " + node_->name(), std::make_error_code(std::errc::io_error)};
}

Result<wdt::Millis> Ib700Wdt::arm(wdt::Millis wanted) {
    const auto granted = wdt::round_down(wanted, kStep, kLeast, kMost);
    if (!granted) return too_short(name(), wanted);
    const auto code = code_of(*granted);
    if (const auto written = out(kStartPort, code); !written) return written.error();
    code_ = code;
    armed_ = true;
    return *granted;
}

Status Ib700Wdt::pet() {
    if (!armed_) return not_armed("pet", name());
    return out(kStartPort, code_);
}

Status Ib700Wdt::disarm() {
    if (!armed_) return Done{};
    if (auto written = out(kStopPort, 0); !written) return written;
    armed_ = false;
    return Done{};
}

Result<wdt::Millis> Ib700Wdt::time_left() {
    if (!armed_) return not_armed("time left of", name());
    return not_told("time left", name());
}

Result<wdt::BootFlags> Ib700Wdt::boot_status() { return not_told("boot status", name()); }

}  // namespace vakt::drivers
