// SPDX-License-Identifier: Apache-2.0
// What can happen to the keeper.
#pragma once

#include <variant>

#include "keeper/action.h"
#include "keeper/names.h"

namespace vakt::keeper {

// From a heart, through its lease socket (wire/lease_bytes.h). `uid` is SO_PEERCRED's.
struct Open {
    Connection from = 0;
    Uid uid = 0;
    Name lease{};
    Timing timing{};
    Vm vm{};
    Killing killing{};
};
struct Beat {
    Connection from = 0;
    Instant at{};  ///< when heart read it
};
struct ShutDown {
    Connection from = 0;
};
/// heart's verdict. From here on no beat of this connection is good.
struct GivingUp {
    Connection from = 0;
    Cause cause = Cause::vm_silent;
};
/// How far a heart that was told to proceed has come.
enum class Step : std::uint8_t {
    vm_ended,
    command_started,
    no_command,      ///< none is set
    command_failed,  ///< it could not be started, or ended badly
    command_left,    ///< past its limit
};
inline constexpr std::uint8_t kSteps = 5;
struct Progress {
    Connection from = 0;
    Step step = Step::vm_ended;
};
/// The connection is lost: end of file, or bytes that are not ours.
struct Closed {
    Connection from = 0;
};
/// The process has ended (pidfd).
struct VmEnded {
    Vm vm{};
};

// From anyone who is connected.
struct SnoozeAsked {
    Connection from = 0;
    Uid uid = 0;
    Name lease{};  ///< empty: the one that this connection holds
    Duration length{};
};
struct EndAsked {
    Connection from = 0;
    Uid uid = 0;
    EndKind end = EndKind::reboot;
    bool immediate = false;  ///< straight to reboot(2)
};
struct DrillAsked {
    Connection from = 0;
    Uid uid = 0;
    DrillKind kind = DrillKind::hang_vm;
    Name lease{};  ///< empty: the one that this connection holds
};
inline constexpr DeviceId kEveryDevice = 255;
struct DisarmAsked {
    Connection from = 0;
    Uid uid = 0;
    DeviceId device = kEveryDevice;
};
/// A successor wants devices, leases and state.
struct TakeOverAsked {
    Connection from = 0;
    Uid uid = 0;
};

// From the hardware.
struct Armed {
    DeviceId device = 0;
    Duration granted{};
};
/// Opening or arming failed, or the device has another owner.
struct ArmFailed {
    DeviceId device = 0;
};
struct PetFailed {
    DeviceId device = 0;
};
struct Disarmed {
    DeviceId device = 0;
    bool done = false;
};

// From our helpers and the system.
struct Noted {
    NoteId id = 0;
};
struct RungFailed {
    Rung rung = Rung::login1;
};
struct EvidenceAnswer {
    EvidenceId evidence = 0;
    bool good = false;
};
/// The system is going down (SIGTERM while it does).
struct SystemShutdown {};
/// We are to end and another keeper is to come: upgrade, restart (SIGTERM otherwise).
struct Restarting {};
struct HandedOver {
    bool done = false;
};
/// Time has passed, and all that was queued has been read.
struct Tick {};

using Event =
    std::variant<Open, Beat, ShutDown, GivingUp, Progress, Closed, VmEnded, SnoozeAsked, EndAsked,
                 DrillAsked, DisarmAsked, TakeOverAsked, Armed, ArmFailed, PetFailed, Disarmed,
                 Noted, RungFailed, EvidenceAnswer, SystemShutdown, Restarting, HandedOver, Tick>;

}  // namespace vakt::keeper
