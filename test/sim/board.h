// SPDX-License-Identifier: Apache-2.0
// A board in virtual time: VMs, their hearts, the real keeper, watchdogs, a disk, and what breaks.
#pragma once

#include <array>
#include <cstdio>
#include <optional>

#include "keeper/keeper.h"
#include "keeper/keeper_state_bytes.h"
#include "test/sim/mutant.h"
#include "test/sim/oracle.h"
#include "test/sim/script.h"
#include "wire/lease_bytes.h"

namespace vakt::sim {

namespace k = vakt::keeper;

/// One life of one board. run() ends at its reset, at the horizon, or where an invariant breaks.
class Board {
 public:
    Board(std::uint64_t seed, Mutant mutant, bool talks);

    Broken run();
    [[nodiscard]] Instant now() const { return now_; }
    [[nodiscard]] std::uint32_t events() const { return events_; }
    [[nodiscard]] bool reset() const { return reset_; }
    [[nodiscard]] bool gave_up() const { return gave_up_; }

 private:
    // Who does something later; `a` and `b` are the VM, and what is particular to it.
    enum class Who : std::uint8_t {
        vm_starts,
        vm_beats,
        vm_fate,
        heart_judges,
        heart_reads,
        heart_proceeds,
        heart_is_done,
        vm_ended,
        old_heart_ends,
        connects_again,
        to_keeper,
        killed,
        back,
        stalled,
        awake,
        frozen,
        request,
        disk,
        rung,
        evidence,
        armed,
        horizon
    };
    struct Due {
        Instant at;
        std::uint32_t order;  // of equals, the first comes first
        Who who;
        std::uint32_t a;
        std::uint64_t b;
    };
    struct VmNow {
        bool alive = false;
        bool beats = false;
        bool heart_alive = false;
        bool heart_reads = true;
        bool gave_up = false;
        bool connected = false;
        bool queued = false;   // beats wait in the heart's port
        bool handled = false;  // the heart has done its part of the ladder
        int started = 0;
        k::Connection connection = 0;
        Instant last_read{};
        Instant asleep_until{};
        k::Vm id{};
    };
    struct DeviceNow {
        bool armed = false;
        Instant expires = kNever;
    };

    void later(Duration by, Who who, std::uint32_t a = 0, std::uint64_t b = 0) {
        at(now_ + by, who, a, b);
    }
    void at(Instant when, Who who, std::uint32_t a = 0, std::uint64_t b = 0);
    Due take_due();
    bool step();
    void happen(const Due& due);
    [[nodiscard]] bool is_hardware(Who who) const {
        return who == Who::horizon || who == Who::killed || who == Who::frozen;
    }

    // ---- VMs and hearts ----
    void start_vm(std::uint32_t n);
    void vm_beats(std::uint32_t n, std::uint64_t life);
    void fate(std::uint32_t n);
    void heart_read(std::uint32_t n);
    void heart_judges(std::uint32_t n, std::uint64_t life);
    void heart_gives_up(std::uint32_t n, k::Cause cause);
    void heart_proceeds(std::uint32_t n, std::uint64_t life);
    void heart_is_done(std::uint32_t n, std::uint64_t life);
    void end_vm(std::uint32_t n);
    void command_runs(std::uint32_t n);
    void connect(std::uint32_t n);
    void close(k::Connection connection, Duration after);

    // ---- the way to the keeper ----
    void send(const k::Event& event);
    void deliver(const k::Event& event);
    [[nodiscard]] k::Event through_bytes(const k::Event& event);
    void hand(const k::Event& event);
    void tick();
    void drain();
    void facts(const k::Event& event);
    void carry_out(const k::Actions& actions);
    void carry(const k::Action& action);
    void bend_and_carry(const k::Action& action);
    [[nodiscard]] bool keeper_runs() const {
        return keeper_.has_value() && now_ >= asleep_until_ && !gone_;
    }
    void kill_keeper();
    void bring_back(k::Keeper::Adopted adopted);
    void save();
    void absent(Duration time);
    [[nodiscard]] bool excused(std::size_t device) const;
    [[nodiscard]] bool resettable() const;
    void reset_board(std::optional<std::size_t> by_device);
    void request();
    void say(const char* what, std::uint64_t a = 0, std::uint64_t b = 0) const;
    [[nodiscard]] std::uint32_t vm_of(k::Connection connection) const { return connection % 4; }

    Script script_;
    Random random_;
    Mutant mutant_;
    bool talks_;
    Oracle oracle_;
    std::optional<k::Keeper> keeper_;
    k::KeeperState saved_;
    bool has_saved_ = false;
    std::uint64_t saves_ = 0;
    std::array<std::uint8_t, k::kStateFile> file_{};
    wire::LeaseDecoder decoder_;

    std::array<VmNow, Oracle::kLeases> vm_;
    std::array<DeviceNow, 3> device_;
    FixedList<k::Event, 1024> inbox_;
    std::array<Due, 256> heap_;
    std::size_t heap_size_ = 0;
    std::uint32_t order_ = 0;
    std::uint32_t connections_ = 0;
    std::uint32_t events_ = 0;
    Instant now_ = kStart;
    Instant tick_at_ = kNever;
    Instant asleep_until_{};
    Instant awake_since_ = kStart;
    Instant began_ = kStart;  // the keeper's present life
    Instant frozen_until_{};
    Instant held_back_until_{};  // reads_too_late
    Instant absent_at_ = kNever;
    Instant absent_until_{};
    Duration absent_in_all_{};
    std::size_t kill_after_ = 0;  // actions of the next list
    bool kill_in_list_ = false;
    bool gone_ = false;  // the keeper has left
    bool reset_ = false;
    bool gave_up_ = false;
    bool faulty_ = false;  // a keeper fault happens on this board
    std::optional<k::Action> held_note_;
    Instant next_second_ = kNever;
};

}  // namespace vakt::sim
