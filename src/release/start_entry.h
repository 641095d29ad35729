// SPDX-License-Identifier: Apache-2.0
// A start of start_erl in its ledger: the text of the entry, and the history out of all of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "release/choice.h"
#include "report/ledger.h"

namespace vakt::release {

/// The ledger of starts has report/ledger.h's layout, with a random id of the start for the boot
/// id. A start begins with Kind::boot, whose text is, the words parted by one blank each:
///
///   VSN ERTS data|kept|listed|safe PID.BIRTH TAG:FAILURES[p]
///
/// PID and BIRTH name the process which then becomes the VM, and no other: the low 32 bits of BIRTH
/// are of its start (sys/process_handle.h), the others the CRC-32 of the name of the board's boot
/// (sys/boot_id.h), for a board that boots twice alike gives both ids and ticks again. TAG (8
/// hexadecimal digits) to `p` are the Memory. Kind::healthy and Kind::clean (it ended in order) are
/// written by the next start, which finds the VM's word for it.
struct StartEntry {
    Release release;
    Origin origin = Origin::data;
    std::uint32_t pid = 0;
    std::uint64_t birth = 0;
    Memory memory;
    bool operator==(const StartEntry&) const = default;
};

/// BIRTH's boot of the board; kBootUnknown in an older start_erl's entry, which had the start
/// alone.
[[nodiscard]] constexpr std::uint32_t boot_of(std::uint64_t birth) {
    return static_cast<std::uint32_t>(birth >> 32);
}

[[nodiscard]] std::string text_of(const StartEntry& entry);
/// None for what text_of() does not make.
[[nodiscard]] std::optional<StartEntry> read_start_entry(std::string_view text);

/// The starts of a ledger, oldest first. One whose beginning has been overwritten is left out.
[[nodiscard]] std::vector<PastStart> starts_of(const std::vector<report::Entry>& entries);

}  // namespace vakt::release
