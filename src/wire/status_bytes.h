// SPDX-License-Identifier: Apache-2.0
// What the keeper tells of itself: the messages that answer StatusAsked, version 1.
#pragma once

#include <array>
#include <cstdint>

#include "base/byte_stream.h"
#include "keeper/keeper.h"

namespace vakt::wire {

// Numbers, times and texts as wire/lease_bytes.h has them; flags are u8(0,1). The answer to
// StatusAsked is one StatusBoard, then each row of the three tables, then StatusEnd, and nothing
// between them.
//
//   kind  from the keeper
//   71    StatusBoard     now, D of the board, mode u8 (keeper::Keeper::Mode), rung u8
//                         (keeper::Rung), end u8 (keeper::EndKind), cause u8 (keeper::Cause),
//                         verdict's subject text(0..32), flags u16 (below),
//                         oldest name text(0..32), oldest is_evidence flag, oldest silent from,
//                         oldest deadline (the three are empty, 0 and never when nothing counts),
//                         keeper started, beats u64, pets u64, pets that failed u32,
//                         opens refused u32, boots u32, failed boots u32,
//                         beat intervals 12 x u32, reload error text(0..160), version text(0..16)
//   72    StatusLease     name text(0..32), uid u32, required flag, presence u8 (keeper::Presence),
//                         phase u8 (keeper::Ladder::Phase), cause u8, held flag (a heart is
//                         connected), beat timeout, boot delay, last good beat (or what stands for
//                         it), D, snoozed until (0: not snoozed), vm pid u32 (0: none known)
//   73    StatusDevice    number u8, name text(0..64), driver text(0..16), identity text(0..64),
//                         state u8 (keeper::DeviceState), granted timeout, last petted, time left
//                         (negative: the hardware does not tell), boot status u32 (WDIOF_*),
//                         abilities u8 (below)
//   74    StatusEvidence  name text(0..32), last good answer, freshness, grace, deadline, asking
//                         flag
//   75    StatusEnd
//
// The rung is none while no verdict is said; end, cause and subject are the verdict's. Bits of
// flags and abilities that are not below are kept and mean nothing yet.
//
// A beat interval is the time between two good beats of one lease, counted in the first of these
// columns that it does not exceed: 1, 2, 3, 4, 5, 6, 8, 10, 15, 30, 60 s, and one for all others.

inline constexpr std::size_t kBeatColumns = 12;
inline constexpr std::array<Duration, kBeatColumns - 1> kBeatBounds = {
    std::chrono::seconds(1),  std::chrono::seconds(2),  std::chrono::seconds(3),
    std::chrono::seconds(4),  std::chrono::seconds(5),  std::chrono::seconds(6),
    std::chrono::seconds(8),  std::chrono::seconds(10), std::chrono::seconds(15),
    std::chrono::seconds(30), std::chrono::seconds(60),
};

namespace lease {

// StatusBoard::flags
inline constexpr std::uint16_t kHoldsBack = 1;     ///< a killed keeper's ladder stops the pets
inline constexpr std::uint16_t kMemoryLocked = 2;  ///< mlockall
inline constexpr std::uint16_t kRealTime = 4;      ///< SCHED_FIFO or SCHED_RR
inline constexpr std::uint16_t kOomExempt = 8;     ///< oom_score_adj -1000
inline constexpr std::uint16_t kHands = 16;        ///< somebody carries out login1 and systemd1
inline constexpr std::uint16_t kSystemdOwns = 32;  ///< systemd has the watchdog; we are its service
inline constexpr std::uint16_t kReloadRefused = 64;  ///< `error` says why
inline constexpr std::uint16_t kScribeLost = 128;    ///< notes go to pmsg only
inline constexpr std::uint16_t kProberLost =
    256;  ///< some evidence could not be asked for when it was due
inline constexpr std::uint16_t kReaderLost = 512;  ///< keeper.conf cannot be read again

// StatusDevice::abilities; neither of the first two: it is not known before it is tried
inline constexpr std::uint8_t kCanDisarm = 1;
inline constexpr std::uint8_t kCannotDisarm = 2;
inline constexpr std::uint8_t kClosingDisarms = 4;
inline constexpr std::uint8_t kHasPretimeout = 8;
inline constexpr std::uint8_t kAlarmOnly = 16;  ///< rings, but does not reset the board

struct StatusBoard {
    Instant now{};
    Instant deadline = kNever;
    keeper::Keeper::Mode mode = keeper::Keeper::Mode::running;
    keeper::Rung rung = keeper::Rung::none;
    keeper::EndKind end = keeper::EndKind::reboot;
    keeper::Cause cause = keeper::Cause::none;
    keeper::Name subject{};
    std::uint16_t flags = 0;
    keeper::Name oldest{};
    bool oldest_is_evidence = false;
    Instant oldest_silent_from = kNever;
    Instant oldest_deadline = kNever;
    Instant started{};
    std::uint64_t beats = 0;
    std::uint64_t pets = 0;
    std::uint32_t pet_failures = 0;
    std::uint32_t refused = 0;
    std::uint32_t boots = 0;
    std::uint32_t failed_boots = 0;
    std::array<std::uint32_t, kBeatColumns> beat_intervals{};
    FixedText<160> error{};
    FixedText<16> version{};
    bool operator==(const StatusBoard&) const = default;
};
struct StatusLease {
    keeper::Name name{};
    keeper::Uid uid = 0;
    bool required = false;
    keeper::Presence presence = keeper::Presence::absent;
    keeper::Ladder::Phase phase = keeper::Ladder::Phase::calm;
    keeper::Cause cause = keeper::Cause::none;
    bool held = false;
    keeper::Timing timing{};  ///< in force
    Instant last_good_beat = kNever;
    Instant deadline = kNever;
    Instant snoozed_until{};
    std::uint32_t vm_pid = 0;
    bool operator==(const StatusLease&) const = default;
};
struct StatusDevice {
    keeper::DeviceId number = 0;
    FixedText<64> name{};
    FixedText<16> driver{};
    FixedText<64> identity{};
    keeper::DeviceState state = keeper::DeviceState::idle;
    Duration granted{};
    Instant petted{};
    Duration time_left = std::chrono::milliseconds(-1);
    std::uint32_t boot_status = 0;
    std::uint8_t abilities = 0;
    bool operator==(const StatusDevice&) const = default;
};
struct StatusEvidence {
    keeper::Name name{};
    Instant good = kNever;
    Duration freshness{};
    Duration grace{};
    Instant deadline = kNever;
    bool asking = false;
    bool operator==(const StatusEvidence&) const = default;
};
struct StatusEnd {
    bool operator==(const StatusEnd&) const = default;
};

void put(ByteWriter& out, const StatusBoard& board);
void put(ByteWriter& out, const StatusLease& row);
void put(ByteWriter& out, const StatusDevice& row);
void put(ByteWriter& out, const StatusEvidence& row);
inline void put(ByteWriter&, const StatusEnd&) {}

// Each reads what it can, and the reader knows whether that was right.
[[nodiscard]] StatusBoard status_board(ByteReader& in);
[[nodiscard]] StatusLease status_lease(ByteReader& in);
[[nodiscard]] StatusDevice status_device(ByteReader& in);
[[nodiscard]] StatusEvidence status_evidence(ByteReader& in);

}  // namespace lease
}  // namespace vakt::wire
