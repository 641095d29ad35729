// SPDX-License-Identifier: Apache-2.0
// A HEART_COMMAND that a heart left with the keeper, as it stands in /run/vakt/keeper.commands.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "keeper/names.h"

namespace vakt::keeper {

inline constexpr std::size_t kMostGroups = 32;
inline constexpr std::size_t kMostCommand = 2047;

/// What is run, and as whom: uid, gid and groups of the heart that left it.
struct HeartCommand {
    Name lease{};
    Uid uid = 0;
    std::uint32_t gid = 0;
    std::uint32_t group_count = 0;
    std::array<std::uint32_t, kMostGroups> groups{};
    std::size_t size = 0;
    std::array<char, kMostCommand + 1> text{};  ///< ended by NUL

    [[nodiscard]] std::string_view view() const { return {text.data(), size}; }
    bool operator==(const HeartCommand&) const = default;
};

// One slot of 2304 bytes a command; one that is torn, by a kill in the middle of its writing, is
// none. All numbers in network order:
//
//   magic u32    0x564B4843, "VKHC"
//   lease u8 size and its bytes, uid u32, gid u32, u8 groups (0..32), each u32
//   size u16 (0..2047) and the text
//   crc u32      CRC-32 (base/crc32.h) of all before it
inline constexpr std::size_t kCommandSlot = 2304;

void encode(const HeartCommand& command, std::span<std::uint8_t, kCommandSlot> slot);
[[nodiscard]] std::optional<HeartCommand> decode_command(
    std::span<const std::uint8_t, kCommandSlot> slot);

}  // namespace vakt::keeper
