// SPDX-License-Identifier: Apache-2.0
// One lease: who holds it, how long it has been silent, and its hard deadline.
#pragma once

#include "keeper/names.h"

namespace vakt::keeper {

/// A row of keeper.conf.
struct LeaseRule {
    Name name{};
    Uid uid = 0;
    bool required = false;
    /// Within this time from the keeper's start a required lease must appear.
    Duration boot_deadline = std::chrono::seconds(300);
    /// What is reckoned with until a heart says otherwise.
    Timing timing{};

    bool operator==(const LeaseRule&) const = default;
};

enum class Presence : std::uint8_t {
    absent,   ///< not required and never seen: constrains nothing
    awaited,  ///< required and never seen: silent from its boot deadline
    held,     ///< taken by a heart; stays so when that heart's connection is lost
    retired,  ///< left by an orderly SHUT_DOWN: constrains nothing
};
inline constexpr std::uint8_t kPresences = 4;

/// The newest connection holds the lease; what an older one says is void (heart:cycle/0 starts the
/// new heart before the old one says SHUT_DOWN).
///
///   state            | take       beat of the holder  shut_down of the holder  closed      snooze
///   absent, retired  | held       -                   -                        -           -
///   awaited          | held       -                   -                        -           moves D
///   held             | newest     moves D             retired                  no holder   moves D
///
/// The hard deadline D = last good beat + beat timeout + boot delay. Taking a lease is no beat: it
/// sets D where there was none, may bring it nearer and never moves it away, and a new holder's
/// timing is in force from its first beat. A lease whose connection is lost keeps its D.
class Lease {
 public:
    Lease() = default;
    Lease(const LeaseRule& rule, Instant start);

    /// What keeper.state keeps of it.
    struct State {
        Name name;
        Uid uid = 0;
        Presence presence = Presence::absent;
        Instant since = kNever;   ///< last good beat, or what stands for it
        Instant snoozed_until{};  ///< Instant{}: not snoozed
        Timing timing;            ///< in force
        Timing wanted;            ///< the holder's, from its first beat on
        Connection holder = 0;
        Vm vm;
        Killing killing;

        bool operator==(const State&) const = default;
    };
    Lease(const LeaseRule& rule, const State& state);
    [[nodiscard]] const State& state() const { return state_; }
    [[nodiscard]] const LeaseRule& rule() const { return rule_; }
    /// A reload: the new row in place of the old one. A lease not yet seen takes its timing from
    /// it, and one of another uid is another: true, it has begun anew.
    bool change(const LeaseRule& rule, Instant now);

    void take(Instant now, Connection by, const Timing& timing, const Vm& vm,
              const Killing& killing);
    /// A good beat that heart read at `at`, not later than `now`. False when it is void.
    bool beat(Instant now, Connection by, Instant at);
    bool shut_down(Connection by);
    bool closed(Connection by);
    /// Counts as good until now + length. False when there is nothing to snooze.
    bool snooze(Instant now, Duration length);

    /// Whether the board's life depends on it.
    [[nodiscard]] bool counts() const {
        return state_.presence == Presence::held || state_.presence == Presence::awaited;
    }
    [[nodiscard]] bool held_by(Connection who) const { return who != 0 && state_.holder == who; }

    // All kNever for a lease that does not count.
    /// From when on it is silent: the last good beat, or the end of a later snooze.
    [[nodiscard]] Instant silent_from() const;
    /// When `percent` of the beat timeout have gone in silence.
    [[nodiscard]] Instant warns_at(int percent) const;
    /// When the keeper gives it up by itself: at the beat timeout. A heart that is connected is
    /// given a quarter of what the budget has to spare to say its own verdict, or to come out of a
    /// stall with beats that it has not read.
    [[nodiscard]] Instant given_up_at() const;
    /// D.
    [[nodiscard]] Instant deadline() const;

 private:
    LeaseRule rule_;
    State state_;
};

}  // namespace vakt::keeper
