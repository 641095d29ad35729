// SPDX-License-Identifier: Apache-2.0
// The keeper's tables: how large they are, and what names a row.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include "base/fixed_text.h"
#include "base/instant.h"

namespace vakt::keeper {

// Every table has its full size from the start: the keeper allocates nothing once it runs.
inline constexpr std::size_t kMaxLeases = 16;
inline constexpr std::size_t kMaxDevices = 8;
inline constexpr std::size_t kMaxEvidence = 8;
inline constexpr std::size_t kMaxRights = 32;

/// A lease's or an evidence's name in keeper.conf: 1 to 32 bytes.
using Name = FixedText<32>;
using Uid = std::uint32_t;
/// A connection to the keeper, numbered by the program, never again for another; 0 is none.
using Connection = std::uint32_t;
/// Rows of the tables.
using LeaseId = std::uint8_t;
using DeviceId = std::uint8_t;
using EvidenceId = std::uint8_t;
using NoteId = std::uint32_t;

/// A process, so that nobody else with its number is meant: pid and start time (proc(5), field 22
/// of /proc/PID/stat). pid 0 is none.
struct Vm {
    std::uint32_t pid = 0;
    std::uint64_t start = 0;

    bool operator==(const Vm&) const = default;
};

/// HEART_BEAT_TIMEOUT and HEART_BEAT_BOOT_DELAY, with heart(3)'s defaults.
struct Timing {
    Duration beat_timeout = std::chrono::seconds(60);
    Duration boot_delay = std::chrono::seconds(60);

    bool operator==(const Timing&) const = default;
};

/// How this VM wants to be ended.
struct Killing {
    bool abort = false;  ///< HEART_KILL_SIGNAL: SIGABRT first
    bool never = false;  ///< HEART_NO_KILL: not at all
    /// ERL_CRASH_DUMP_SECONDS: how long a crash dump is waited for; negative is for ever.
    Duration dump_wait{};

    bool operator==(const Killing&) const = default;
};

/// Why a VM, or the board, is given up; what the ledger and the reset report say.
enum class Cause : std::uint8_t {
    none,
    vm_silent,     ///< no beat for the beat timeout: heart's verdict
    vm_closed,     ///< heart saw the end of the port: the VM ended without SHUT_DOWN
    vm_crash,      ///< PREPARING_CRASH, or a signal ended it
    port_failed,   ///< heart could not read its port
    heart_silent,  ///< heart itself is lost or silent: the keeper's verdict
    never_came,    ///< a required lease did not appear within its boot deadline
    evidence,      ///< something other than a VM stopped answering
    requested,     ///< somebody who may asked for it
    drill,         ///< somebody who may asked to see it
};
inline constexpr std::uint8_t kCauses = 10;

/// What shall become of the board.
enum class EndKind : std::uint8_t { reboot, poweroff, halt };
inline constexpr std::uint8_t kEndKinds = 3;

/// The last steps, each deeper than the one before.
enum class Rung : std::uint8_t { none, noting, login1, systemd1, syscall, hardware };
inline constexpr std::uint8_t kRungs = 6;

enum class DrillKind : std::uint8_t { hang_vm, kill_vm, hang_heart, kill_heart, stop_petting };
inline constexpr std::uint8_t kDrillKinds = 5;

// The budget of the ladder.
/// The last part of the budget belongs to login1, systemd1 and reboot(2).
inline constexpr Duration kSystemShare = std::chrono::seconds(10);
/// No act waits longer for its note.
inline constexpr Duration kNoteWait = std::chrono::seconds(2);
/// The hardware's last countdown is placed to end so long before D: half of it is for a wake-up
/// that comes late, half for a pet that takes effect a little after it was decided.
inline constexpr Duration kPetMargin = std::chrono::milliseconds(500);
inline constexpr Duration kLongestSnooze = std::chrono::seconds(900);

/// Sums of a point and a length that may be kNever.
[[nodiscard]] constexpr Instant later(Instant from, Duration by) {
    return from == kNever ? kNever : from + by;
}

}  // namespace vakt::keeper
