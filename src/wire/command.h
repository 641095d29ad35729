// SPDX-License-Identifier: Apache-2.0
// What os_sup may tell its port program.
#pragma once

#include <cstddef>

#include "wire/packet.h"

namespace vakt::wire {

enum class Command {
    die,         ///< leave, status 0
    only_stdin,  ///< read the FIFO no more
    unknown,     ///< anything else is not obeyed
};

/// A PacketReader's limit with which every command is whole.
inline constexpr std::size_t kLongestCommand = 16;

/// Only the exact words are commands. OTP's own program also takes any beginning of them, the empty
/// packet too, for the whole word; nothing relies on that, and a stray packet must not end us.
[[nodiscard]] inline Command command_of(const Packet& packet) {
    if (!packet.whole()) return Command::unknown;
    if (packet.body == "die") return Command::die;
    if (packet.body == "only_stdin") return Command::only_stdin;
    return Command::unknown;
}

}  // namespace vakt::wire
