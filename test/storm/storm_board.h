// SPDX-License-Identifier: Apache-2.0
// One simulated board in a storm: its programs, what is done to it, and the judgement of what it
// left.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <map>
#include <random>
#include <string>
#include <utility>

#include "test/storm/asking.h"
#include "test/storm/deeds.h"
#include "test/storm/records.h"

namespace vakt::storm {

inline constexpr Nanoseconds kMs = 1'000'000;
inline constexpr Nanoseconds kSecond = 1000 * kMs;
inline constexpr Nanoseconds kBeatTimeout = 11 * kSecond;
inline constexpr Nanoseconds kBootDelay = 11 * kSecond;
/// What a machine with more to do than it can may add between a deed and the line that tells of it.
inline constexpr Nanoseconds kSlack = kSecond;
/// For what must come some time.
inline constexpr Nanoseconds kPatience = 60 * kSecond;

[[nodiscard]] inline Nanoseconds clock_of(clockid_t id) {
    timespec time{};
    ::clock_gettime(id, &time);
    return time.tv_sec * kSecond + time.tv_nsec;
}
[[nodiscard]] inline Nanoseconds now() { return clock_of(CLOCK_MONOTONIC); }

struct Setup {
    std::string bin;
    std::string standin;
    std::string dir;  ///< short: sockets are below it
};

/// Of all boards.
struct Totals {
    std::map<std::pair<std::size_t, std::string>, int> told;  ///< by row of kRows and cause
    Nanoseconds nearest =
        60 * kSecond;  ///< how long before D a reset came at the latest, where D is a VM's
    int failures = 0;
    int resets = 0;
};

class StormBoard {
 public:
    StormBoard(const Setup& setup, unsigned number, std::uint64_t seed, std::size_t first_row,
               Totals& totals);
    StormBoard(const StormBoard&) = delete;
    StormBoard& operator=(const StormBoard&) = delete;
    /// Ends all of its programs.
    ~StormBoard();

    /// Looks, acts, judges; never waits. To be called every few milliseconds.
    void step();
    /// Deeds that have been judged.
    [[nodiscard]] int rounds() const { return rounds_; }

 private:
    enum class Phase { booting, waiting, acted, told, restarting };
    struct Later {
        Nanoseconds at = 0;
        pid_t who = 0;  ///< 0: the keeper that is there then
        int signal = 0;
    };

    [[nodiscard]] const Row& row() const { return kRows.at(row_); }
    [[nodiscard]] bool harmless() const { return row().cause[0] == '\0'; }
    [[nodiscard]] std::string path(const std::string& name) const { return dir_ + "/" + name; }
    void write(const std::string& name, const std::string& text) const;
    [[nodiscard]] pid_t pid(const std::string& name) const;
    [[nodiscard]] Nanoseconds any(Nanoseconds least, Nanoseconds most);
    void enter(Phase phase);
    void fail(const std::string& why);

    void prepare(unsigned boot, std::size_t row);
    void when_booting();
    void act();
    void pause(pid_t who, Nanoseconds length);
    void look_at_vm();
    void when_acted();
    void judge_reset();
    void when_told();
    void count(const std::string& cause);
    [[nodiscard]] std::string boot_id() const;
    [[nodiscard]] const LogLine* logged(unsigned boot, std::string_view first_words) const;
    [[nodiscard]] Nanoseconds last_pet() const;
    [[nodiscard]] Nanoseconds last_good_beat() const;

    std::string dir_;
    std::string board_program_;
    std::mt19937_64 random_;
    GrowingLog log_;
    GrowingLog vm_log_;
    Totals& totals_;
    pid_t board_ = 0;
    pid_t vm_ = 0;
    pid_t heart_ = 0;
    int hardware_s_;
    unsigned boot_ = 1;
    int rounds_ = 0;
    std::size_t row_;
    std::size_t next_row_ = 0;
    Phase phase_ = Phase::booting;
    Nanoseconds since_ = 0;  // of the phase
    Nanoseconds act_at_ = 0;
    Nanoseconds acted_at_ = 0;
    std::string ended_boot_;
    bool death_seen_ = false;
    Later later_;
    Asking asking_;
};

}  // namespace vakt::storm
