// SPDX-License-Identifier: Apache-2.0
// Lease messages as the keeper's events, and its actions as lease messages.
#include "wire/lease_bytes.h"

namespace vakt::wire {
namespace {

namespace k = keeper;

struct ToEvent {
    k::Connection from;
    k::Uid uid;
    using Event = std::optional<k::Event>;

    Event operator()(const lease::Open& m) const {
        return k::Open{from, uid, m.lease, m.timing, m.vm, m.killing};
    }
    Event operator()(const lease::Beat& m) const { return k::Beat{from, m.at}; }
    Event operator()(const lease::ShutDown&) const { return k::ShutDown{from}; }
    Event operator()(const lease::GivingUp& m) const { return k::GivingUp{from, m.cause}; }
    Event operator()(const lease::Progress& m) const { return k::Progress{from, m.step}; }
    Event operator()(const lease::Snooze& m) const {
        return k::SnoozeAsked{from, uid, m.lease, m.length};
    }
    Event operator()(const lease::End& m) const {
        return k::EndAsked{from, uid, m.end, m.immediate};
    }
    Event operator()(const lease::Drill& m) const {
        return k::DrillAsked{from, uid, m.kind, m.lease};
    }
    Event operator()(const lease::Disarm& m) const { return k::DisarmAsked{from, uid, m.device}; }
    Event operator()(const lease::TakeOver&) const { return k::TakeOverAsked{from, uid}; }
    template <class Other>
    Event operator()(const Other&) const {
        return std::nullopt;
    }
};

struct ToMessage {
    using Message = std::optional<Addressed>;

    Message operator()(const k::Answer& a) const {
        return Addressed{a.to, lease::Answer{a.refusal, a.longest}};
    }
    Message operator()(const k::Warn& a) const {
        if (a.to == 0) return std::nullopt;
        return Addressed{a.to, lease::Warn{a.percent, a.deadline}};
    }
    Message operator()(const k::Proceed& a) const {
        return Addressed{a.to, lease::Proceed{a.command_until, a.deadline}};
    }
    Message operator()(const k::TellVerdict& a) const {
        return Addressed{a.to, lease::Verdict{a.end, a.deadline}};
    }
    Message operator()(const k::TellSnooze& a) const {
        return Addressed{a.to, lease::Snoozed{a.until}};
    }
    template <class Other>
    Message operator()(const Other&) const {
        return std::nullopt;
    }
};

struct ToNews {
    const k::Keeper& keeper;
    using News = std::optional<lease::News>;

    News operator()(const k::Note& a) const {
        return lease::News{.kind = a.kind,
                           .cause = a.cause,
                           .end = a.end,
                           .subject = a.subject,
                           .deadline = a.deadline,
                           .by = a.by};
    }
    News operator()(const k::Warn& a) const {
        return lease::News{.kind = k::NoteKind::warned,
                           .percent = a.percent,
                           .subject = keeper.lease(a.lease).state().name,
                           .deadline = a.deadline};
    }
    template <class Other>
    News operator()(const Other&) const {
        return std::nullopt;
    }
};

}  // namespace

std::optional<k::Event> event_of(const LeaseMessage& message, k::Connection from, k::Uid uid) {
    return std::visit(ToEvent{from, uid}, message);
}

std::optional<Addressed> message_of(const k::Action& action) {
    return std::visit(ToMessage{}, action);
}

std::optional<lease::News> news_of(const k::Action& action, const k::Keeper& keeper) {
    return std::visit(ToNews{keeper}, action);
}

}  // namespace vakt::wire
