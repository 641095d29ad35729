// SPDX-License-Identifier: Apache-2.0
// The text of a pid file, read strictly: a wrong number would be signalled by root.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace vakt::swap {

/// A decimal number above 1 without leading zeros and, at most, one newline or blank after it;
/// nothing else. 0 and -1 would be process groups for kill(2), 1 is init. The kernel's own limit is
/// 4194304.
[[nodiscard]] constexpr std::optional<std::int32_t> parse_pid_file(std::string_view text) {
    if (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
    if (text.starts_with('0')) return std::nullopt;
    const auto pid = parse_decimal<std::uint32_t>(text);
    if (!pid || *pid < 2 || *pid > 4194304U) return std::nullopt;
    return static_cast<std::int32_t>(*pid);
}

}  // namespace vakt::swap
