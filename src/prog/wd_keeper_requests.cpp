// SPDX-License-Identifier: Apache-2.0
// What hearts, vaktctl, wd_bus and Erlang ask of wd_keeper.
#include <unistd.h>

#include <algorithm>

#include "prog/wd_keeper_program.h"
#include "sys/clock.h"
#include "wire/status_rows.h"

namespace vakt::prog {
namespace {

namespace lease = wire::lease;
using sys::Severity;

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

report::Entry entry_now(report::Kind kind, const keeper::Name& name) {
    report::Entry entry;
    entry.kind = kind;
    entry.wall_ns = sys::wall_ns();
    entry.uptime_ms = sys::uptime_ms();
    entry.lease = name;
    return entry;
}

std::uint8_t abilities_of(const wdt::Capabilities& can) {
    unsigned bits = 0;
    if (can.disarms == wdt::DisarmAbility::can) bits |= lease::kCanDisarm;
    if (can.disarms == wdt::DisarmAbility::cannot) bits |= lease::kCannotDisarm;
    if (can.closing_disarms) bits |= lease::kClosingDisarms;
    if (can.has_pretimeout) bits |= lease::kHasPretimeout;
    if (can.alarm_only) bits |= lease::kAlarmOnly;
    return static_cast<std::uint8_t>(bits);
}

}  // namespace

bool KeeperProgram::is_ours(uid_t uid) const { return uid == 0 || uid == ::geteuid(); }

std::optional<keeper::LeaseId> KeeperProgram::held_by(keeper::Connection number) const {
    for (std::size_t id = 0; id < keeper_->leases(); ++id)
        if (keeper_->lease(static_cast<keeper::LeaseId>(id)).held_by(number))
            return static_cast<keeper::LeaseId>(id);
    return std::nullopt;
}

std::optional<keeper::LeaseId> KeeperProgram::named(const keeper::Name& name) const {
    for (std::size_t id = 0; id < keeper_->leases(); ++id)
        if (keeper_->lease(static_cast<keeper::LeaseId>(id)).state().name == name)
            return static_cast<keeper::LeaseId>(id);
    return std::nullopt;
}

bool KeeperProgram::has_taken(const keeper::Name& name) const {
    return std::find(report_taken_.begin(), report_taken_.end(), name) != report_taken_.end();
}

void KeeperProgram::answer(Client& client, keeper::Refusal refusal) {
    Clients::send(client, lease::Answer{refusal, {}});
}

void KeeperProgram::take(Client& client, const wire::LeaseMessage& message) {
    std::visit(
        Overloaded{[&](const lease::Open& open) {
                       step(*wire::event_of(open, client.number, client.uid));
                       const auto id = held_by(client.number);
                       if (!id || keeper_->lease(*id).state().name != open.lease) ++refused_;
                   },
                   [&](const lease::Beat& beat) { take_beat(client, beat); },
                   [&](const lease::Command& command) { take_command(client, command.bytes); },
                   [&](const lease::StatusAsked&) { send_status(client); },
                   [&](const lease::Watch& watch) {
                       client.watches = true;
                       client.watches_for = watch.lease;
                       Clients::send(client,
                                     lease::Watching{report_is_there_ && !has_taken(watch.lease)});
                   },
                   [&](const lease::ReportTaken& taken) { take_report(client, taken.lease); },
                   [&](const lease::Hands&) { take_hands(client); },
                   [&](const lease::RungFailed& failed) {
                       if (client.number == hands_) step(keeper::RungFailed{failed.rung});
                   },
                   [&](const lease::Healthy&) { take_healthy(client); },
                   [&](const lease::Info& info) { take_info(client, info); },
                   [&](const lease::GoingDown& down) {
                       if (client.number == hands_) going_down_ = down.going;
                   },
                   [&](const lease::TakeOver& take_over) {
                       if (!client.successor)
                           return step(*wire::event_of(take_over, client.number, client.uid));
                       confirm_until_ = kNever;
                       step(keeper::HandedOver{true});
                   },
                   [&](const auto& other) {
                       const auto event = wire::event_of(other, client.number, client.uid);
                       // A kind of the keeper's own: whoever says it is not what it seems to be.
                       if (!event)
                           client.over = true;
                       else
                           step(*event);
                   }},
        message);
}

void KeeperProgram::take_beat(Client& client, const lease::Beat& beat) {
    const auto id = held_by(client.number);
    const auto before = id ? keeper_->lease(*id).state().since : kNever;
    step(keeper::Beat{client.number, beat.at});
    if (!id) return;
    const auto after = keeper_->lease(*id).state().since;
    if (after <= before) return;
    ++beats_;
    ++beat_intervals_[wire::beat_column(after - before)];
}

void KeeperProgram::take_command(const Client& client, std::string_view bytes) {
    if (const auto id = held_by(client.number))
        commands_.keep(keeper_->lease(*id).state().name, client.socket.get(), bytes);
}

void KeeperProgram::take_report(Client& client, const keeper::Name& name) {
    const auto id = named(name);
    if (!name.empty() && !id) return answer(client, keeper::Refusal::not_there);
    const bool owns = id && keeper_->lease(*id).state().uid == client.uid;
    if (!owns && !is_ours(client.uid)) return answer(client, keeper::Refusal::not_allowed);
    if (!has_taken(name) && report_taken_.push_back(name))
        write(entry_now(report::Kind::reported, name), 0);
    answer(client, keeper::Refusal::none);
}

void KeeperProgram::take_hands(Client& client) {
    if (!is_ours(client.uid)) return answer(client, keeper::Refusal::not_allowed);
    if (auto* const before = clients_.find(hands_)) before->hands = false;
    hands_ = client.number;
    client.hands = true;
    answer(client, keeper::Refusal::none);
}

bool KeeperProgram::is_of_a_lease(uid_t uid) const {
    for (std::size_t id = 0; id < keeper_->leases(); ++id)
        if (keeper_->lease(static_cast<keeper::LeaseId>(id)).state().uid == uid) return true;
    return is_ours(uid);
}

void KeeperProgram::take_info(Client& client, const lease::Info& info) {
    if (!is_of_a_lease(client.uid)) return answer(client, keeper::Refusal::not_allowed);
    auto entry = entry_now(report::Kind::info, info.lease);
    entry.text = info.text;
    write(entry, 0);
    answer(client, keeper::Refusal::none);
}

void KeeperProgram::take_healthy(Client& client) {
    if (!is_of_a_lease(client.uid)) return answer(client, keeper::Refusal::not_allowed);
    const auto id = held_by(client.number);
    if (!healthy_said_)
        write(entry_now(report::Kind::healthy,
                        id ? keeper_->lease(*id).state().name : keeper::Name()),
              0);
    healthy_said_ = true;
    answer(client, keeper::Refusal::none);
}

void KeeperProgram::send_status(Client& client) {
    const auto now = sys::now();
    auto board = wire::board_row(*keeper_, now);
    board.flags |= parts_.flags;
    if (hands_ != 0) board.flags |= lease::kHands;
    board.started = started_;
    board.beats = beats_;
    board.beat_intervals = beat_intervals_;
    board.refused = refused_;
    board.boots = scribe_.boots;
    board.failed_boots = scribe_.failed_boots;
    board.error = reload_error_;
    board.version = VAKT_VERSION;
    for (std::size_t id = 0; id < devices_.size(); ++id) {
        board.pets += devices_.row(static_cast<keeper::DeviceId>(id)).pets;
        board.pet_failures += devices_.row(static_cast<keeper::DeviceId>(id)).pet_failures;
    }
    Clients::send(client, board);
    for (std::size_t id = 0; id < keeper_->leases(); ++id)
        Clients::send(client, wire::lease_row(*keeper_, static_cast<keeper::LeaseId>(id)));
    for (std::size_t at = 0; at < keeper_->devices(); ++at) {
        const auto id = static_cast<keeper::DeviceId>(at);
        auto row = wire::device_row(*keeper_, id);
        row.name = std::string_view(devices_.settings(id).path);
        row.driver = std::string_view(devices_.settings(id).driver);
        row.boot_status = devices_.row(id).boot;
        row.time_left = devices_.time_left(id, now);
        if (const auto& device = devices_.row(id).device) {
            row.identity = std::string_view(device->capabilities().identity);
            row.abilities = abilities_of(device->capabilities());
        }
        Clients::send(client, row);
    }
    for (std::size_t id = 0; id < keeper_->evidences(); ++id)
        Clients::send(client, wire::evidence_row(*keeper_, static_cast<keeper::EvidenceId>(id)));
    Clients::send(client, lease::StatusEnd{});
}

}  // namespace vakt::prog
