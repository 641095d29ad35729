// SPDX-License-Identifier: Apache-2.0
// The board's VMs and hearts. A heart here is what the keeper sees of one: it relays, judges, asks.
#pragma once

#include "test/sim/board.h"

namespace vakt::sim {

inline void Board::start_vm(std::uint32_t n) {
    auto& vm = vm_[n];
    ++vm.started;
    vm.id = {100 * (n + 1) + static_cast<std::uint32_t>(vm.started), 7};
    vm.alive = vm.heart_alive = vm.heart_reads = true;
    vm.gave_up = vm.queued = vm.handled = false;
    vm.beats = vm.started == 1 || script_.vm[n].beats_after;
    vm.last_read = now_;
    say("VM starts", n, vm.beats);
    connect(n);
    const auto life = static_cast<std::uint64_t>(vm.started);
    if (vm.beats) later(milliseconds(20), Who::vm_beats, n, life);
    later(script_.settings.leases[n].timing.beat_timeout + milliseconds(20), Who::heart_judges, n,
          life);
}

inline void Board::connect(std::uint32_t n) {
    auto& vm = vm_[n];
    vm.connection = ++connections_ * 4 + n;
    vm.connected = true;
    const auto& rule = script_.settings.leases[n];
    send(k::Open{
        .from = vm.connection,
        .uid = rule.uid,
        .lease = rule.name,
        .timing = rule.timing,
        .vm = vm.id,
        .killing = {.abort = n == 1, .never = false, .dump_wait = seconds(n == 2 ? 3 : 0)}});
}

inline void Board::close(k::Connection connection, Duration after) {
    later(after, Who::to_keeper, connection, 1);
}

inline void Board::vm_beats(std::uint32_t n, std::uint64_t life) {
    auto& vm = vm_[n];
    if (!vm.alive || !vm.beats || life != static_cast<std::uint64_t>(vm.started)) return;
    later(script_.vm[n].period, Who::vm_beats, n, life);
    vm.queued = true;
    if (vm.heart_alive && vm.heart_reads && now_ >= vm.asleep_until) heart_read(n);
}

inline void Board::heart_read(std::uint32_t n) {
    auto& vm = vm_[n];
    if (!vm.queued || vm.gave_up || !vm.heart_alive || !vm.heart_reads) return;
    vm.queued = false;
    vm.last_read = now_;
    later(script_.settings.leases[n].timing.beat_timeout, Who::heart_judges, n,
          static_cast<std::uint64_t>(vm.started));
    if (vm.connected) send(k::Beat{vm.connection, now_});
}

inline void Board::heart_judges(std::uint32_t n, std::uint64_t life) {
    auto& vm = vm_[n];
    if (!vm.heart_alive || !vm.heart_reads || vm.gave_up) return;
    if (life != static_cast<std::uint64_t>(vm.started) || now_ < vm.asleep_until) return;
    const auto limit = vm.last_read + script_.settings.leases[n].timing.beat_timeout;
    if (now_ < limit) return;
    heart_gives_up(n, k::Cause::vm_silent);
}

inline void Board::heart_gives_up(std::uint32_t n, k::Cause cause) {
    auto& vm = vm_[n];
    if (vm.gave_up || !vm.heart_alive) return;
    say("heart gives up", n);
    vm.gave_up = true;
    if (vm.connected) send(k::GivingUp{vm.connection, cause});
    later(seconds(2), Who::heart_proceeds, n, static_cast<std::uint64_t>(vm.started));
}

inline void Board::heart_proceeds(std::uint32_t n, std::uint64_t life) {
    auto& vm = vm_[n];
    if (!vm.heart_alive || vm.handled || life != static_cast<std::uint64_t>(vm.started)) return;
    vm.handled = true;
    end_vm(n);
    later(random_.between(milliseconds(10), milliseconds(500)), Who::heart_is_done, n, life);
}

inline void Board::heart_is_done(std::uint32_t n, std::uint64_t life) {
    auto& vm = vm_[n];
    if (!vm.heart_alive || life != static_cast<std::uint64_t>(vm.started)) return;
    const bool restarts = script_.vm[n].restarts_after >= Duration::zero();
    if (vm.connected) {
        send(k::Progress{vm.connection, k::Step::vm_ended});
        send(k::Progress{vm.connection, restarts ? k::Step::command_started : k::Step::no_command});
        close(vm.connection, milliseconds(100));
    }
    vm.heart_alive = vm.connected = false;
    command_runs(n);
}

inline void Board::command_runs(std::uint32_t n) {
    // Once: a second run of the command would start a second VM.
    if (script_.vm[n].restarts_after < Duration::zero() || vm_[n].started != 1) return;
    later(script_.vm[n].restarts_after, Who::vm_starts, n, 1);
}

inline void Board::end_vm(std::uint32_t n) {
    auto& vm = vm_[n];
    if (!vm.alive) return;
    vm.alive = false;
    later(milliseconds(10), Who::vm_ended, vm.id.pid);
}

inline void Board::fate(std::uint32_t n) {
    auto& vm = vm_[n];
    if (!vm.alive || vm.started != 1) return;
    say("fate", n, static_cast<std::uint64_t>(script_.vm[n].fate));
    const auto old = vm.connection;
    switch (script_.vm[n].fate) {
        case Fate::hang:
            vm.beats = false;
            break;
        case Fate::crash:
            end_vm(n);
            heart_gives_up(n, n == 2 ? k::Cause::vm_crash : k::Cause::vm_closed);
            break;
        case Fate::heart_hang:
            vm.heart_reads = false;
            break;
        case Fate::heart_crash:
            vm.heart_alive = vm.connected = false;
            close(old, milliseconds(1));
            later(milliseconds(200), Who::vm_ended, vm.id.pid, 1);
            command_runs(n);
            break;
        case Fate::shut_down:
            if (vm.connected) send(k::ShutDown{old});
            vm.heart_alive = vm.connected = vm.alive = vm.beats = false;
            close(old, milliseconds(1));
            break;
        case Fate::cycle:
            connect(n);
            vm.queued = true;
            heart_read(n);
            later(random_.between(milliseconds(1), seconds(9)), Who::old_heart_ends, old);
            // And some time after, it hangs.
            if (random_.one_in(2)) vm.beats = false;
            break;
        case Fate::none:
        case Fate::never_starts:
            break;
    }
}

}  // namespace vakt::sim
