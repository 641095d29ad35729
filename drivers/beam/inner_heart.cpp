// SPDX-License-Identifier: Apache-2.0
// A heart inside the emulator.
#include "drivers/beam/inner_heart.h"

#include <algorithm>
#include <utility>

#include "guard/lease_link.h"
#include "wire/heart_op.h"

namespace vakt::beam {
namespace {

using namespace std::chrono_literals;

// No act waits longer for its note.
constexpr Duration kNoteWait = 2s;

std::string body_of(wire::HeartOp op, const std::string& payload = {}) {
    return static_cast<char>(op) + payload;
}

}  // namespace

InnerHeart::Port* InnerHeart::find(PortId id) {
    const auto found =
        std::find_if(ports_.begin(), ports_.end(), [&](const Port& port) { return port.id == id; });
    return found == ports_.end() ? nullptr : &*found;
}

void InnerHeart::opened(Instant now, PortId id, heart::Settings settings) {
    const auto beat_timeout = settings.beat_timeout;
    const auto boot_delay = settings.boot_delay;
    Port port{id, heart::Heart(std::move(settings), now), false};
    if (verdict_) {
        // What is decided is: nobody counts that comes later.
        ports_.insert(ports_.begin(), std::move(port));
        return;
    }
    ports_.push_back(std::move(port));
    began_ = last_beat_ = now;
    deadline_ = ports_.back().machine.hard_deadline();
    solo_.beat(deadline_);
    if (reboots_) step(now, ports_.back(), heart::Guarded{heart::Guard::device});
    if (!has_watchdog_ || device_ || std::exchange(opening_, true)) return;
    around_.open_watchdog(beat_timeout, boot_delay);
}

void InnerHeart::armed(Instant now, Instant began, Duration granted,
                       std::unique_ptr<wdt::WatchdogDevice> device) {
    opening_ = false;
    device_ = std::move(device);
    for (const auto& remark : device_->remarks()) around_.say(remark);
    solo_ = {};
    solo_.cannot_let_go();
    solo_.beat(deadline_);
    solo_.armed(began, granted);
    if (ports_.empty()) return retire(now);  // the VM has left meanwhile
    if (verdict_) solo_.give_up();
    pet(now);
}

void InnerHeart::heard(Instant now, PortId id, const heart::Event& event) {
    auto* const port = find(id);
    if (port == nullptr) return;
    const bool counts = port == newest();
    const bool closed = std::holds_alternative<heart::PortClosed>(event);
    if (counts || !closed) step(now, *port, event);
    if (!closed) return;
    // After a verdict the port is kept: what it is about is not over with it. One that left in
    // order takes those along that were there before it.
    if (!counts)
        std::erase_if(ports_, [&](const Port& one) { return one.id == id; });
    else if (!verdict_)
        ports_.clear();
}

void InnerHeart::step(Instant now, Port& port, const heart::Event& event) {
    for (const auto& action : port.machine.on(now, event)) carry_out(now, port, action);
}

void InnerHeart::carry_out(Instant now, Port& port, const heart::Action& action) {
    const bool counts = &port == newest();
    if (std::holds_alternative<heart::Ack>(action))
        return around_.answer(port.id, body_of(wire::HeartOp::ack));
    if (const auto* tell = std::get_if<heart::TellCommand>(&action))
        return around_.answer(port.id, body_of(wire::HeartOp::heart_cmd, tell->text));
    if (const auto* words = std::get_if<heart::Report>(&action)) return around_.say(words->text);
    if (std::holds_alternative<heart::Leave>(action)) {
        port.over = true;
        // A verdict ends the board, not the VM: the port stays.
        if (!verdict_ || !reboots_) around_.end(port.id);
        return;
    }
    if (!counts) return;
    if (std::holds_alternative<heart::Renew>(action)) return beaten(now, port);
    if (const auto* verdict = std::get_if<heart::GiveUp>(&action))
        return give_up(now, verdict->cause);
    if (std::holds_alternative<heart::Escalate>(action)) return escalate(now);
    if (std::holds_alternative<heart::Retire>(action)) return retire(now);
    if (std::holds_alternative<heart::RunCommand>(action)) {
        around_.say("a heart command cannot be run inside the emulator");
        step(now, port, heart::CommandEnded{-1});
    }
}

void InnerHeart::beaten(Instant now, const Port& port) {
    last_beat_ = now;
    deadline_ = port.machine.hard_deadline();
    solo_.beat(deadline_);
    if (std::exchange(same_boot_, false)) note(now, keeper::NoteKind::recovered);
    const auto good_for = now - began_;
    if (reboots_ && !healthy_said_ && good_for >= deadline_ - now) {
        healthy_said_ = true;
        around_.note_healthy(good_for);
    }
    pet(now);
}

void InnerHeart::note(Instant now, keeper::NoteKind kind) {
    if (!reboots_) return;
    ++notes_open_;
    keeper::Note note;
    note.kind = kind;
    note.cause = verdict_.value_or(keeper::Cause::none);
    if (verdict_) note.deadline = deadline_;
    around_.note(note, now - last_beat_);
}

void InnerHeart::noted(Instant now) {
    if (notes_open_ > 0) --notes_open_;
    if (notes_open_ == 0 && reboot_at_ != kNever) reboot_at_ = now;
}

void InnerHeart::give_up(Instant now, heart::Cause cause) {
    verdict_ = guard::cause_of(cause);
    solo_.give_up();
    note(now, keeper::NoteKind::given_up);
}

void InnerHeart::escalate(Instant now) {
    note(now, keeper::NoteKind::verdict);
    reboot_at_ = now + kNoteWait;
}

void InnerHeart::reboot() {
    reboot_at_ = kNever;
    const auto refused = around_.reboot();
    petting_ = false;
    if (refused) return;
    around_.say(describe(refused.error()) +
                (device_ ? "; the watchdog is left to bite" : "; nothing else is left"));
}

void InnerHeart::retire(Instant now) {
    if (device_) {
        if (const auto done = device_->disarm(); !done)
            around_.say(describe(done.error()) + "; it counts on and will reset the board");
        device_.reset();
    }
    note(now, keeper::NoteKind::clean);
    same_boot_ = true;
}

void InnerHeart::pet(Instant now) {
    if (!device_ || !petting_) return;
    if (solo_.due(now) != guard::SoloAct::pet) return;
    if (const auto petted = device_->pet(); !petted) {
        around_.say(describe(petted.error()));
        solo_.pet_failed(now);
    }
}

void InnerHeart::tick(Instant now) {
    if (auto* const port = newest(); port != nullptr && now >= port->machine.wake_at())
        step(now, *port, heart::Tick{});
    pet(now);
    if (now >= reboot_at_) reboot();
    if (verdict_ && device_ && petting_ && solo_.over(now)) {
        petting_ = false;
        around_.say(device_->name() + " has not reset the board in its time");
    }
}

Instant InnerHeart::wake_at(Instant now) const {
    auto due = reboot_at_;
    if (!ports_.empty()) due = std::min(due, ports_.back().machine.wake_at());
    if (device_ && petting_) due = std::min(due, solo_.wake_at(now));
    return due;
}

bool InnerHeart::settled(PortId id) const {
    if (ports_.empty() || ports_.back().id != id) return true;
    return ports_.back().over && reboot_at_ == kNever;
}

}  // namespace vakt::beam
