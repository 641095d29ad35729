// SPDX-License-Identifier: Apache-2.0
// A watchdog of heart's own as a pure machine: when to pet it, and when to let go of it.
#include "guard/solo.h"

#include <algorithm>

namespace vakt::guard {
namespace {

using namespace std::chrono_literals;

// Whole seconds are what most hardware counts in, so the rest is cut down to them.
constexpr Duration kNearEnough = 2s;
// A countdown this short is not armed anew: what runs is nearly over.
constexpr Duration kTooShort = 1s;
constexpr Duration kPetRetry = 1s;

}  // namespace

void Solo::armed(Instant now, Duration granted) {
    device_.state = keeper::DeviceState::armed;
    device_.granted = granted;
    device_.pet(now);
    if (!resting_) return;
    resting_ = false;
    let_go_ = device_.expires_at() >= deadline_ - keeper::kPetMargin - kNearEnough;
}

SoloAct Solo::due(Instant now) {
    if (device_.state != keeper::DeviceState::armed || let_go_ || resting_) return SoloAct::nothing;
    const auto last = keeper::Device::last_start(device_.granted, deadline_);
    if (gave_up_ && !holds_on_ && now >= last && last_countdown(now) >= kTooShort) {
        resting_ = true;
        return SoloAct::arm_the_rest;
    }
    if (now < not_before_ || now < device_.next_pet(now, deadline_)) return SoloAct::nothing;
    device_.pet(now);
    return SoloAct::pet;
}

void Solo::pet_failed(Instant now) {
    device_.petted = device_.petted_before;
    not_before_ = device_.due = now + kPetRetry;
}

Instant Solo::wake_at(Instant now) const {
    if (device_.state != keeper::DeviceState::armed || let_go_ || resting_) return kNever;
    const auto next = std::max(device_.next_pet(now, deadline_), not_before_);
    if (!gave_up_) return next;
    if (holds_on_) return std::min(next, over_at());
    const auto last = keeper::Device::last_start(device_.granted, deadline_);
    return last_countdown(std::max(now, last)) >= kTooShort ? std::min(next, last) : next;
}

Instant Solo::over_at() const {
    if (device_.state != keeper::DeviceState::armed || let_go_) return Instant{};
    return std::max(deadline_, device_.expires_at()) + device_.granted;
}

}  // namespace vakt::guard
