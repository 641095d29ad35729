// SPDX-License-Identifier: Apache-2.0
// The bytes of /run/vakt/keeper.state, versions 1 and 2.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "keeper/keeper_state.h"

namespace vakt::keeper {

// Two slots of 4096 bytes; state number N is written to slot N % 2, so a write that is torn, by a
// kill or by a power cut, leaves the one before it whole. All numbers in network order:
//
//   magic u32    0x564B5354, "VKST"
//   version u16  1; 2 where a verdict has a uid behind it
//   size u16     of the content
//   number u64   of this state; the valid slot with the higher one holds
//   content
//   crc u32      CRC-32 (base/crc32.h) of all before it
//
// Content; points in time and lengths are i64 nanoseconds (CLOCK_MONOTONIC), a name is u8 size and
// its bytes, flags and enumerators u8 as in the headers named:
//
//   boot id 16 bytes, ended, next note u32
//   verdict: rung, way, end, cause, subject name, said, deadline, note u32; version 2: by u32
//   u8 leases (0..16), each:
//     lease: name, uid u32, presence, since, snoozed until, timing 2 lengths, wanted 2 lengths,
//            holder u32, vm, killing
//     ladder: phase, cause, hands u32, heart u32, vm, killing, gave up, until, note u32, vm ended,
//             command done
//     held back
//   u8 devices (0..8), each: state, granted, petted
//   u8 evidence (0..8), each: name, good
//   vm: pid u32, start u64; killing: abort, never, dump wait

inline constexpr std::size_t kStateSlot = 4096;
inline constexpr std::size_t kStateFile = 2 * kStateSlot;
inline constexpr std::uint16_t kStateVersion = 2;

/// Where state `number` belongs in the file.
[[nodiscard]] constexpr std::size_t state_slot_at(std::uint64_t number) {
    return number % 2 * kStateSlot;
}

/// The bytes of state `number`; the used part of `slot` is returned.
[[nodiscard]] std::span<const std::uint8_t> encode(const KeeperState& state, std::uint64_t number,
                                                   std::span<std::uint8_t, kStateSlot> slot);

struct FoundState {
    KeeperState state;
    std::uint64_t number = 0;
};

/// The newest whole state in `file`, which may be of any size and content; none if neither slot
/// has one.
[[nodiscard]] std::optional<FoundState> decode_state(std::span<const std::uint8_t> file);

}  // namespace vakt::keeper
