// SPDX-License-Identifier: Apache-2.0
// Who swapped the configuration: the record in the lock file, and who may act while its owner
// lives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vakt::swap {

/// One process of one boot: the emulator that asked, or the session it asked from. The start time
/// (proc(5), /proc/PID/stat field 22, clock ticks since boot) tells a pid's later users apart.
struct Owner {
    std::string boot;  ///< /proc/sys/kernel/random/boot_id
    std::int32_t pid = 0;
    std::uint64_t start = 0;

    bool operator==(const Owner&) const = default;
};

/// `told` is false from before the first change until the daemon has been told, so that a run after
/// one that was killed in between tells it.
struct Record {
    std::optional<Owner> owner;  ///< none: nobody holds it
    bool told = true;

    bool operator==(const Record&) const = default;
};

/// "vakt 1 BOOT PID START told|untold", "-" for the three where nobody holds it; padded with blanks
/// to a fixed length with a newline at the end, so that one write replaces it whole.
inline constexpr std::size_t kRecordSize = 128;
[[nodiscard]] std::string print_record(const Record& record);

/// Empty (a new lock file) is nobody's. Nothing when malformed.
[[nodiscard]] std::optional<Record> parse_record(std::string_view text);

/// Whether `asking` may act. `lives`: the recorded owner is still that process, in this boot.
[[nodiscard]] bool may_act(const Record& record, bool lives, const Owner& asking);

}  // namespace vakt::swap
