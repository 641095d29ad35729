// SPDX-License-Identifier: Apache-2.0
// What one simulated board is made of and what befalls it, all from one seed.
#pragma once

#include <array>

#include "keeper/settings.h"
#include "test/sim/oracle.h"
#include "test/sim/random.h"

namespace vakt::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

enum class Fate : std::uint8_t {
    none,
    hang,
    crash,
    heart_hang,
    heart_crash,
    shut_down,
    cycle,
    never_starts
};

struct VmScript {
    Fate fate = Fate::none;
    Instant fate_at = kNever;
    Instant starts{};
    Duration period{};          // between beats
    Duration restarts_after{};  // once its command has run; negative: not at all
    bool beats_after = false;   // the restarted one
    Instant stall_at = kNever;  // heart sleeps
    Duration stall{};
};

struct Script {
    keeper::Settings settings;
    std::size_t vms = 1;
    std::size_t devices = 0;
    std::array<VmScript, Oracle::kLeases> vm;
    std::array<Duration, 3> granted{};
    std::array<bool, 3> works{};  // the device can be armed
    Duration disk{};              // a note is on disk after; negative: never
    std::array<int, 3> rung{};    // login1, systemd1, reboot(2): 0 works, 1 fails, 2 hangs
    std::array<Duration, 3> rung_takes{};
    Instant kill_at = kNever;      // the keeper, SIGKILL
    std::size_t kill_in_list = 0;  // after so many of the next actions; 0: between events
    Duration back_after{};         // negative: never
    Instant stall_at = kNever;     // the keeper sleeps
    Duration stall{};
    Instant freeze_at = kNever;  // everything but the hardware sleeps
    Duration freeze{};
    Instant request_at = kNever;
    enum class Request : std::uint8_t {
        end,
        immediate,
        drill,
        snooze,
        shutdown,
        restart,
        takeover
    };
    Request request = Request::end;
    bool handed = false;
    Duration snooze{};
    bool evidence_hangs = false;
    Instant evidence_hangs_at = kNever;
    bool through_bytes = false;  // messages and keeper.state as bytes, cut anywhere
    Instant horizon{};
};

inline constexpr Instant kStart{seconds(1000)};

inline void write_vm(Random& random, VmScript& vm, const keeper::LeaseRule& rule) {
    const auto timeout = rule.timing.beat_timeout;
    vm.starts = kStart + random.between(seconds(0), seconds(3));
    vm.period = random.one_in(8) ? timeout * 9 / 10
                                 : random.between(milliseconds(4900), milliseconds(5100));
    static constexpr std::array<Fate, 16> kFates = {
        Fate::none,        Fate::none,      Fate::none,  Fate::none,
        Fate::none,        Fate::hang,      Fate::hang,  Fate::hang,
        Fate::hang,        Fate::crash,     Fate::crash, Fate::heart_hang,
        Fate::heart_crash, Fate::shut_down, Fate::cycle, Fate::never_starts};
    vm.fate = kFates[random.below(16)];
    vm.fate_at = vm.starts + random.between(seconds(1), seconds(45));
    vm.restarts_after = random.one_in(2)
                            ? random.between(milliseconds(200), rule.timing.boot_delay + seconds(5))
                            : seconds(-1);
    vm.beats_after = !random.one_in(4);
    if (!random.one_in(8)) return;
    vm.stall_at = vm.starts + random.between(seconds(1), seconds(45));
    vm.stall = random.between(seconds(1), timeout + seconds(4));
}

inline void write_faults(Random& random, Script& script) {
    script.disk = random.one_in(4)   ? seconds(-1)
                  : random.one_in(2) ? random.between(seconds(0), seconds(5))
                                     : random.between(milliseconds(2), milliseconds(50));
    for (std::size_t n = 0; n < 3; ++n) {
        script.rung[n] = static_cast<int>(random.below(n == 2 ? 2 : 3));
        if (n == 2 && !random.one_in(3)) script.rung[n] = 0;
        script.rung_takes[n] = random.between(milliseconds(10), seconds(5));
    }
    const auto sometime = [&] { return kStart + random.between(seconds(1), seconds(100)); };
    if (random.one_in(4)) {
        script.kill_at = sometime();
        script.kill_in_list = random.below(4);
        script.back_after =
            random.one_in(8) ? seconds(-1) : random.between(milliseconds(50), seconds(5));
    }
    if (random.one_in(8)) {
        script.stall_at = sometime();
        script.stall = random.between(milliseconds(100), seconds(20));
    }
    if (random.one_in(16)) {
        script.freeze_at = sometime();
        script.freeze = random.between(seconds(1), seconds(40));
    }
    if (random.one_in(6)) {
        script.request_at = sometime();
        script.request = static_cast<Script::Request>(random.below(7));
        script.handed = !random.one_in(4);
        script.snooze = random.between(seconds(0), seconds(30));
    }
}

inline Script write_script(std::uint64_t seed) {
    Random random(seed);
    Script script;
    script.vms = random.one_in(4) ? 1 + random.below(3) : 1;
    auto shortest = Duration::max();
    for (std::size_t n = 0; n < script.vms; ++n) {
        keeper::LeaseRule rule;
        const char name = static_cast<char>('a' + n);
        rule.name = std::string_view(&name, 1);
        rule.uid = static_cast<keeper::Uid>(1000 + n);
        rule.required = random.one_in(2);
        rule.boot_deadline = random.between(seconds(2), seconds(30));
        rule.timing = {seconds(11 + random.below(12)), seconds(11 + random.below(25))};
        shortest = std::min(shortest, rule.timing.beat_timeout + rule.timing.boot_delay);
        script.settings.leases.push_back(rule);
        write_vm(random, script.vm[n], rule);
    }
    if (random.one_in(8)) {
        keeper::EvidenceRule rule;
        rule.name = "rootfs";
        rule.freshness = random.between(seconds(5), seconds(20));
        rule.grace = random.between(milliseconds(10001), seconds(30));
        shortest = std::min(shortest, rule.freshness + rule.grace);
        script.settings.evidence.push_back(rule);
        script.evidence_hangs = random.one_in(3);
        script.evidence_hangs_at = kStart + random.between(seconds(0), seconds(40));
    }
    script.devices = random.one_in(8) ? 0 : 1 + (random.one_in(4) ? random.below(3) : 0);
    for (std::size_t n = 0; n < script.devices; ++n) {
        keeper::DeviceRule rule;
        const auto longest = shortest - keeper::kSystemShare;
        rule.timeout = random.between(std::min<Duration>(seconds(2), longest), longest);
        rule.shutdown_timeout = random.one_in(2) ? seconds(60) : seconds(0);
        // Hardware counts in steps of its own and rounds down; or it has one timeout only.
        static constexpr std::array<milliseconds, 4> kUnits = {milliseconds(1), milliseconds(10),
                                                               milliseconds(408), seconds(1)};
        const Duration unit = kUnits[random.below(4)];
        script.granted[n] = std::max(unit, rule.timeout / unit * unit);
        script.works[n] = !random.one_in(32);
        script.settings.devices.push_back(rule);
    }
    write_faults(random, script);
    script.through_bytes = random.one_in(8);
    // Long enough for the last fate, its D and a restarted VM's own end.
    auto whole = Duration::zero();
    for (std::size_t n = 0; n < script.vms; ++n)
        whole = std::max(whole, script.settings.leases[n].timing.beat_timeout +
                                    script.settings.leases[n].timing.boot_delay);
    script.horizon = kStart + seconds(50) + whole * 2;
    return script;
}

}  // namespace vakt::sim
