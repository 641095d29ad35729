// SPDX-License-Identifier: Apache-2.0
// Text from outside, read strictly.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <vector>

namespace vakt {

/// The whole of `text` as a decimal number of digits only: no sign, no blanks, no excess, no
/// overflow.
template <std::unsigned_integral T>
[[nodiscard]] constexpr std::optional<T> parse_decimal(std::string_view text) {
    if (text.empty()) return std::nullopt;
    T value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        const T digit = static_cast<T>(c - '0');
        if (value > static_cast<T>((static_cast<T>(~T{0}) - digit) / 10)) return std::nullopt;
        value = static_cast<T>(value * 10 + digit);
    }
    return value;
}

/// Cuts off and returns the text up to the next newline, without it; the rest stays in `text`.
[[nodiscard]] constexpr std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

/// Cuts off and returns the text up to the next blank, without it; the rest stays in `text`.
[[nodiscard]] constexpr std::string_view take_word(std::string_view& text) {
    const auto end = text.find(' ');
    const auto word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return word;
}

/// The words of a line, parted by any number of blanks and tabs.
[[nodiscard]] inline std::vector<std::string_view> split_words(std::string_view line) {
    constexpr std::string_view kBlank = " \t";
    std::vector<std::string_view> words;
    for (auto start = line.find_first_not_of(kBlank); start != std::string_view::npos;) {
        const auto end = line.find_first_of(kBlank, start);
        words.push_back(line.substr(start, end - start));
        start = line.find_first_not_of(kBlank, end);
    }
    return words;
}

}  // namespace vakt
