// SPDX-License-Identifier: Apache-2.0
// A watchdog in a VME board's register window.
#include "drivers/vme_wdt.h"

#include <algorithm>
#include <utility>

#include "drivers/refusals.h"

namespace vakt::drivers {

namespace {

bool is_set(const Field& field, std::uint32_t value) {
    return ((value & field.mask) != 0) != field.active_low;
}

std::uint32_t with(const Field& field, bool set, std::uint32_t value) {
    return set != field.active_low ? value | field.mask : value & ~field.mask;
}

}  // namespace

VmeWdt::VmeWdt(std::unique_ptr<RegisterWindow> window, const VmeProfile& profile, bool armed)
    : window_(std::move(window)), profile_(profile), armed_(armed) {
    capabilities_.identity = std::string(profile.name);
    capabilities_.sets_timeout = true;
    capabilities_.knows_boot_status = profile.reset_status.mask != 0;
    capabilities_.has_pretimeout = profile.half.mask != 0;
    capabilities_.disarms =
        profile.can_disable ? wdt::DisarmAbility::can : wdt::DisarmAbility::cannot;
    for (const auto& step : profile.steps) {
        capabilities_.shortest =
            std::min(capabilities_.shortest.value_or(step.timeout), step.timeout);
        capabilities_.longest =
            std::max(capabilities_.longest.value_or(step.timeout), step.timeout);
    }
}

Result<std::unique_ptr<VmeWdt>> VmeWdt::make(std::unique_ptr<RegisterWindow> window,
                                             const VmeProfile& profile, bool armed) {
    std::unique_ptr<VmeWdt> device(new VmeWdt(std::move(window), profile, armed));
    if (profile.reset_status.mask != 0) {
        const auto status = device->window_->read(profile.reset_status.at);
        if (!status) return status.error();
        for (const auto& bit : profile.reset_bits)
            if (is_set({profile.reset_status.at, bit.mask, profile.reset_status.active_low},
                       *status))
                device->boot_ |= bit.flag;
    }
    return Result<std::unique_ptr<VmeWdt>>(std::move(device));
}

Result<wdt::Millis> VmeWdt::arm(wdt::Millis wanted) {
    const VmeStep* granted = nullptr;
    for (const auto& step : profile_.steps)
        if (step.timeout <= wanted && (granted == nullptr || step.timeout > granted->timeout))
            granted = &step;
    if (granted == nullptr) return too_short(name(), wanted);

    const auto control = profile_.enable.at;
    const auto before = window_->read(control);
    if (!before) return before.error();
    const auto after =
        with(profile_.enable, true, (*before & ~profile_.timeout_mask) | granted->code);
    const bool counted = is_set(profile_.enable, *before);
    if (counted) {
        armed_ = true;  // by whomever
        // Of one counter the steps are taps: a shorter one may be over already.
        if (const auto petted = serve(); !petted) return petted.error();
    }
    if (const auto set = set_control(after); !set) {
        // What nobody will pet must not count, nor faster than is known. Where nothing stops it the
        // old value would only change its step, and hide that it counts.
        const bool stays = !profile_.can_disable && !counted;
        if (stays || !window_->write(control, *before)) armed_ = true;
        return set.error();
    }
    armed_ = true;
    return granted->timeout;
}

Status VmeWdt::set_control(std::uint32_t value) {
    if (auto written = window_->write(profile_.enable.at, value); !written) return written;
    if (auto petted = serve(); !petted) return petted;
    const auto held = window_->read(profile_.enable.at);
    if (!held) return held.error();
    const auto ours = profile_.enable.mask | profile_.timeout_mask;
    if ((*held & ours) != (value & ours))
        return Error{"arm " + name() + ", whose control register did not keep what was written",
                     std::make_error_code(std::errc::io_error)};
    return Done{};
}

Status VmeWdt::pet() {
    if (!armed_) return not_armed("pet", name());
    return serve();
}

Status VmeWdt::serve() {
    for (const auto& word : profile_.service)
        if (auto written = window_->write(word.at, word.value); !written) return written;
    return Done{};
}

Status VmeWdt::disarm() {
    if (!armed_) return Done{};
    if (!profile_.can_disable) return not_told("disarm", name());
    const auto control = profile_.enable.at;
    const auto before = window_->read(control);
    if (!before) return before.error();
    if (auto written = window_->write(control, with(profile_.enable, false, *before)); !written)
        return written;
    const auto held = window_->read(control);
    if (!held) return held.error();
    if (is_set(profile_.enable, *held))
        return Error{"disarm " + name() + ", whose watchdog stays enabled",
                     std::make_error_code(std::errc::operation_not_supported)};
    armed_ = false;
    return Done{};
}

Result<wdt::Millis> VmeWdt::time_left() {
    if (!armed_) return not_armed("time left of", name());
    return not_told("time left", name());
}

Result<wdt::BootFlags> VmeWdt::boot_status() {
    if (!capabilities_.knows_boot_status) return not_told("boot status", name());
    return boot_;
}

Result<bool> VmeWdt::past_half() {
    if (profile_.half.mask == 0) return not_told("half timeout", name());
    const auto status = window_->read(profile_.half.at);
    if (!status) return status.error();
    return is_set(profile_.half, *status);
}

}  // namespace vakt::drivers
