// SPDX-License-Identifier: Apache-2.0
// The words of a line in pmsg, for those who read one kind of line or the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace vakt::report {

[[nodiscard]] inline bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Cuts off and returns the text up to the next blank.
[[nodiscard]] inline std::string_view take_word(std::string_view& text) {
    const auto end = text.find(' ');
    const auto word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return word;
}

/// A number that may have a sign before it.
[[nodiscard]] inline std::optional<std::int64_t> parse_signed(std::string_view text) {
    const bool negative = text.starts_with('-');
    const auto value = parse_decimal<std::uint64_t>(text.substr(negative ? 1 : 0));
    if (!value || *value > std::uint64_t{INT64_MAX}) return std::nullopt;
    return negative ? -static_cast<std::int64_t>(*value) : static_cast<std::int64_t>(*value);
}

}  // namespace vakt::report
