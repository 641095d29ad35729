// SPDX-License-Identifier: Apache-2.0
// One read of /dev/kmsg (Documentation/ABI/testing/dev-kmsg) becomes a record.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "syslog/record.h"

namespace vakt::syslog {

/// The kernel never gives more in one read; with less room the record would be lost (EINVAL).
inline constexpr std::size_t kKmsgMost = 8192;

/// Whether a record is a part of a line (Documentation/ABI/testing/dev-kmsg). Kernels up to 4.8
/// mark the first part 'c' and the others '+'. Later ones join the parts themselves; what they
/// could not join (somebody else had spoken in between, or the line had ended) they mark 'c', and
/// it is to be joined with nothing that stands before it.
enum class Fragment : std::uint8_t { none, first, more };

struct KmsgRecord {
    Record record;                   ///< app is "kernel" where the facility is kern
    std::uint64_t sequence = 0;      ///< the kernel's own; a step over one is a loss
    std::uint64_t monotonic_ns = 0;  ///< of the kernel's log clock, nanoseconds since boot
    Fragment fragment = Fragment::none;
    std::string_view dictionary;  ///< lines " KEY=value", as they came

    bool operator==(const KmsgRecord&) const = default;
};

/// "prio,seq,usec,flags[,more];text\n KEY=value\n". None for what is not so: a kernel never writes
/// that. Control and non-ASCII bytes in text and values stand as \xNN (unescape_kmsg).
[[nodiscard]] std::optional<KmsgRecord> read_kmsg(std::string_view bytes);

/// The value of a key of the dictionary, as it came: kmsg_value(d, "SUBSYSTEM").
[[nodiscard]] std::optional<std::string_view> kmsg_value(std::string_view dictionary,
                                                         std::string_view key);

/// With \xNN as bytes, in `room`, which holds at least text.size() bytes.
[[nodiscard]] std::string_view unescape_kmsg(std::string_view text, std::span<char> room);

}  // namespace vakt::syslog
