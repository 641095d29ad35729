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

/// What a line of ours begins with, before a blank.
inline constexpr std::string_view kNoteMark = "vakt1";
inline constexpr std::string_view kLogMark = "vaktlog1";

[[nodiscard]] inline bool ends_in_mark(std::string_view text) {
    return text.ends_with(kNoteMark) || text.ends_with(kLogMark);
}

/// Words of others at the end of a line: control characters become '?', and so that nobody's words
/// are taken for a line of ours, wherever the ring has cut it, the blank behind a mark becomes '_'.
template <class Line>
void put_masked(Line& line, std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool marks = text[at] == ' ' && ends_in_mark(text.substr(0, at));
        line.put(is_control(text[at]) ? "?" : marks ? "_" : text.substr(at, 1));
    }
}

/// From the first mark on, without it and its blank: the ring may have cut a line's beginning off,
/// or joined it to another program's.
[[nodiscard]] inline std::optional<std::string_view> behind_mark(std::string_view line,
                                                                 std::string_view mark) {
    for (std::size_t at = 0; (at = line.find(mark, at)) != std::string_view::npos;) {
        at += mark.size();
        if (line.substr(at).starts_with(' ')) return line.substr(at + 1);
    }
    return std::nullopt;
}

/// A number that may have a sign before it.
[[nodiscard]] inline std::optional<std::int64_t> parse_signed(std::string_view text) {
    const bool negative = text.starts_with('-');
    const auto value = parse_decimal<std::uint64_t>(text.substr(negative ? 1 : 0));
    if (!value || *value > std::uint64_t{INT64_MAX}) return std::nullopt;
    return negative ? -static_cast<std::int64_t>(*value) : static_cast<std::int64_t>(*value);
}

}  // namespace vakt::report
