// SPDX-License-Identifier: Apache-2.0
// One lease: who holds it, how long it has been silent, and its hard deadline.
#include "keeper/lease.h"

#include <algorithm>

namespace vakt::keeper {

Lease::Lease(const LeaseRule& rule, Instant start) : rule_(rule) {
    state_.name = rule.name;
    state_.uid = rule.uid;
    state_.timing = state_.wanted = rule.timing;
    if (!rule.required) return;
    state_.presence = Presence::awaited;
    state_.since = start + rule.boot_deadline;
}

Lease::Lease(const LeaseRule& rule, const State& state) : rule_(rule), state_(state) {}

bool Lease::change(const LeaseRule& rule, Instant now) {
    const bool other = rule.uid != rule_.uid;
    const bool unseen = state_.presence == Presence::absent || state_.presence == Presence::awaited;
    const bool anew = other || (unseen && rule != rule_);
    if (anew)
        *this = Lease(rule, now);
    else
        rule_ = rule;
    return anew;
}

void Lease::take(Instant now, Connection by, const Timing& timing, const Vm& vm,
                 const Killing& killing) {
    if (state_.presence != Presence::held) {
        // An awaited lease that is given up already must beat to recover: it keeps its D.
        state_.since = state_.presence == Presence::awaited ? std::min(state_.since, now) : now;
        if (state_.since == now) state_.timing = timing;
        if (!counts()) state_.snoozed_until = {};
        state_.presence = Presence::held;
    }
    state_.wanted = timing;
    state_.holder = by;
    state_.vm = vm;
    state_.killing = killing;
}

bool Lease::beat(Instant now, Connection by, Instant at) {
    if (!held_by(by)) return false;
    state_.since = std::max(state_.since, std::min(at, now));
    state_.timing = state_.wanted;
    return true;
}

bool Lease::shut_down(Connection by) {
    if (!held_by(by)) return false;
    state_.presence = Presence::retired;
    state_.holder = 0;
    return true;
}

bool Lease::closed(Connection by) {
    if (!held_by(by)) return false;
    state_.holder = 0;
    return true;
}

bool Lease::snooze(Instant now, Duration length) {
    if (!counts()) return false;
    state_.snoozed_until = now + std::min(length, kLongestSnooze);
    return true;
}

Instant Lease::silent_from() const {
    if (!counts()) return kNever;
    return std::max(state_.since, state_.snoozed_until);
}

Instant Lease::warns_at(int percent) const {
    return later(silent_from(), state_.timing.beat_timeout * percent / 100);
}

Instant Lease::given_up_at() const {
    auto after = state_.timing.beat_timeout;
    if (state_.holder != 0 && state_.timing.boot_delay > kSystemShare)
        after += (state_.timing.boot_delay - kSystemShare) / 4;
    return later(silent_from(), after);
}

Instant Lease::deadline() const {
    return later(silent_from(), state_.timing.beat_timeout + state_.timing.boot_delay);
}

}  // namespace vakt::keeper
