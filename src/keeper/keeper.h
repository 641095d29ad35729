// SPDX-License-Identifier: Apache-2.0
// The board as a pure machine: all leases, all devices, (now, event) -> actions.
#pragma once

#include <array>
#include <optional>

#include "keeper/action.h"
#include "keeper/event.h"
#include "keeper/keeper_state.h"
#include "keeper/settings.h"

namespace vakt::keeper {

/// With every lease good the board is never reset; without a good beat it is reset at D at the
/// latest, whatever the hardware's own timeout. D of the board is the nearest of its leases' and
/// evidence's.
///
///   state        | Tick                            Beat           GivingUp    EndAsked
///   SystemShutdown guarding     | warn, give up, climb, pet       D moves, pet   ladder      ->
///   over   -> leaving holding back | the same, without pets          the lease recovers: guarding
///   handing over | -                               -              -           refused   -
///   over         | the verdict's rungs, no pet     -              told        refused   leaving,
///   maybe leaving      | Leave on its note, or after 2 s, and nothing else
///
/// Pets go out on any event, judgement only on a Tick, and the program reads all that is queued
/// before it ticks. What comes long after wake_at() tells of a stall of our own, which is nobody's
/// silence: verdicts of silence wait a little longer then, but never into D's last 10 s.
///
/// `holding back` is a keeper that was killed while a ladder was running and was started again: it
/// does not pet on the old D. The VM's recovery ends it.
class Keeper {
 public:
    /// What a predecessor, or the service manager's store, handed over.
    struct Adopted {
        std::uint32_t devices = 0;  ///< bit N: device N's open descriptor
        bool connections = false;   ///< all of them, under the numbers they had
    };
    /// REQUIRES: check(settings) found no fault. `before` is what keeper.state says, nullptr if
    /// nothing valid; one of another boot, or of a clean end, is passed over.
    Keeper(const Settings& settings, const BootId& boot, Instant now,
           const KeeperState* before = nullptr, Adopted adopted = {0, false});

    /// What is to be done first. Once, before any event.
    [[nodiscard]] Actions begin(Instant now);
    [[nodiscard]] Actions on(Instant now, const Event& event);
    /// When on(Tick) is wanted next; kNever when only an event can change anything.
    [[nodiscard]] Instant wake_at() const { return wake_; }

    /// What is in the way of these settings now, with the timeouts that were granted.
    [[nodiscard]] std::optional<Fault> refuses(const Settings& settings) const;
    /// REQUIRES: refuses(settings) found nothing. Leases keep their state by name;
    /// of one that is given up and has no row any more, or another's, it is noted that it is over.
    [[nodiscard]] Actions reload(Instant now, const Settings& settings);

    [[nodiscard]] KeeperState state() const;

    // For status and metrics.
    [[nodiscard]] std::size_t leases() const { return lease_count_; }
    [[nodiscard]] const Lease& lease(LeaseId id) const { return leases_[id].lease; }
    [[nodiscard]] const Ladder& ladder(LeaseId id) const { return leases_[id].ladder; }
    [[nodiscard]] std::size_t devices() const { return settings_.devices.size(); }
    [[nodiscard]] const Device& device(DeviceId id) const { return devices_[id]; }
    [[nodiscard]] std::size_t evidences() const { return settings_.evidence.size(); }
    [[nodiscard]] const Evidence& evidence(EvidenceId id) const { return evidence_[id]; }
    [[nodiscard]] const Verdict& verdict() const { return verdict_; }
    enum class Mode : std::uint8_t { running, handing_over, restarting, leaving, gone };
    static constexpr std::uint8_t kModes = 5;
    [[nodiscard]] Mode mode() const { return mode_; }
    /// D of the board; kNever when nothing counts.
    [[nodiscard]] Instant deadline() const;
    /// Whether a killed predecessor's ladder keeps us from petting.
    [[nodiscard]] bool holds_back() const;
    /// Who is about to reset the board: the lease or evidence with the nearest D.
    struct Oldest {
        Name name;
        bool is_evidence = false;
        Instant silent_from = kNever;
        Instant deadline = kNever;
    };
    [[nodiscard]] std::optional<Oldest> oldest() const;

 private:
    struct Row {
        Lease lease;
        Ladder ladder;
        bool held_back = false;
    };

    void react(const Open& open);
    void react(const Beat& beat);
    void react(const ShutDown& shut_down);
    void react(const GivingUp& giving_up);
    void react(const Progress& progress);
    void react(const Closed& closed);
    void react(const VmEnded& ended);
    void react(const SnoozeAsked& asked);
    void react(const EndAsked& asked);
    void react(const DrillAsked& asked);
    void react(const DisarmAsked& asked);
    void react(const TakeOverAsked& asked);
    void react(const Armed& armed);
    void react(const ArmFailed& failed);
    void react(const PetFailed& failed);
    void react(const Disarmed& disarmed);
    void react(const Noted& noted);
    void react(const RungFailed& failed);
    void react(const EvidenceAnswer& answer);
    void react(const SystemShutdown&);
    void react(const Restarting&);
    void react(const HandedOver& handed_over);
    void react(const Tick&);

    void restore(const KeeperState& before, Adopted adopted);
    void judge();
    void judge_evidence();
    void say_verdict(Verdict::Way way, EndKind end, Cause cause, const Name& subject, Instant until,
                     Uid by);
    void pet_once_more();
    void recover(Row& row, NoteKind how);
    void hand_over(Connection to);
    void leave(NoteKind how);
    void care();
    [[nodiscard]] Instant find_wake() const;

    void answer(Connection to, Refusal refusal, Duration longest = {});
    void note(NoteKind kind, const Name& subject, Cause cause = Cause::none, Uid by = 0,
              Instant deadline = kNever);
    [[nodiscard]] Row* held_by(Connection who);
    [[nodiscard]] Row* named(const Name& name, Connection who);
    [[nodiscard]] Ladder::Context context(Row& row);
    [[nodiscard]] Duration longest_timeout() const;
    /// When the hardware bites if nothing is petted any more; kNever without hardware.
    [[nodiscard]] Instant hardware_bites() const;
    [[nodiscard]] bool petting() const;
    [[nodiscard]] bool over() const { return verdict_.said(); }

    Settings settings_;
    BootId boot_{};
    std::array<Row, kMaxLeases> leases_;
    std::array<Device, kMaxDevices> devices_;
    std::array<Evidence, kMaxEvidence> evidence_;
    Verdict verdict_;
    std::size_t lease_count_ = 0;
    /// Given up when the keeper before wrote it down, and no lease of ours: its note is still open.
    struct Dropped {
        Name name;
        Cause cause = Cause::none;
    };
    FixedList<Dropped, kMaxLeases> dropped_;
    NoteId next_note_ = 1;
    Ended ended_ = Ended::not_yet;
    Mode mode_ = Mode::running;
    NoteId leave_note_ = 0;
    Instant leave_at_ = kNever;
    Instant now_{};         // of the event in hand
    Instant not_before_{};  // no verdict of silence before
    Instant wake_ = kNever;
    bool changed_ = false;            // keeper.state, by the event in hand
    std::size_t before_persist_ = 0;  // the guarded end's last pets, which go before its verdict
    Actions* out_ = nullptr;          // of the event in hand
};

}  // namespace vakt::keeper
