// SPDX-License-Identifier: Apache-2.0
// Solaris' application watchdog, /dev/ntwdt (ntwdt(7D)).
#include "drivers/ntwdt.h"

#include <utility>

#include "drivers/refusals.h"
#include "sys/error.h"

namespace vakt::drivers {

namespace {
constexpr long kLeast = 1;
constexpr long kMost = 10800;  // seconds; beyond either LOMIOCDOGTIME is EINVAL
}  // namespace

Ntwdt::Ntwdt(std::unique_ptr<DevNode> node, bool armed) : node_(std::move(node)), armed_(armed) {
    capabilities_.identity = "ntwdt";
    capabilities_.sets_timeout = true;
    capabilities_.disarms = wdt::DisarmAbility::can;
    capabilities_.shortest = std::chrono::seconds(kLeast);
    capabilities_.longest = std::chrono::seconds(kMost);
}

Result<std::unique_ptr<Ntwdt>> Ntwdt::make(std::unique_ptr<DevNode> node) {
    const bool handed_over = node->descriptor() >= 0;
    if (!handed_over) {
        if (const auto opened = node->open(); !opened) {
            auto error = opened.error();
            if (error.code == std::errc::operation_not_permitted)
                error.doing += " (it wants all privileges)";
            if (error.code == std::errc::resource_unavailable_try_again)
                error.doing += " (another program has it open)";
            return error;
        }
    }
    return Result<std::unique_ptr<Ntwdt>>(
        std::unique_ptr<Ntwdt>(new Ntwdt(std::move(node), handed_over)));
}

Result<lom::DogState> Ntwdt::state() {
    lom::DogState state{};
    if (node_->control(lom::kState, &state) != 0)
        return sys::last_error("LOMIOCDOGSTATE", node_->name());
    return state;
}

Result<wdt::Millis> Ntwdt::arm(wdt::Millis wanted) {
    auto granted = try_to_arm(wanted);
    if (granted || armed_) return granted;
    // One that counts already, by whomever, can be petted though we cannot arm it.
    const auto now = state();
    armed_ = now && now->dog_enable != 0;
    return granted;
}

Result<wdt::Millis> Ntwdt::try_to_arm(wdt::Millis wanted) {
    const auto granted = wdt::round_down(wanted, std::chrono::seconds(1), kLeast, kMost);
    if (!granted) return too_short(name(), wanted);

    // DOGCTL before the first DOGTIME is EINVAL.
    auto seconds = static_cast<std::uint32_t>(granted->count() / 1000);
    if (node_->control(lom::kTime, &seconds) != 0)
        return sys::last_error("LOMIOCDOGTIME", node_->name());
    lom::DogControl on{1, 1};
    if (node_->control(lom::kControl, &on) != 0)
        return sys::last_error("LOMIOCDOGCTL", node_->name());
    armed_ = true;
    if (const auto petted = pet(); !petted) return petted.error();
    const auto now = state();
    if (!now) return now.error();
    return wdt::Millis(std::chrono::seconds(now->dog_timeout));
}

Status Ntwdt::pet() {
    if (!armed_) return not_armed("pet", name());
    if (node_->control(lom::kPat, nullptr) != 0)
        return sys::last_error("LOMIOCDOGPAT", node_->name());
    const auto now = state();
    if (!now) return now.error();
    if (now->dog_enable == 0)
        return Error{"LOMIOCDOGPAT " + name() + ": the watchdog is disabled",
                     std::make_error_code(std::errc::io_error)};
    if (now->reset_enable == 0)
        return Error{"LOMIOCDOGPAT " + name() + ": its expiry would not reset the system",
                     std::make_error_code(std::errc::io_error)};
    return Done{};
}

Status Ntwdt::disarm() {
    if (!armed_) return Done{};
    lom::DogControl off{0, 0};
    if (node_->control(lom::kControl, &off) != 0)
        return sys::last_error("LOMIOCDOGCTL", node_->name());
    const auto now = state();
    if (!now) return now.error();
    if (now->dog_enable != 0) return not_told("disarm", name());
    armed_ = false;
    return Done{};
}

Result<wdt::Millis> Ntwdt::time_left() {
    if (!armed_) return not_armed("time left of", name());
    return not_told("time left", name());
}

Result<wdt::BootFlags> Ntwdt::boot_status() { return not_told("boot status", name()); }

}  // namespace vakt::drivers
