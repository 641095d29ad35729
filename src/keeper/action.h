// SPDX-License-Identifier: Apache-2.0
// What the keeper wants done; the program carries it out in the order given.
#pragma once

#include <variant>

#include "base/fixed_list.h"
#include "keeper/authority.h"
#include "keeper/names.h"

namespace vakt::keeper {

enum class Refusal : std::uint8_t {
    none,
    unknown_lease,  ///< no row of keeper.conf has this name and uid: heart acts as OTP's alone
    timing,         ///< some granted timeout > beat timeout + boot delay - 10 s
    not_allowed,    ///< the table of rights has no row for it
    too_late,       ///< given up already: only a new heart's beats recover
    not_there,      ///< no such lease or device, or it does not count
    ending,         ///< the last verdict is said, or the keeper is leaving
    nowayout,       ///< the hardware cannot be disarmed
};
inline constexpr std::uint8_t kRefusals = 8;

enum class NoteKind : std::uint8_t {
    warned,
    given_up,
    command,
    recovered,
    retired,
    snoozed,
    verdict,
    drill,
    disarmed,
    stale,
    clean,
    left
};
inline constexpr std::uint8_t kNoteKinds = 12;

// ---- to the record ----
/// keeper.state is to be written (state()) before anything that follows.
struct Persist {
    bool operator==(const Persist&) const = default;
};
/// To pmsg at once, then to the ledger by the child that may block; Noted{id} when it is on disk.
/// What must wait for it is not in the same list: it follows on Noted, or 2 s later.
struct Note {
    NoteId id = 0;
    NoteKind kind = NoteKind::warned;
    Cause cause = Cause::none;
    EndKind end = EndKind::reboot;  ///< of a verdict
    Name subject{};                 ///< lease or evidence; empty: the board
    Instant deadline = kNever;      ///< D as it then is
    Uid by = 0;                     ///< of a request
    bool operator==(const Note&) const = default;
};
// ---- to the hardware ----
/// Open the device (if it is not) and start its countdown; answered by Armed or ArmFailed.
struct Arm {
    DeviceId device = 0;
    bool operator==(const Arm&) const = default;
};
/// Answered only when it fails, by PetFailed.
struct Pet {
    DeviceId device = 0;
    bool operator==(const Pet&) const = default;
};
/// Change the running countdown's timeout (shutdown_timeout); not answered.
struct SetTimeout {
    DeviceId device = 0;
    Duration timeout{};
    bool operator==(const SetTimeout&) const = default;
};
/// Answered by Disarmed.
struct Disarm {
    DeviceId device = 0;
    bool operator==(const Disarm&) const = default;
};
/// What was granted cannot keep this lease's or evidence's D: the start is refused. Nothing pets
/// it.
struct RefuseDevice {
    DeviceId device = 0;
    Duration granted{};
    Name subject{};
    Duration longest{};  ///< that would do
    bool operator==(const RefuseDevice&) const = default;
};
// ---- to hearts and others who are connected ----
struct Grant {
    Connection to = 0;
    LeaseId lease = 0;
    bool operator==(const Grant&) const = default;
};
/// The answer to a verb, or to Open when it is refused. Refusal::none is yes.
struct Answer {
    Connection to = 0;
    Refusal refusal = Refusal::none;
    Duration longest{};  ///< of `timing`: the granted timeout in the way
    bool operator==(const Answer&) const = default;
};
struct Warn {
    Connection to = 0;  ///< 0: nobody holds it; status and metrics want to know all the same
    LeaseId lease = 0;
    std::uint8_t percent = 0;
    Instant deadline = kNever;
    bool operator==(const Warn&) const = default;
};
/// Your giving up is noted: end the VM and run HEART_COMMAND, which is left alone from
/// `command_until` on.
struct Proceed {
    Connection to = 0;
    Instant command_until = kNever;
    Instant deadline = kNever;
    bool operator==(const Proceed&) const = default;
};
/// The verdict on the board is said.
struct TellVerdict {
    Connection to = 0;
    EndKind end = EndKind::reboot;
    Instant deadline = kNever;
    bool operator==(const TellVerdict&) const = default;
};
/// Somebody has snoozed this lease, or had: its VM's silence counts from `until` on. Its heart
/// judges by the same.
struct TellSnooze {
    Connection to = 0;
    Instant until{};
    bool operator==(const TellSnooze&) const = default;
};
// ---- to processes ----
struct KillVm {
    LeaseId lease = 0;
    Vm vm{};
    bool abort = false;  ///< SIGABRT, else SIGKILL
    bool operator==(const KillVm&) const = default;
};
/// The process at the other end, so that a heart that only slept does not act a second time.
struct KillHeart {
    Connection heart = 0;
    bool operator==(const KillHeart&) const = default;
};
/// Run the HEART_COMMAND that this lease's heart left with us, as its uid, in a session of its own,
/// clean; and leave it alone.
struct RunCommand {
    LeaseId lease = 0;
    bool operator==(const RunCommand&) const = default;
};
struct DrillVm {
    DrillKind kind = DrillKind::hang_vm;  ///< hang_* is SIGSTOP, kill_* is SIGKILL
    LeaseId lease = 0;
    Connection heart = 0;
    Vm vm{};
    bool operator==(const DrillVm&) const = default;
};
/// Ask the child for an answer; EvidenceAnswer.
struct Probe {
    EvidenceId evidence = 0;
    bool operator==(const Probe&) const = default;
};
// ---- to the system ----
/// login1 and systemd1 through wd_bus, syscall is reboot(2) by ourselves, without sync, which could
/// block. Answered by RungFailed only.
struct AskEnd {
    Rung rung = Rung::login1;
    EndKind end = EndKind::reboot;
    bool operator==(const AskEnd&) const = default;
};
/// Send state and descriptors to the successor (or to the service manager's store, `to` 0) in one
/// message; answered by HandedOver.
struct SendHandOver {
    Connection to = 0;
    bool operator==(const SendHandOver&) const = default;
};
/// End the process. Nothing is disarmed by it.
struct Leave {
    bool operator==(const Leave&) const = default;
};

using Action = std::variant<Persist, Note, Arm, Pet, SetTimeout, Disarm, RefuseDevice, Grant,
                            Answer, Warn, Proceed, TellVerdict, KillVm, KillHeart, RunCommand,
                            DrillVm, Probe, AskEnd, SendHandOver, Leave, TellSnooze>;
/// More than one event can ask for at once: a full house of leases, devices and evidence.
using Actions = FixedList<Action, 128>;

}  // namespace vakt::keeper
