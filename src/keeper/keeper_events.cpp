// SPDX-License-Identifier: Apache-2.0
// The board as a pure machine: what each event from outside does to it.
#include <algorithm>

#include "keeper/keeper.h"

namespace vakt::keeper {
namespace {

// A guarded end without hardware and without leases has no other deadline.
constexpr Duration kEndBudget = std::chrono::seconds(60);
// A device that could not be opened or armed is tried again so much later, a failed pet sooner.
constexpr Duration kArmRetry = std::chrono::seconds(10);
constexpr Duration kPetRetry = std::chrono::seconds(1);

}  // namespace

// ---- hearts ----

void Keeper::react(const Open& open) {
    if (mode_ != Mode::running || over()) return answer(open.from, Refusal::ending);
    auto* row = named(open.lease, 0);
    if (row == nullptr || row->lease.state().uid != open.uid)
        return answer(open.from, Refusal::unknown_lease);
    const auto longest = longest_timeout();
    if (!in_range(open.timing) ||
        longest > open.timing.beat_timeout + open.timing.boot_delay - kSystemShare)
        return answer(open.from, Refusal::timing, longest);
    row->lease.take(now_, open.from, open.timing, open.vm, open.killing);
    row->ladder.taken_anew();
    changed_ = true;
    out_->push_back(Grant{open.from, static_cast<LeaseId>(row - leases_.data())});
    if (row->lease.state().snoozed_until > now_)
        out_->push_back(TellSnooze{open.from, row->lease.state().snoozed_until});
}

void Keeper::react(const Beat& beat) {
    auto* row = held_by(beat.from);
    if (mode_ != Mode::running || over()) return;
    // Another heart has the lease, or had and has left: one whose VM still beats shall know.
    if (row == nullptr) return answer(beat.from, Refusal::not_there);
    if (row->ladder.gave_up_itself(beat.from) || !row->lease.beat(now_, beat.from, beat.at)) return;
    changed_ = true;
    // A beat that waited on its way longer than the beat timeout moves D and proves nothing more.
    if (now_ < row->lease.warns_at(100)) recover(*row, NoteKind::recovered);
}

void Keeper::recover(Row& row, NoteKind how) {
    if (row.ladder.given_up())
        note(how, row.lease.state().name, row.ladder.state().cause, 0, row.lease.deadline());
    if (row.ladder.state().phase != Ladder::Phase::calm) row.ladder.recover();
    row.held_back = false;
}

void Keeper::react(const ShutDown& shut_down) {
    auto* row = held_by(shut_down.from);
    if (row == nullptr || mode_ != Mode::running || over()) return;
    if (row->ladder.gave_up_itself(shut_down.from)) return;
    row->lease.shut_down(shut_down.from);
    recover(*row, NoteKind::recovered);
    changed_ = true;
    note(NoteKind::retired, row->lease.state().name);
}

void Keeper::react(const GivingUp& giving_up) {
    auto* row = held_by(giving_up.from);
    if (row == nullptr || mode_ != Mode::running) return;
    if (over()) {
        const auto& verdict = verdict_.state();
        out_->push_back(TellVerdict{giving_up.from, verdict.end, verdict.deadline});
        return;
    }
    row->ladder.give_up(context(*row), giving_up.cause, giving_up.from);
}

void Keeper::react(const Progress& progress) {
    if (mode_ != Mode::running || over()) return;
    for (std::size_t id = 0; id < lease_count_; ++id)
        leases_[id].ladder.progress(context(leases_[id]), progress.from, progress.step);
}

void Keeper::react(const Closed& closed) {
    for (std::size_t id = 0; id < lease_count_; ++id) {
        auto& row = leases_[id];
        if (row.lease.closed(closed.from)) changed_ = true;
        if (mode_ == Mode::running && !over()) row.ladder.closed(context(row), closed.from);
    }
    for (auto& device : devices_)
        if (device.asked_by == closed.from) device.asked_by = 0;
}

void Keeper::react(const VmEnded& ended) {
    if (mode_ != Mode::running || over()) return;
    for (std::size_t id = 0; id < lease_count_; ++id)
        leases_[id].ladder.vm_ended(context(leases_[id]), ended.vm);
}

// ---- requests ----

void Keeper::react(const SnoozeAsked& asked) {
    if (mode_ != Mode::running || over()) return answer(asked.from, Refusal::ending);
    auto* row = named(asked.lease, asked.from);
    const auto* owner = row == nullptr ? nullptr : &row->lease.state().uid;
    if (!may(settings_.rights, asked.uid, Verb::snooze, owner))
        return answer(asked.from, Refusal::not_allowed);
    if (row == nullptr || !row->lease.counts()) return answer(asked.from, Refusal::not_there);
    if (row->ladder.given_up()) return answer(asked.from, Refusal::too_late);
    row->lease.snooze(now_, std::max(asked.length, Duration::zero()));
    row->ladder.recover();
    changed_ = true;
    note(NoteKind::snoozed, row->lease.state().name, Cause::requested, asked.uid,
         row->lease.deadline());
    if (const auto holder = row->lease.state().holder)
        out_->push_back(TellSnooze{holder, row->lease.state().snoozed_until});
    answer(asked.from, Refusal::none);
}

// The last pet of a guarded end keeps D like any other, so a lease that is nearly over has none.
void Keeper::pet_once_more() {
    if (!petting()) return;
    const auto until = deadline();
    for (std::size_t id = 0; id < settings_.devices.size(); ++id) {
        if (!devices_[id].may_pet(now_, until)) continue;
        devices_[id].pet(now_);
        out_->push_back(Pet{static_cast<DeviceId>(id)});
    }
    before_persist_ = out_->size();
}

void Keeper::react(const EndAsked& asked) {
    if (mode_ != Mode::running || over()) return answer(asked.from, Refusal::ending);
    if (!may(settings_.rights, asked.uid, Verb::reboot, nullptr))
        return answer(asked.from, Refusal::not_allowed);
    pet_once_more();
    auto until = std::min(deadline(), hardware_bites());
    if (until == kNever) until = now_ + kEndBudget;
    const auto* row = held_by(asked.from);
    answer(asked.from, Refusal::none);
    say_verdict(asked.immediate ? Verdict::Way::immediate : Verdict::Way::orderly, asked.end,
                Cause::requested, row == nullptr ? Name() : row->lease.state().name, until,
                asked.uid);
}

void Keeper::react(const DrillAsked& asked) {
    if (mode_ != Mode::running || over()) return answer(asked.from, Refusal::ending);
    if (!may(settings_.rights, asked.uid, Verb::drill, nullptr))
        return answer(asked.from, Refusal::not_allowed);
    if (asked.kind == DrillKind::stop_petting) {
        const auto until = std::min(deadline(), hardware_bites());
        if (hardware_bites() == kNever) return answer(asked.from, Refusal::not_there);
        answer(asked.from, Refusal::none);
        return say_verdict(Verdict::Way::hardware_only, EndKind::reboot, Cause::drill, Name(),
                           until, asked.uid);
    }
    const auto* row = named(asked.lease, asked.from);
    const bool heart = asked.kind == DrillKind::hang_heart || asked.kind == DrillKind::kill_heart;
    if (row == nullptr || (heart ? row->lease.state().holder == 0 : row->lease.state().vm.pid == 0))
        return answer(asked.from, Refusal::not_there);
    note(NoteKind::drill, row->lease.state().name, Cause::drill, asked.uid, row->lease.deadline());
    out_->push_back(DrillVm{asked.kind, static_cast<LeaseId>(row - leases_.data()),
                            row->lease.state().holder, row->lease.state().vm});
    answer(asked.from, Refusal::none);
}

void Keeper::react(const DisarmAsked& asked) {
    if (mode_ != Mode::running || over()) return answer(asked.from, Refusal::ending);
    if (!may(settings_.rights, asked.uid, Verb::disarm, nullptr))
        return answer(asked.from, Refusal::not_allowed);
    bool any = false;
    for (std::size_t id = 0; id < settings_.devices.size(); ++id) {
        if (asked.device != kEveryDevice && asked.device != id) continue;
        if (devices_[id].state != DeviceState::armed) continue;
        any = true;
        devices_[id].asked_by = asked.from;
        note(NoteKind::disarmed, Name(), Cause::requested, asked.uid);
        out_->push_back(Disarm{static_cast<DeviceId>(id)});
    }
    if (!any) answer(asked.from, Refusal::not_there);
}

// ---- the hardware ----

void Keeper::react(const Armed& armed) {
    if (armed.device >= settings_.devices.size()) return;
    auto& device = devices_[armed.device];
    if (device.state != DeviceState::arming) return;
    device.granted = armed.granted;
    changed_ = true;
    auto longest = Duration::max();
    Name subject;
    const auto reckon = [&](const Name& name, Duration whole) {
        if (whole - kSystemShare >= longest) return;
        longest = whole - kSystemShare;
        subject = name;
    };
    for (std::size_t id = 0; id < lease_count_; ++id) {
        const auto& lease = leases_[id].lease;
        const auto& rule = lease.rule().timing;
        reckon(lease.state().name, rule.beat_timeout + rule.boot_delay);
        if (!lease.counts()) continue;
        for (const auto& timing : {lease.state().timing, lease.state().wanted})
            reckon(lease.state().name, timing.beat_timeout + timing.boot_delay);
    }
    for (const auto& rule : settings_.evidence) reckon(rule.name, rule.freshness + rule.grace);
    if (armed.granted > longest || armed.granted <= Duration::zero()) {
        device.state = DeviceState::refused;
        out_->push_back(RefuseDevice{armed.device, armed.granted, subject, longest});
        return;
    }
    device.state = DeviceState::armed;
    device.pet(device.petted);
}

void Keeper::react(const ArmFailed& failed) {
    if (failed.device >= settings_.devices.size()) return;
    auto& device = devices_[failed.device];
    if (device.state != DeviceState::arming) return;
    device.state = DeviceState::idle;
    device.due = now_ + kArmRetry;
}

void Keeper::react(const PetFailed& failed) {
    if (failed.device >= settings_.devices.size()) return;
    auto& device = devices_[failed.device];
    // Its countdown is older than we thought; the rhythm is not, or each wake-up would be a retry.
    device.petted = device.petted_before;
    device.due = now_ + kPetRetry;
}

void Keeper::react(const Disarmed& disarmed) {
    if (disarmed.device >= settings_.devices.size()) return;
    auto& device = devices_[disarmed.device];
    if (device.state != DeviceState::armed) return;
    if (disarmed.done) device.state = DeviceState::disarmed;
    answer(device.asked_by, disarmed.done ? Refusal::none : Refusal::nowayout);
    device.asked_by = 0;
    changed_ = true;
}

// ---- notes, rungs, evidence ----

void Keeper::react(const Noted& noted) {
    if (mode_ == Mode::leaving && noted.id == leave_note_) {
        mode_ = Mode::gone;
        out_->push_back(Leave{});
    }
    if (mode_ != Mode::running) return;
    if (over()) {
        changed_ = noted.id == verdict_.state().note;
        return verdict_.noted(noted.id, now_, *out_);
    }
    for (std::size_t id = 0; id < lease_count_; ++id)
        leases_[id].ladder.noted(context(leases_[id]), noted.id);
}

void Keeper::react(const RungFailed& failed) {
    if (mode_ != Mode::running || !over()) return;
    verdict_.failed(failed.rung, now_, *out_);
    changed_ = true;
}

void Keeper::react(const EvidenceAnswer& answer) {
    if (mode_ != Mode::running || over() || answer.evidence >= settings_.evidence.size()) return;
    evidence_[answer.evidence].answered(now_, answer.good);
    changed_ = true;
}

// ---- how a keeper ends ----

void Keeper::leave(NoteKind how) {
    mode_ = Mode::leaving;
    leave_note_ = next_note_;
    leave_at_ = now_ + kNoteWait;
    changed_ = true;
    note(how, Name());
}

void Keeper::react(const SystemShutdown&) {
    if (mode_ != Mode::running) return;
    if (over()) {
        // The hardware stands behind the verdict. Without any we are its last rung and stay, unless
        // it was only asked for.
        if (hardware_bites() != kNever || verdict_.state().cause == Cause::requested)
            leave(NoteKind::left);
        return;
    }
    bool ladder = holds_back();
    for (std::size_t id = 0; id < lease_count_; ++id)
        ladder = ladder || (leases_[id].lease.counts() && leases_[id].ladder.given_up());
    if (ladder) {
        pet_once_more();
        before_persist_ = 0;
        return leave(NoteKind::left);
    }
    for (std::size_t id = 0; id < settings_.devices.size(); ++id) {
        if (devices_[id].state != DeviceState::armed) continue;
        const auto shutdown_timeout = devices_[id].rule.shutdown_timeout;
        if (shutdown_timeout > Duration::zero())
            out_->push_back(SetTimeout{static_cast<DeviceId>(id), shutdown_timeout});
        out_->push_back(Pet{static_cast<DeviceId>(id)});
    }
    before_persist_ = out_->size();
    ended_ = Ended::clean;
    leave(NoteKind::clean);
}

void Keeper::hand_over(Connection to) {
    if (!over()) pet_once_more();
    mode_ = to == 0 ? Mode::restarting : Mode::handing_over;
    ended_ = Ended::handed_over;
    changed_ = true;
    out_->push_back(SendHandOver{to});
}

void Keeper::react(const TakeOverAsked& asked) {
    if (mode_ != Mode::running) return answer(asked.from, Refusal::ending);
    if (!may(settings_.rights, asked.uid, Verb::take_over, nullptr))
        return answer(asked.from, Refusal::not_allowed);
    hand_over(asked.from);
}

void Keeper::react(const Restarting&) {
    if (mode_ == Mode::running) hand_over(0);
}

void Keeper::react(const HandedOver& handed_over) {
    if (mode_ != Mode::handing_over && mode_ != Mode::restarting) return;
    if (handed_over.done) {
        mode_ = Mode::gone;
        out_->push_back(Leave{});
        return;
    }
    ended_ = Ended::not_yet;
    changed_ = true;
    // Nobody takes it. Asked to end, we end all the same, armed as we are, unless a verdict has its
    // rungs still before it; else we go on.
    const bool end = mode_ == Mode::restarting && !over();
    mode_ = Mode::running;
    if (end) leave(NoteKind::left);
}

}  // namespace vakt::keeper
