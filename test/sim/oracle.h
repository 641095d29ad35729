// SPDX-License-Identifier: Apache-2.0
// What must hold on every board, judged from outside by what went in and what came out.
#pragma once

#include <algorithm>
#include <array>

#include "keeper/keeper.h"

namespace vakt::sim {

enum class Broken : std::uint8_t {
    none,
    healthy_given_up,     ///< a VM whose beats were there to be read is given up
    late_reset,           ///< the board lives beyond D
    pet_after_verdict,    ///< a countdown is started anew after the last decision
    pet_in_found_ladder,  ///< a restarted keeper pets on the D of a ladder that was running
    act_before_note,      ///< VM, command or board are touched and the reason is not noted
    act_too_early,        ///< the note is not on disk and has not had its 2 s
    act_waits,            ///< an act waits for its note beyond 2 s
    disarmed,             ///< without a request
    good_board_reset,     ///< with every lease good
    idle_wake_up,         ///< a wake-up on time that did nothing
};
inline constexpr std::array<const char*, 11> kBrokenNames = {"none",
                                                             "healthy-given-up",
                                                             "late-reset",
                                                             "pet-after-verdict",
                                                             "pet-in-found-ladder",
                                                             "act-before-note",
                                                             "act-too-early",
                                                             "act-waits",
                                                             "disarmed",
                                                             "good-board-reset",
                                                             "idle-wake-up"};

/// The rules of the board, written down a second time: the oracle sees the keeper's events and
/// actions, and knows nothing of how it comes to them. Lease n is named by the letter 'a' + n.
class Oracle {
 public:
    static constexpr std::size_t kLeases = 3;

    struct LeaseFacts {
        bool counts = false;
        bool seen = false;
        keeper::Timing timing{}, wanted{};
        Instant since = kNever;  // the last good beat, or what stands for it
        Instant snoozed{};
        Instant proof{};  // the newest beat that was there to be read
        Instant grace{};  // after a freeze of the whole machine
        keeper::Connection newest = 0;
        keeper::Connection gave_up = 0;
        bool given_up = false;         // as the keeper noted it
        bool found_in_ladder = false;  // so it was found by a restarted keeper
        keeper::NoteId note = 0;
        Instant note_at{};
        bool on_disk = false;
        bool acted = false;

        [[nodiscard]] Instant silent_from() const { return std::max(since, snoozed); }
        [[nodiscard]] Instant deadline() const {
            return counts ? silent_from() + timing.beat_timeout + timing.boot_delay : kNever;
        }
        [[nodiscard]] bool good(Instant now) const {
            return !counts || now < std::max(silent_from(), proof) + timing.beat_timeout;
        }
    };
    std::array<LeaseFacts, kLeases> leases;
    std::size_t count = 0;
    Instant evidence_deadline = kNever;
    Duration evidence_grace{};
    bool asked_end = false;
    bool asked_disarm = false;
    bool shut_down = false;  // the keeper left in order: D is the system's now

    Broken broken = Broken::none;
    Instant broken_at{};
    bool verdict = false;

    void fail(Broken what, Instant now) {
        if (broken != Broken::none) return;
        broken = what;
        broken_at = now;
    }
    [[nodiscard]] Instant deadline() const {
        auto nearest = evidence_deadline;
        for (std::size_t n = 0; n < count; ++n) nearest = std::min(nearest, leases[n].deadline());
        return nearest;
    }

    // ---- what goes in, when the program hands it to the keeper ----
    void open(std::size_t n, Instant now, keeper::Connection by, const keeper::Timing& timing) {
        auto& lease = leases[n];
        if (verdict) return;
        if (!lease.counts) {
            lease.since = now;
            lease.timing = timing;
            lease.snoozed = {};
        } else if (!lease.seen) {
            if (now <= lease.since) lease.timing = timing;
            lease.since = std::min(lease.since, now);
        }
        lease.counts = lease.seen = true;
        lease.wanted = timing;
        lease.newest = by;
        lease.acted = true;  // somebody has started its VM again: nothing need be left to do
    }
    void beat(std::size_t n, Instant now, keeper::Connection by, Instant at) {
        auto& lease = leases[n];
        if (!lease.counts || lease.newest != by || lease.gave_up == by || verdict) return;
        lease.since = std::max(lease.since, std::min(at, now));
        lease.timing = lease.wanted;
        if (now >= lease.silent_from() + lease.timing.beat_timeout) return;
        if (lease.given_up) recovered_at_ = now;
        recover(lease);
    }
    void shut(std::size_t n, keeper::Connection by) {
        auto& lease = leases[n];
        if (lease.newest != by || lease.gave_up == by || verdict) return;
        lease.counts = false;
        recover(lease);
    }
    void gave_up(std::size_t n, keeper::Connection by) {
        if (leases[n].newest == by) leases[n].gave_up = by;
    }
    /// It has acted, by our leave or because its 2 s were over.
    void progressed(std::size_t n, keeper::Connection by) {
        if (leases[n].gave_up == by) leases[n].acted = true;
    }
    void snooze(std::size_t n, Instant now, Duration length) {
        auto& lease = leases[n];
        if (lease.counts && !lease.given_up && !verdict)
            lease.snoozed = now + std::min(length, keeper::kLongestSnooze);
    }
    void lost(std::size_t n, keeper::Connection by) {
        if (leases[n].newest == by) leases[n].newest = 0;
    }
    void noted(keeper::NoteId id) {
        for (auto& lease : leases)
            if (lease.note == id) lease.on_disk = true;
        if (verdict_note_ == id) verdict_on_disk_ = true;
    }
    void keeper_killed() {
        for (auto& lease : leases) lease.found_in_ladder = lease.given_up;
        killed_ = true;
        connections_lost();
    }
    /// What keeper.state says; the keeper that wrote it may have been killed before it noted it.
    void found_in_ladder(const keeper::Name& name) {
        auto* lease = named(name);
        if (lease == nullptr || lease->given_up) return;
        lease->given_up = lease->found_in_ladder = lease->acted = true;
    }
    /// A heart that has said its verdict goes on by itself then.
    void connections_lost() {
        for (auto& lease : leases) {
            lease.newest = 0;
            lease.proof = {};  // what was not read is lost; a living heart says it again
            if (lease.gave_up != 0) lease.acted = true;
        }
    }

    /// For telling states apart: what is not to be seen from outside.
    [[nodiscard]] std::uint64_t private_bits() const {
        return (verdict_on_disk_ ? 1U : 0U) | (verdict_acted_ ? 2U : 0U) | (killed_ ? 4U : 0U) |
               (leaving_ ? 8U : 0U);
    }

    // ---- what comes out ----
    void action(Instant now, const keeper::Action& action) {
        std::visit([&](const auto& a) { judge(now, a); }, action);
    }
    /// Time has come to `now`. `resettable`: some way to reset the board was left to us.
    /// `awake_since`: since when the keeper has run without a break.
    void look(Instant now, bool resettable, Instant awake_since) {
        if (resettable && !shut_down && now > deadline()) fail(Broken::late_reset, now);
        if (awake_since == kNever) return;
        const auto overdue = [&](Instant note_at) {
            return now > std::max(note_at, awake_since) + keeper::kNoteWait +
                             std::chrono::milliseconds(200);
        };
        for (std::size_t n = 0; n < count && !verdict && !leaving_; ++n)
            // A step that a killed keeper was about to do is not done twice, and so may be lost.
            if (leases[n].given_up && !leases[n].acted && !leases[n].found_in_ladder &&
                overdue(leases[n].note_at))
                fail(Broken::act_waits, now);
        if (verdict && !leaving_ && !verdict_acted_ && overdue(verdict_at_))
            fail(Broken::act_waits, now);
    }
    /// The hardware has bitten. `excused`: nobody could pet for too long.
    void bitten(Instant now, bool excused) {
        if (verdict || shut_down || leaving_ || excused) return;
        if (evidence_deadline != kNever && now > evidence_deadline - evidence_grace) return;
        // Another lease's ladder has just ended: while it kept us from petting, this one's beats
        // may have left no moment at which a whole countdown would have kept its D. D goes first.
        const bool several = count > 1 || evidence_deadline != kNever;
        if (several && now < recovered_at_ + std::chrono::seconds(15)) return;
        for (std::size_t n = 0; n < count; ++n)
            if (!leases[n].good(now) || leases[n].given_up || leases[n].gave_up != 0) return;
        fail(Broken::good_board_reset, now);
    }

 private:
    static void recover(LeaseFacts& lease) {
        lease.given_up = lease.found_in_ladder = lease.acted = lease.on_disk = false;
        lease.note = 0;
        lease.gave_up = 0;
    }
    [[nodiscard]] LeaseFacts* named(const keeper::Name& name) {
        const auto text = name.view();
        if (text.size() != 1 || text[0] < 'a') return nullptr;
        const auto n = static_cast<std::size_t>(text[0] - 'a');
        return n < count ? &leases[n] : nullptr;
    }

    void start_countdown(Instant now) {
        if (verdict) fail(Broken::pet_after_verdict, now);
        for (const auto& lease : leases)
            if (lease.found_in_ladder) fail(Broken::pet_in_found_ladder, now);
    }
    void judge(Instant now, const keeper::Pet&) { start_countdown(now); }
    void judge(Instant now, const keeper::Arm&) { start_countdown(now); }
    void judge(Instant now, const keeper::SetTimeout&) { start_countdown(now); }
    void judge(Instant now, const keeper::Disarm&) {
        if (!asked_disarm) fail(Broken::disarmed, now);
    }
    void judge(Instant now, const keeper::Note& note) {
        if (note.kind == keeper::NoteKind::given_up) given_up(now, note);
        leaving_ =
            leaving_ || note.kind == keeper::NoteKind::left || note.kind == keeper::NoteKind::clean;
        if (note.kind != keeper::NoteKind::verdict || verdict) return;
        verdict = true;
        verdict_note_ = note.id;
        verdict_at_ = now;
        verdict_deadline_ = note.deadline;
        verdict_acted_ = note.cause == keeper::Cause::drill;
        const auto* lease = named(note.subject);
        // Given up, or found so in keeper.state by one that was killed before it could note it.
        const bool over = lease != nullptr && !lease->good(now) &&
                          now >= lease->deadline() - keeper::kSystemShare;
        const bool for_lease = lease != nullptr && (lease->given_up || over);
        const bool for_evidence = note.cause == keeper::Cause::evidence &&
                                  now >= evidence_deadline - keeper::kSystemShare;
        if (!asked_end && !for_evidence && !for_lease) fail(Broken::good_board_reset, now);
    }
    void given_up(Instant now, const keeper::Note& note) {
        auto* lease = named(note.subject);
        if (lease == nullptr || (lease->given_up && lease->note == note.id)) return;
        lease->given_up = true;
        lease->note = note.id;
        lease->note_at = now;
        lease->on_disk = false;
        // Nobody is there to act on, or the heart of a killed keeper's time acts by itself.
        lease->acted =
            note.cause == keeper::Cause::never_came || (lease->gave_up != 0 && lease->newest == 0);
        const bool hearts_word =
            lease->gave_up != 0 && (lease->newest == 0 || lease->gave_up == lease->newest);
        const bool in_grace = now < lease->grace && now < lease->deadline() - keeper::kSystemShare;
        if (!hearts_word && (lease->good(now) || in_grace)) fail(Broken::healthy_given_up, now);
    }
    void act_on(Instant now, LeaseFacts& lease) {
        if (!lease.given_up) return fail(Broken::act_before_note, now);
        const bool waited = lease.on_disk || now >= lease.note_at + keeper::kNoteWait ||
                            now >= lease.deadline() - keeper::kSystemShare;
        if (!waited && !lease.found_in_ladder) fail(Broken::act_too_early, now);
        lease.acted = true;
    }
    void judge(Instant now, const keeper::KillVm& kill) { act_on(now, leases[kill.lease]); }
    void judge(Instant now, const keeper::RunCommand& run) { act_on(now, leases[run.lease]); }
    void judge(Instant now, const keeper::Proceed& proceed) {
        for (std::size_t n = 0; n < count; ++n)
            if (leases[n].gave_up == proceed.to) act_on(now, leases[n]);
    }
    void judge(Instant now, const keeper::AskEnd&) {
        if (!verdict) return fail(Broken::act_before_note, now);
        const auto share = std::min(verdict_deadline_ - verdict_at_, keeper::kSystemShare);
        const bool waited = verdict_on_disk_ || now >= verdict_at_ + keeper::kNoteWait ||
                            now >= verdict_deadline_ - share * 8 / 10;
        // A keeper that found the verdict in keeper.state writes the note again, and keeps its
        // time.
        if (!waited && !killed_) fail(Broken::act_too_early, now);
        verdict_acted_ = true;
    }
    template <class Other>
    void judge(Instant, const Other&) {}

    keeper::NoteId verdict_note_ = 0;
    Instant verdict_at_{};
    Instant verdict_deadline_ = kNever;
    bool verdict_on_disk_ = false;
    bool verdict_acted_ = false;
    Instant recovered_at_{};
    bool killed_ = false;
    bool leaving_ = false;
};

}  // namespace vakt::sim
