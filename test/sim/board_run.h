// SPDX-License-Identifier: Apache-2.0
// The board's time: what is due next happens, and the oracle looks on.
#pragma once

#include "test/sim/board_keeper.h"

namespace vakt::sim {

inline Board::Board(std::uint64_t seed, Mutant mutant, bool talks)
    : script_(write_script(seed)), random_(~seed), mutant_(mutant), talks_(talks) {
    oracle_.count = script_.vms;
    faulty_ = script_.kill_at != kNever || script_.stall_at != kNever ||
              script_.freeze_at != kNever || script_.request_at != kNever;
    for (std::uint32_t n = 0; n < script_.vms; ++n) {
        const auto& rule = script_.settings.leases[n];
        auto& lease = oracle_.leases[n];
        lease.timing = lease.wanted = rule.timing;
        lease.counts = rule.required;
        lease.since = kStart + rule.boot_deadline;
        if (script_.vm[n].fate != Fate::never_starts) at(script_.vm[n].starts, Who::vm_starts, n);
        at(script_.vm[n].fate_at, Who::vm_fate, n);
        if (script_.vm[n].stall_at != kNever) at(script_.vm[n].stall_at, Who::heart_reads, n, 1);
    }
    if (!script_.settings.evidence.empty()) {
        const auto& rule = script_.settings.evidence[0];
        oracle_.evidence_deadline = kStart + rule.freshness + rule.grace;
        oracle_.evidence_grace = rule.grace;
    }
    const auto fault = [&](Instant when, Who who) {
        if (when != kNever) at(when, who);
    };
    fault(script_.kill_at, Who::killed);
    fault(script_.stall_at, Who::stalled);
    fault(script_.freeze_at, Who::frozen);
    fault(script_.request_at, Who::request);
    at(script_.horizon, Who::horizon);
    if (mutant == Mutant::wakes_each_second || mutant == Mutant::pets_regardless_of_d ||
        mutant == Mutant::pets_after_verdict)
        next_second_ = kStart + seconds(1);
}

inline void Board::at(Instant when, Who who, std::uint32_t a, std::uint64_t b) {
    if (heap_size_ == heap_.size()) {
        std::fprintf(stderr, "board_sim: too much is due at once\n");
        std::abort();
    }
    auto place = heap_size_++;
    const Due due{when, order_++, who, a, b};
    const auto before = [](const Due& x, const Due& y) {
        return x.at != y.at ? x.at < y.at : x.order < y.order;
    };
    for (; place > 0 && before(due, heap_[(place - 1) / 2]); place = (place - 1) / 2)
        heap_[place] = heap_[(place - 1) / 2];
    heap_[place] = due;
}

inline Board::Due Board::take_due() {
    const auto before = [](const Due& x, const Due& y) {
        return x.at != y.at ? x.at < y.at : x.order < y.order;
    };
    const auto first = heap_[0];
    const auto last = heap_[--heap_size_];
    std::size_t place = 0;
    while (true) {
        auto child = 2 * place + 1;
        if (child >= heap_size_) break;
        if (child + 1 < heap_size_ && before(heap_[child + 1], heap_[child])) ++child;
        if (!before(heap_[child], last)) break;
        heap_[place] = heap_[child];
        place = child;
    }
    heap_[place] = last;
    return first;
}

inline Broken Board::run() {
    bring_back({.devices = 0, .connections = false});
    while (!reset_ && oracle_.broken == Broken::none && step()) {
    }
    if (oracle_.broken != Broken::none) say(kBrokenNames[static_cast<std::size_t>(oracle_.broken)]);
    return oracle_.broken;
}

inline bool Board::step() {
    std::size_t first = 0;
    for (std::size_t id = 1; id < script_.devices; ++id)
        if (device_[id].expires < device_[first].expires) first = id;
    const auto bites = script_.devices == 0 ? kNever : device_[first].expires;
    const auto tick_at = std::max(tick_at_, frozen_until_);
    const auto next = std::min({bites, tick_at, heap_[0].at, next_second_});
    now_ = next;
    oracle_.look(now_, resettable(),
                 keeper_runs() && now_ >= frozen_until_ ? awake_since_ : kNever);
    if (bites <= next) {
        reset_board(first);
        return false;
    }
    if (next_second_ <= next) {
        next_second_ += seconds(1);
        if (!keeper_runs()) return true;
        if (mutant_ == Mutant::wakes_each_second) {
            if (keeper_->on(now_, k::Tick{}).empty()) oracle_.fail(Broken::idle_wake_up, now_);
            return true;
        }
        if ((mutant_ == Mutant::pets_after_verdict) == oracle_.verdict)
            for (std::size_t id = 0; id < script_.devices; ++id)
                carry(k::Pet{static_cast<k::DeviceId>(id)});
        return true;
    }
    if (heap_[0].at <= tick_at) {
        const auto due = take_due();
        if (now_ < frozen_until_ && !is_hardware(due.who)) {
            at(frozen_until_, due.who, due.a, due.b);
            return true;
        }
        happen(due);
        return due.who != Who::horizon;
    }
    tick();
    return true;
}

inline void Board::happen(const Due& due) {
    auto& vm = vm_[due.a < vm_.size() ? due.a : 0];
    const bool same_life = due.b == static_cast<std::uint64_t>(vm.started);
    switch (due.who) {
        case Who::vm_starts:
            return start_vm(due.a);
        case Who::vm_beats:
            return vm_beats(due.a, due.b);
        case Who::vm_fate:
            return fate(due.a);
        case Who::heart_judges:
            return heart_judges(due.a, due.b);
        case Who::heart_reads:
            if (due.b == 1) {
                vm.asleep_until = now_ + script_.vm[due.a].stall;
                return later(script_.vm[due.a].stall, Who::heart_reads, due.a, 2);
            }
            // It reads what is queued before it judges, and its own sleep is not the VM's silence.
            heart_read(due.a);
            return later(script_.settings.leases[due.a].timing.beat_timeout, Who::heart_judges,
                         due.a, static_cast<std::uint64_t>(vm.started));
        case Who::heart_proceeds:
            return heart_proceeds(due.a, due.b);
        case Who::heart_is_done:
            return heart_is_done(due.a, due.b);
        case Who::vm_ended:
            for (auto& other : vm_)
                if (other.id.pid == due.a) other.alive = false;
            return deliver(k::VmEnded{{due.a, 7}});
        case Who::old_heart_ends:
            send(k::ShutDown{due.a});
            return close(due.a, milliseconds(1));
        case Who::connects_again:
            if (!same_life || !vm.heart_alive || vm.gave_up || vm.connected || !keeper_) return;
            if (!vm.heart_reads || now_ < vm.asleep_until) return;
            connect(due.a);
            return send(k::Beat{vm.connection, vm.last_read});
        case Who::to_keeper:
            return deliver(k::Closed{due.a});
        case Who::killed:
            kill_after_ = script_.kill_in_list;
            kill_in_list_ = kill_after_ != 0;
            return kill_in_list_ ? void() : kill_keeper();
        case Who::back:
            if (!keeper_ && !gone_ && !oracle_.shut_down)
                bring_back({.devices = 0, .connections = false});
            return;
        case Who::stalled:
            say("keeper stalls");
            asleep_until_ = now_ + script_.stall;
            awake_since_ = kNever;
            absent(script_.stall);
            return later(script_.stall, Who::awake);
        case Who::awake:
            if (!keeper_ || gone_) return;
            awake_since_ = now_;
            if (mutant_ == Mutant::reads_too_late) {
                if (held_back_until_ > now_ || inbox_.empty()) return drain();
                held_back_until_ = now_ + seconds(8);
                later(seconds(8), Who::awake);
            } else {
                drain();
            }
            return tick();
        case Who::frozen:
            say("everything freezes");
            frozen_until_ = now_ + script_.freeze;
            absent(script_.freeze);
            // They do not all come back at once; a VM that beats often is to be given that time.
            for (std::uint32_t n = 0; n < script_.vms; ++n) {
                const auto back = frozen_until_ + random_.between(seconds(0), seconds(3));
                if (now_ < oracle_.leases[n].proof + milliseconds(5500))
                    oracle_.leases[n].grace = back + milliseconds(100);
                vm_[n].asleep_until = std::max(vm_[n].asleep_until, back);
                if (vm_[n].beats) vm_[n].queued = true;
                at(vm_[n].asleep_until, Who::heart_reads, n, 2);
            }
            if (now_ >= asleep_until_ && keeper_ && !gone_) awake_since_ = frozen_until_;
            return;
        case Who::request:
            return request();
        case Who::disk:
            return deliver(k::Noted{due.a});
        case Who::rung:
            if (script_.rung[due.a] == 0) return reset_board(std::nullopt);
            if (script_.rung[due.a] == 1) deliver(k::RungFailed{static_cast<k::Rung>(due.a + 2)});
            return;
        case Who::evidence: {
            // A question that an earlier keeper asked is nobody's any more.
            const auto& rule = script_.settings.evidence[0];
            const auto asked = Instant(Duration(static_cast<std::int64_t>(due.b)));
            if (!keeper_ || began_ > asked) return;
            oracle_.evidence_deadline =
                std::max(oracle_.evidence_deadline, asked + rule.freshness + rule.grace);
            return deliver(k::EvidenceAnswer{0, true});
        }
        case Who::armed:
            if (script_.works[due.a])
                return deliver(k::Armed{static_cast<k::DeviceId>(due.a), script_.granted[due.a]});
            return deliver(k::ArmFailed{static_cast<k::DeviceId>(due.a)});
        case Who::horizon:
            return;
    }
}

inline void Board::request() {
    if (!keeper_runs()) return;
    const auto* to = &script_.settings.leases[0];
    say("request", static_cast<std::uint64_t>(script_.request));
    switch (script_.request) {
        case Script::Request::end:
        case Script::Request::immediate:
            oracle_.asked_end = true;
            return hand(k::EndAsked{0, 0, k::EndKind::reboot,
                                    script_.request == Script::Request::immediate});
        case Script::Request::drill:
            oracle_.asked_end = true;
            return hand(k::DrillAsked{0, 0, k::DrillKind::stop_petting, {}});
        case Script::Request::snooze:
            oracle_.snooze(0, now_, script_.snooze);
            return hand(k::SnoozeAsked{0, to->uid, to->name, script_.snooze});
        case Script::Request::shutdown:
            oracle_.shut_down = true;
            return hand(k::SystemShutdown{});
        case Script::Request::restart:
            return hand(k::Restarting{});
        case Script::Request::takeover:
            return hand(k::TakeOverAsked{1, 0});
    }
}

inline void Board::absent(Duration time) {
    if (now_ > absent_until_ + seconds(60)) absent_in_all_ = Duration::zero();
    absent_at_ = now_;
    absent_until_ = std::max(absent_until_, now_ + time);
    absent_in_all_ += time;
}

/// Nobody could pet the device for about as long as the hardware waits for it at the least.
inline bool Board::excused(std::size_t device) const {
    if (gone_) return true;
    if (absent_at_ == kNever) return false;
    auto shortest = Duration::max();
    for (std::size_t id = 0; id < script_.devices; ++id)
        shortest = std::min(shortest, script_.granted[id]);
    if (now_ >= absent_until_ + script_.granted[device]) return false;
    // Any absence may fall on the last moment for a pet; only the next beat makes another one.
    for (std::size_t n = 0; n < script_.vms; ++n)
        if (oracle_.leases[n].counts && now_ > oracle_.leases[n].proof + milliseconds(5500))
            return true;
    // Nor is there one while the evidence that was good last does not last as long as a countdown.
    if (oracle_.evidence_deadline < absent_until_ + script_.granted[device]) return true;
    return absent_in_all_ > shortest / 2 - seconds(1);
}

/// Some way to reset the board is left: hardware that counts, or an undisturbed keeper's reboot(2).
inline bool Board::resettable() const {
    for (std::size_t id = 0; id < script_.devices; ++id)
        if (device_[id].armed) return true;
    return !faulty_ && script_.rung[2] == 0;
}

inline void Board::reset_board(std::optional<std::size_t> by_device) {
    say(by_device ? "the hardware resets the board" : "the board is reset");
    if (by_device) oracle_.bitten(now_, excused(*by_device));
    reset_ = true;
}

inline void Board::say(const char* what, std::uint64_t a, std::uint64_t b) const {
    if (!talks_) return;
    const auto since = std::chrono::duration_cast<milliseconds>(now_ - kStart).count();
    std::printf("%9.3f s  %s %llu %llu\n", static_cast<double>(since) / 1000.0, what,
                static_cast<unsigned long long>(a), static_cast<unsigned long long>(b));
}

}  // namespace vakt::sim
