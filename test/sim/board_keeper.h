// SPDX-License-Identifier: Apache-2.0
// The board's keeper program: its socket, its ticks, its state file, and what its actions do.
#pragma once

#include "test/sim/board_vm.h"

namespace vakt::sim {

inline constexpr std::array<const char*, std::variant_size_v<k::Action>> kActionNames = {
    "  Persist",      "  Note",      "  Arm",        "  Pet",     "  SetTimeout", "  Disarm",
    "  RefuseDevice", "  Grant",     "  Answer",     "  Warn",    "  Proceed",    "  TellVerdict",
    "  KillVm",       "  KillHeart", "  RunCommand", "  DrillVm", "  Probe",      "  AskEnd",
    "  SendHandOver", "  Leave",     "  TellSnooze"};

// ---- in ----

inline void Board::send(const k::Event& event) {
    if (!keeper_ || gone_) return;
    // Written into the socket: from here on it is there to be read.
    if (const auto* beat = std::get_if<k::Beat>(&event)) {
        auto& lease = oracle_.leases[vm_of(beat->from)];
        lease.proof = std::max(lease.proof, beat->at);
    }
    deliver(event);
}

inline void Board::deliver(const k::Event& event) {
    if (!keeper_ || gone_) return;
    // What waits is read first: Who::awake of this same instant may still be to come.
    if (now_ >= asleep_until_ && now_ >= held_back_until_ && inbox_.empty())
        hand(event);
    else
        inbox_.push_back(event);
}

/// As the program has it: encoded, cut into pieces, decoded, made an event.
inline k::Event Board::through_bytes(const k::Event& event) {
    wire::LeaseMessage message;
    k::Uid uid = 0;
    if (const auto* open = std::get_if<k::Open>(&event)) {
        message = wire::lease::Open{open->lease, open->timing, open->vm, open->killing};
        uid = open->uid;
    } else if (const auto* beat = std::get_if<k::Beat>(&event)) {
        message = wire::lease::Beat{beat->at};
    } else if (const auto* giving_up = std::get_if<k::GivingUp>(&event)) {
        message = wire::lease::GivingUp{giving_up->cause, "words"};
    } else {
        return event;
    }
    std::array<std::uint8_t, wire::kMaxLeaseMessage> buffer;
    auto bytes = wire::encode(message, buffer);
    const auto from = std::visit(
        [](const auto& e) {
            if constexpr (requires { e.from; }) return e.from;
            return k::Connection{0};
        },
        event);
    while (true) {
        const auto cut = std::min<std::size_t>(bytes.size(), 1 + random_.below(20));
        bytes = bytes.subspan(decoder_.feed(bytes.first(cut)));
        if (const auto read = decoder_.next()) return *wire::event_of(*read, from, uid);
    }
}

/// The oracle is told what the keeper is about to be told.
inline void Board::facts(const k::Event& event) {
    if (const auto* open = std::get_if<k::Open>(&event))
        oracle_.open(vm_of(open->from), now_, open->from, open->timing);
    if (const auto* beat = std::get_if<k::Beat>(&event))
        oracle_.beat(vm_of(beat->from), now_, beat->from, beat->at);
    if (const auto* shut = std::get_if<k::ShutDown>(&event))
        oracle_.shut(vm_of(shut->from), shut->from);
    if (const auto* up = std::get_if<k::GivingUp>(&event))
        oracle_.gave_up(vm_of(up->from), up->from);
    if (const auto* progress = std::get_if<k::Progress>(&event))
        oracle_.progressed(vm_of(progress->from), progress->from);
    if (const auto* closed = std::get_if<k::Closed>(&event))
        oracle_.lost(vm_of(closed->from), closed->from);
    if (const auto* noted = std::get_if<k::Noted>(&event)) oracle_.noted(noted->id);
}

inline void Board::hand(const k::Event& original) {
    if (!keeper_ || gone_) return;
    ++events_;
    auto event = original;
    if (script_.through_bytes) event = through_bytes(original);
    facts(event);
    if (mutant_ == Mutant::takes_beats_as_new)
        if (auto* beat = std::get_if<k::Beat>(&event)) beat->at = now_;
    if (mutant_ == Mutant::honours_old_hearts)
        if (auto* shut = std::get_if<k::ShutDown>(&event)) {
            const auto holder = keeper_->lease(static_cast<k::LeaseId>(vm_of(shut->from)));
            shut->from = holder.state().holder;
        }
    carry_out(keeper_->on(now_, event));
}

inline void Board::drain() {
    const auto waiting = inbox_;
    inbox_.clear();
    for (const auto& event : waiting) hand(event);
}

inline void Board::tick() {
    if (!keeper_runs()) {
        tick_at_ = kNever;
        return;
    }
    ++events_;
    say("tick", static_cast<std::uint64_t>((now_ - keeper_->wake_at()).count() / 1000000));
    const auto wanted = keeper_->wake_at();
    const auto actions = keeper_->on(now_, k::Tick{});
    // Asked for, and in time: then there was something to do.
    if (mutant_ != Mutant::reads_too_late && actions.empty() && now_ < wanted + seconds(1) &&
        awake_since_ + seconds(10) < now_)
        oracle_.fail(Broken::idle_wake_up, now_);
    carry_out(actions);
}

// ---- out ----

inline void Board::carry_out(const k::Actions& actions) {
    std::size_t done = 0;
    for (const auto& action : actions) {
        if (!keeper_) return;
        if (mutant_ == Mutant::saves_too_late && std::holds_alternative<k::Persist>(action))
            continue;
        bend_and_carry(action);
        if (kill_in_list_ && keeper_ && ++done >= kill_after_) return kill_keeper();
    }
    if (!keeper_) return;
    if (mutant_ == Mutant::saves_too_late) save();
    const auto wake = keeper_->wake_at();
    tick_at_ = wake == kNever ? kNever : std::max(now_, wake) + milliseconds(random_.below(20));
}

inline void Board::bend_and_carry(const k::Action& action) {
    const bool act =
        std::holds_alternative<k::KillVm>(action) || std::holds_alternative<k::Proceed>(action) ||
        std::holds_alternative<k::RunCommand>(action) || std::holds_alternative<k::AskEnd>(action);
    const auto* note = std::get_if<k::Note>(&action);
    const bool waited_for = note != nullptr && (note->kind == k::NoteKind::given_up ||
                                                note->kind == k::NoteKind::verdict);
    switch (mutant_) {
        case Mutant::never_notes:
            if (waited_for) return;
            break;
        case Mutant::notes_afterwards:
            if (waited_for) {
                held_note_ = action;
                return;
            }
            if (act && held_note_) {
                carry(action);
                carry(*held_note_);
                held_note_.reset();
                return;
            }
            break;
        case Mutant::acts_at_once:
            carry(action);
            if (waited_for && keeper_) carry_out(keeper_->on(now_, k::Noted{note->id}));
            return;
        case Mutant::waits_for_the_disk:
            if (act && script_.disk < Duration::zero()) return;
            break;
        case Mutant::forgets_to_resume:
            if (std::holds_alternative<k::Pet>(action) && now_ > kStart + seconds(10)) return;
            break;
        case Mutant::disarms_when_leaving:
            if (std::holds_alternative<k::Leave>(action)) carry(k::Disarm{0});
            break;
        case Mutant::gives_up_at_half:
            if (const auto* warn = std::get_if<k::Warn>(&action);
                warn != nullptr && warn->to != 0) {
                carry(action);
                if (keeper_)
                    carry_out(keeper_->on(now_, k::GivingUp{warn->to, k::Cause::vm_silent}));
                return;
            }
            break;
        default:
            break;
    }
    carry(action);
}

inline void Board::carry(const k::Action& action) {
    oracle_.action(now_, action);
    if (talks_) say(kActionNames[action.index()]);
    if (std::holds_alternative<k::Persist>(action)) return save();
    if (const auto* note = std::get_if<k::Note>(&action)) {
        gave_up_ = gave_up_ || note->kind == k::NoteKind::given_up;
        if (script_.disk >= Duration::zero()) later(script_.disk, Who::disk, note->id);
    } else if (const auto* pet = std::get_if<k::Pet>(&action)) {
        // Decided now; the hardware feels it a little later.
        say("    device", pet->device,
            static_cast<std::uint64_t>(script_.granted[pet->device] / milliseconds(1)));
        if (device_[pet->device].armed)
            device_[pet->device].expires =
                now_ + milliseconds(random_.below(200)) + script_.granted[pet->device];
    } else if (const auto* timeout = std::get_if<k::SetTimeout>(&action)) {
        script_.granted[timeout->device] = timeout->timeout;
    } else if (const auto* arm = std::get_if<k::Arm>(&action)) {
        auto& device = device_[arm->device];
        if (script_.works[arm->device]) {
            device.armed = true;
            device.expires = now_ + milliseconds(random_.below(200)) + script_.granted[arm->device];
        }
        later(milliseconds(1), Who::armed, arm->device);
    } else if (const auto* proceed = std::get_if<k::Proceed>(&action)) {
        const auto n = vm_of(proceed->to);
        if (vm_[n].connection == proceed->to)
            later(milliseconds(2), Who::heart_proceeds, n,
                  static_cast<std::uint64_t>(vm_[n].started));
    } else if (const auto* kill = std::get_if<k::KillVm>(&action)) {
        if (vm_[kill->lease].id == kill->vm) end_vm(kill->lease);
    } else if (const auto* heart = std::get_if<k::KillHeart>(&action)) {
        auto& vm = vm_[vm_of(heart->heart)];
        close(heart->heart, milliseconds(5));
        if (vm.connection == heart->heart) vm.heart_alive = vm.connected = false;
    } else if (const auto* run = std::get_if<k::RunCommand>(&action)) {
        command_runs(run->lease);
    } else if (const auto* probe = std::get_if<k::Probe>(&action)) {
        if (!script_.evidence_hangs || now_ < script_.evidence_hangs_at)
            later(milliseconds(30), Who::evidence, probe->evidence,
                  static_cast<std::uint64_t>(now_.time_since_epoch().count()));
    } else if (const auto* ask = std::get_if<k::AskEnd>(&action)) {
        const auto rung = static_cast<std::size_t>(ask->rung) - 2;
        later(rung == 2 ? milliseconds(0) : script_.rung_takes[rung], Who::rung,
              static_cast<std::uint32_t>(rung));
    } else if (const auto* over = std::get_if<k::SendHandOver>(&action)) {
        if (script_.handed && over->to != 0) {
            bring_back({.devices = 7, .connections = true});
        } else if (script_.handed) {
            bring_back({.devices = 7, .connections = false});
        } else {
            carry_out(keeper_->on(now_, k::HandedOver{false}));
        }
    } else if (std::holds_alternative<k::Leave>(action)) {
        gone_ = true;
        awake_since_ = kNever;
    }
}

inline void Board::save() {
    if (!script_.through_bytes) {
        saved_ = keeper_->state();
    } else {
        std::array<std::uint8_t, k::kStateSlot> slot;
        const auto bytes = encode(keeper_->state(), ++saves_, slot);
        const auto place = static_cast<std::ptrdiff_t>(k::state_slot_at(saves_));
        std::copy(bytes.begin(), bytes.end(), file_.begin() + place);
    }
    has_saved_ = true;
}

// ---- its lives ----

inline void Board::kill_keeper() {
    if (!keeper_ || gone_) return;
    say("keeper is killed");
    kill_in_list_ = false;
    keeper_.reset();
    inbox_.clear();
    tick_at_ = kNever;
    awake_since_ = kNever;
    if (script_.through_bytes && has_saved_) {
        // The next write is torn; the one before it must do.
        const auto torn = k::state_slot_at(saves_ + 1) + 16 + random_.below(100);
        file_[torn] = static_cast<std::uint8_t>(file_[torn] ^ 0x55U);
    }
    for (auto& vm : vm_) vm.connected = false;
    oracle_.keeper_killed();
    absent(script_.back_after < Duration::zero() ? seconds(1000) : script_.back_after);
    if (script_.back_after >= Duration::zero()) later(script_.back_after, Who::back);
}

inline void Board::bring_back(k::Keeper::Adopted adopted) {
    say("keeper begins");
    const k::KeeperState* before = nullptr;
    std::optional<k::FoundState> found;
    if (has_saved_ && mutant_ != Mutant::forgets_its_state) {
        before = &saved_;
        if (script_.through_bytes) {
            found = k::decode_state(file_);
            before = found ? &found->state : nullptr;
        }
    }
    if (before != nullptr && !adopted.connections)
        for (const auto& row : before->leases)
            if (row.ladder.phase >= k::Ladder::Phase::noting)
                oracle_.found_in_ladder(row.lease.name);
    if (mutant_ == Mutant::forgets_its_state) adopted = {.devices = 0, .connections = false};
    keeper_.emplace(script_.settings, k::BootId{}, now_, before, adopted);
    began_ = now_;
    awake_since_ = now_ < asleep_until_ ? kNever : now_;
    tick_at_ = kNever;
    if (!adopted.connections) {
        inbox_.clear();
        oracle_.connections_lost();
        for (std::uint32_t n = 0; n < script_.vms; ++n) {
            vm_[n].connected = false;
            if (vm_[n].heart_alive && !vm_[n].gave_up)
                later(random_.between(milliseconds(10), milliseconds(900)), Who::connects_again, n,
                      static_cast<std::uint64_t>(vm_[n].started));
        }
    }
    carry_out(keeper_->begin(now_));
    if (adopted.connections) return;
    for (auto& lease : oracle_.leases) lease.grace = now_ + milliseconds(5500);
}

}  // namespace vakt::sim
