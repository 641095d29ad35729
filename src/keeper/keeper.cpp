// SPDX-License-Identifier: Apache-2.0
// The board as a pure machine: what is judged, petted and asked for as time passes.
#include "keeper/keeper.h"

#include <algorithm>

namespace vakt::keeper {
namespace {

using std::chrono::seconds;

// Anything so much later than a Tick was wanted is a stall of our own.
constexpr Duration kOwnStall = seconds(1);
// After one, and after a restart, silence is judged no earlier: a VM beats every 5 s, and a heart
// that lost us connects again within one.
constexpr Duration kStallGrace = seconds(6);

}  // namespace

Keeper::Keeper(const Settings& settings, const BootId& boot, Instant now, const KeeperState* before,
               Adopted adopted)
    : settings_(settings), boot_(boot), now_(now) {
    for (const auto& rule : settings.leases) leases_[lease_count_++].lease = Lease(rule, now);
    for (std::size_t id = 0; id < settings.devices.size(); ++id)
        devices_[id].rule = settings.devices[id];
    for (std::size_t id = 0; id < settings.evidence.size(); ++id)
        evidence_[id] = Evidence(settings.evidence[id], now);
    if (before != nullptr && before->boot == boot && before->ended != Ended::clean)
        restore(*before, adopted);
}

void Keeper::restore(const KeeperState& before, Adopted adopted) {
    // It may have been killed between writing that it hands over and doing so.
    const bool came_along = adopted.devices != 0 || adopted.connections;
    const bool killed = before.ended != Ended::handed_over || !came_along;
    next_note_ = before.next_note;
    verdict_ = Verdict(before.verdict);
    for (const auto& old : before.leases) {
        bool taken = false;
        for (std::size_t id = 0; id < lease_count_; ++id) {
            auto& row = leases_[id];
            if (row.lease.state().name != old.lease.name || row.lease.state().uid != old.lease.uid)
                continue;
            taken = true;
            row = Row{Lease(row.lease.rule(), old.lease), Ladder(old.ladder), old.held_back};
            if (killed) row.held_back = row.held_back || row.ladder.given_up();
            if (adopted.connections) continue;
            row.lease.closed(old.lease.holder);
            row.ladder.orphan();
        }
        if (!taken && Ladder(old.ladder).given_up())
            dropped_.push_back({old.lease.name, old.ladder.cause});
    }
    for (std::size_t id = 0; id < std::min(before.devices.size(), settings_.devices.size()); ++id) {
        const auto& old = before.devices[id];
        if (old.state == DeviceState::disarmed) devices_[id].state = DeviceState::disarmed;
        if ((adopted.devices >> id & 1U) == 0 || old.state != DeviceState::armed) continue;
        devices_[id].state = DeviceState::armed;
        devices_[id].granted = old.granted;
        devices_[id].petted = old.petted;
        devices_[id].due = std::max(now_, old.petted + devices_[id].rhythm());
    }
    for (const auto& old : before.evidence)
        for (std::size_t id = 0; id < settings_.evidence.size(); ++id)
            if (evidence_[id].rule.name == old.name) evidence_[id].good = old.good;
    not_before_ = now_ + kStallGrace;
}

Actions Keeper::begin(Instant now) {
    Actions out;
    out_ = &out;
    now_ = now;
    out.push_back(Persist{});
    for (std::size_t id = 0; id < lease_count_ && !over(); ++id)
        leases_[id].ladder.resume(context(leases_[id]));
    if (over())
        verdict_.resume(now, out);
    else
        for (const auto& [name, cause] : dropped_) note(NoteKind::recovered, name, cause);
    care();
    wake_ = find_wake();
    out_ = nullptr;
    return out;
}

Actions Keeper::on(Instant now, const Event& event) {
    Actions out;
    if (mode_ == Mode::gone) return out;
    out_ = &out;
    now_ = now;
    changed_ = false;
    before_persist_ = 0;
    // On whatever comes first after it: what is read before the Tick moves wake_.
    if (wake_ != kNever && now > wake_ + kOwnStall) not_before_ = now + kStallGrace;
    std::visit([this](const auto& e) { react(e); }, event);
    care();
    if (changed_) out.insert(before_persist_, Persist{});
    wake_ = find_wake();
    out_ = nullptr;
    return out;
}

Actions Keeper::reload(Instant now, const Settings& settings) {
    Actions out;
    if (mode_ == Mode::gone) return out;
    out_ = &out;
    now_ = now;
    std::array<Row, kMaxLeases> rows;
    std::size_t count = 0;
    for (const auto& rule : settings.leases) {
        auto& row = rows[count++];
        row.lease = Lease(rule, now);
        for (std::size_t id = 0; id < lease_count_; ++id) {
            if (leases_[id].lease.state().name != rule.name) continue;
            row = leases_[id];
            if (row.lease.change(rule, now) || !row.lease.counts()) row = Row{row.lease, {}, false};
        }
    }
    std::array<Evidence, kMaxEvidence> evidence;
    for (std::size_t id = 0; id < settings.evidence.size(); ++id) {
        evidence[id] = Evidence(settings.evidence[id], now);
        for (std::size_t old = 0; old < settings_.evidence.size(); ++old) {
            if (evidence_[old].rule.name != settings.evidence[id].name) continue;
            evidence[id] = evidence_[old];
            evidence[id].rule = settings.evidence[id];
        }
    }
    out.push_back(Persist{});
    for (std::size_t id = 0; id < lease_count_ && !over(); ++id) {
        const auto& ladder = leases_[id].ladder;
        const auto& name = leases_[id].lease.state().name;
        const auto goes_on = [&](const Row& row) {
            return row.lease.state().name == name && row.ladder.given_up();
        };
        // Or an end in order would be taken for what this one has not come to.
        if (ladder.given_up() && std::none_of(rows.begin(), rows.end(), goes_on))
            note(NoteKind::recovered, name, ladder.state().cause);
    }
    leases_ = rows;
    lease_count_ = count;
    evidence_ = evidence;
    settings_ = settings;
    for (std::size_t id = 0; id < settings.devices.size(); ++id)
        devices_[id].rule = settings.devices[id];
    care();
    wake_ = find_wake();
    out_ = nullptr;
    return out;
}

std::optional<Fault> Keeper::refuses(const Settings& settings) const {
    if (const auto fault = check(settings)) return fault;
    if (settings.devices.size() != settings_.devices.size())
        return Fault{Fault::What::devices_differ};
    for (std::size_t id = 0; id < settings.devices.size(); ++id) {
        if (settings.devices[id].timeout != settings_.devices[id].timeout)
            return Fault{Fault::What::devices_differ, id};
        if (devices_[id].state != DeviceState::armed) continue;
        if (const auto fault = check_granted(settings, id, devices_[id].granted)) return fault;
    }
    return std::nullopt;
}

void Keeper::react(const Tick&) {
    if (mode_ == Mode::leaving && now_ >= leave_at_) {
        mode_ = Mode::gone;
        out_->push_back(Leave{});
    }
    if (mode_ != Mode::running) return;
    if (over()) {
        const auto was = verdict_.state();
        verdict_.judge(now_, *out_);
        changed_ = changed_ || was != verdict_.state();
        return;
    }
    judge();
}

void Keeper::judge() {
    const Row* first = nullptr;
    for (std::size_t id = 0; id < lease_count_; ++id) {
        auto& row = leases_[id];
        row.ladder.judge(context(row), not_before_);
        if (!row.lease.counts() || !row.ladder.given_up()) continue;
        if (first == nullptr || row.lease.deadline() < first->lease.deadline()) first = &row;
    }
    const bool due = first != nullptr && now_ >= first->lease.deadline() - kSystemShare;
    if (due)
        say_verdict(Verdict::Way::orderly, EndKind::reboot, first->ladder.state().cause,
                    first->lease.state().name, deadline(), 0);
    judge_evidence();
}

void Keeper::judge_evidence() {
    for (std::size_t id = 0; id < settings_.evidence.size() && !over(); ++id) {
        auto& evidence = evidence_[id];
        if (now_ >= evidence.stale_at() && !evidence.warned) {
            evidence.warned = true;
            note(NoteKind::stale, evidence.rule.name, Cause::evidence, 0, evidence.deadline());
        }
        if (now_ >= evidence.deadline() - kSystemShare)
            say_verdict(Verdict::Way::orderly, EndKind::reboot, Cause::evidence, evidence.rule.name,
                        deadline(), 0);
    }
}

void Keeper::say_verdict(Verdict::Way way, EndKind end, Cause cause, const Name& subject,
                         Instant until, Uid by) {
    changed_ = true;
    verdict_.begin(now_,
                   Verdict::State{.way = way,
                                  .end = end,
                                  .cause = cause,
                                  .subject = subject,
                                  .deadline = until,
                                  .by = by},
                   next_note_, *out_);
    for (std::size_t id = 0; id < lease_count_; ++id)
        if (const auto to = leases_[id].lease.state().holder; to != 0)
            out_->push_back(TellVerdict{to, end, until});
    verdict_.judge(now_, *out_);
}

bool Keeper::petting() const { return mode_ == Mode::running && !over() && !holds_back(); }

// Whatever has happened, these are due when they are due.
void Keeper::care() {
    if (mode_ != Mode::running || over()) return;
    for (std::size_t id = 0; id < settings_.evidence.size(); ++id) {
        auto& evidence = evidence_[id];
        if (now_ < evidence.ask_at()) continue;
        evidence.asking = true;
        evidence.asked = now_;
        out_->push_back(Probe{static_cast<EvidenceId>(id)});
    }
    if (!petting()) return;
    const auto until = deadline();
    for (std::size_t id = 0; id < settings_.devices.size(); ++id) {
        auto& device = devices_[id];
        // Opening starts a countdown too, so it keeps the same rule.
        if (device.state == DeviceState::idle && now_ >= device.due &&
            Device::may_start(now_, device.rule.timeout, until)) {
            device.state = DeviceState::arming;
            device.petted = now_;  // its countdown begins then, however late we learn of it
            out_->push_back(Arm{static_cast<DeviceId>(id)});
        }
        if (now_ < device.next_pet(now_, until)) continue;
        device.pet(now_);
        out_->push_back(Pet{static_cast<DeviceId>(id)});
    }
}

Instant Keeper::find_wake() const {
    if (mode_ == Mode::leaving) return leave_at_;
    if (mode_ != Mode::running) return kNever;
    if (over()) return verdict_.wake_at();
    auto wake = kNever;
    const auto until = deadline();
    for (std::size_t id = 0; id < lease_count_; ++id) {
        const auto& row = leases_[id];
        wake = std::min(wake, row.ladder.wake_at(row.lease, not_before_));
        if (row.lease.counts() && row.ladder.given_up())
            wake = std::min(wake, row.lease.deadline() - kSystemShare);
    }
    for (std::size_t id = 0; id < settings_.evidence.size(); ++id) {
        const auto& evidence = evidence_[id];
        wake = std::min({wake, evidence.ask_at(), evidence.deadline() - kSystemShare});
        if (!evidence.warned) wake = std::min(wake, evidence.stale_at());
    }
    if (!petting()) return wake;
    for (std::size_t id = 0; id < settings_.devices.size(); ++id) {
        const auto& device = devices_[id];
        wake = std::min(wake, device.next_pet(now_, until));
        // A little later than wanted it must still be possible, or it is no reason to wake up.
        if (device.state == DeviceState::idle &&
            Device::may_start(std::max(device.due, now_) + kPetMargin, device.rule.timeout, until))
            wake = std::min(wake, device.due);
    }
    return wake;
}

}  // namespace vakt::keeper
