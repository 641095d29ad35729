// SPDX-License-Identifier: Apache-2.0
// The kernel's name for one boot (/proc/sys/kernel/random/boot_id, random(4)).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vakt::report {

using BootId = std::array<std::uint8_t, 16>;

/// Reads "01234567-89ab-cdef-0123-456789abcdef", lower or upper case, a newline after it allowed.
[[nodiscard]] std::optional<BootId> parse_boot_id(std::string_view text);

/// Exactly 36 characters.
inline constexpr std::size_t kBootIdText = 36;
[[nodiscard]] std::array<char, kBootIdText> boot_id_chars(const BootId& id);
[[nodiscard]] std::string boot_id_text(const BootId& id);

}  // namespace vakt::report
