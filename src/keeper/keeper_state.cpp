// SPDX-License-Identifier: Apache-2.0
// The keeper's own view of itself: what it writes down and what it answers when asked.
#include <algorithm>

#include "keeper/keeper.h"

namespace vakt::keeper {

KeeperState Keeper::state() const {
    KeeperState state;
    state.boot = boot_;
    state.ended = ended_;
    state.next_note = next_note_;
    state.verdict = verdict_.state();
    for (std::size_t id = 0; id < lease_count_; ++id)
        state.leases.push_back(
            {leases_[id].lease.state(), leases_[id].ladder.state(), leases_[id].held_back});
    for (std::size_t id = 0; id < settings_.devices.size(); ++id)
        state.devices.push_back({devices_[id].state, devices_[id].granted, devices_[id].petted});
    for (std::size_t id = 0; id < settings_.evidence.size(); ++id)
        state.evidence.push_back({evidence_[id].rule.name, evidence_[id].good});
    return state;
}

Instant Keeper::deadline() const {
    auto nearest = kNever;
    for (std::size_t id = 0; id < lease_count_; ++id)
        nearest = std::min(nearest, leases_[id].lease.deadline());
    for (std::size_t id = 0; id < settings_.evidence.size(); ++id)
        nearest = std::min(nearest, evidence_[id].deadline());
    return nearest;
}

std::optional<Keeper::Oldest> Keeper::oldest() const {
    std::optional<Oldest> oldest;
    const auto offer = [&](const Oldest& other) {
        if (other.deadline != kNever && (!oldest || other.deadline < oldest->deadline))
            oldest = other;
    };
    for (std::size_t id = 0; id < lease_count_; ++id) {
        const auto& lease = leases_[id].lease;
        offer({lease.state().name, false, lease.silent_from(), lease.deadline()});
    }
    for (std::size_t id = 0; id < settings_.evidence.size(); ++id)
        offer({evidence_[id].rule.name, true, evidence_[id].good, evidence_[id].deadline()});
    return oldest;
}

bool Keeper::holds_back() const {
    for (std::size_t id = 0; id < lease_count_; ++id)
        if (leases_[id].held_back) return true;
    return false;
}

Keeper::Row* Keeper::held_by(Connection who) {
    for (std::size_t id = 0; id < lease_count_; ++id)
        if (leases_[id].lease.held_by(who)) return &leases_[id];
    return nullptr;
}

Keeper::Row* Keeper::named(const Name& name, Connection who) {
    if (name.empty()) return held_by(who);
    for (std::size_t id = 0; id < lease_count_; ++id)
        if (leases_[id].lease.state().name == name) return &leases_[id];
    return nullptr;
}

Ladder::Context Keeper::context(Row& row) {
    return {now_,    static_cast<LeaseId>(&row - leases_.data()), row.lease, next_note_, *out_,
            changed_};
}

Duration Keeper::longest_timeout() const {
    Duration longest{};
    for (std::size_t id = 0; id < settings_.devices.size(); ++id) {
        const auto& device = devices_[id];
        if (device.state == DeviceState::armed) longest = std::max(longest, device.granted);
        if (device.state == DeviceState::idle || device.state == DeviceState::arming)
            longest = std::max(longest, device.rule.timeout);
    }
    return longest;
}

Instant Keeper::hardware_bites() const {
    auto soonest = kNever;
    for (std::size_t id = 0; id < settings_.devices.size(); ++id)
        if (devices_[id].state == DeviceState::armed)
            soonest = std::min(soonest, devices_[id].expires_at());
    return soonest;
}

void Keeper::answer(Connection to, Refusal refusal, Duration longest) {
    if (to != 0) out_->push_back(Answer{to, refusal, longest});
}

void Keeper::note(NoteKind kind, const Name& subject, Cause cause, Uid by, Instant deadline) {
    out_->push_back(Note{.id = next_note_++,
                         .kind = kind,
                         .cause = cause,
                         .subject = subject,
                         .deadline = deadline,
                         .by = by});
}

}  // namespace vakt::keeper
