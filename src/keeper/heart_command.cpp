// SPDX-License-Identifier: Apache-2.0
// A HEART_COMMAND that a heart left with the keeper, as bytes.
#include "keeper/heart_command.h"

#include <algorithm>

#include "base/byte_stream.h"
#include "base/crc32.h"

namespace vakt::keeper {
namespace {

constexpr std::uint32_t kMagic = 0x564B4843;

}  // namespace

void encode(const HeartCommand& command, std::span<std::uint8_t, kCommandSlot> slot) {
    ByteWriter out(slot);
    out.number(kMagic);
    out.text(command.lease.view());
    out.number(command.uid);
    out.number(command.gid);
    const auto count = std::min<std::size_t>(command.group_count, kMostGroups);
    out.number(static_cast<std::uint8_t>(count));
    for (std::size_t at = 0; at < count; ++at) out.number(command.groups[at]);
    out.number(static_cast<std::uint16_t>(command.size));
    out.bytes(command.view());
    out.number(crc32(slot.first(out.size())));
}

std::optional<HeartCommand> decode_command(std::span<const std::uint8_t, kCommandSlot> slot) {
    ByteReader in(slot);
    HeartCommand command;
    if (in.number<std::uint32_t>() != kMagic) return std::nullopt;
    command.lease = in.text(Name::capacity());
    command.uid = in.number<std::uint32_t>();
    command.gid = in.number<std::uint32_t>();
    command.group_count = in.number<std::uint8_t>();
    if (command.group_count > kMostGroups) return std::nullopt;
    for (std::size_t at = 0; at < command.group_count; ++at)
        command.groups[at] = in.number<std::uint32_t>();
    command.size = in.number<std::uint16_t>();
    if (command.size > kMostCommand) return std::nullopt;
    const auto text = in.bytes(command.size);
    const auto covered = slot.size() - in.left();
    const auto crc = in.number<std::uint32_t>();
    if (!in.good() || command.lease.empty() || crc != crc32(slot.first(covered)))
        return std::nullopt;
    text.copy(command.text.data(), text.size());
    return command;
}

}  // namespace vakt::keeper
