// SPDX-License-Identifier: Apache-2.0
// PRI as a number and in words.
#include "syslog/priority.h"

#include <span>

namespace vakt::syslog {
namespace {

struct OldName {
    std::string_view name;
    std::uint8_t number;
};
constexpr std::array<OldName, 1> kOldFacilities = {{{"security", 4}}};
constexpr std::array<OldName, 3> kOldSeverities = {{{"panic", 0}, {"error", 3}, {"warn", 4}}};

/// The number of the word that `text` begins with, and which ends there.
std::optional<std::uint8_t> take_name(std::string_view& text,
                                      std::span<const std::string_view> names,
                                      std::span<const OldName> old) {
    std::size_t end = 0;
    while (end < text.size() &&
           ((text[end] >= 'a' && text[end] <= 'z') || (text[end] >= '0' && text[end] <= '9')))
        ++end;
    const auto word = text.substr(0, end);
    std::optional<std::uint8_t> found;
    for (std::size_t number = 0; number < names.size(); ++number)
        if (names[number] == word) found = static_cast<std::uint8_t>(number);
    for (const auto& row : old)
        if (row.name == word) found = row.number;
    if (found) text.remove_prefix(end);
    return found;
}

}  // namespace

std::optional<Pri> take_named_pri(std::string_view& text) {
    auto rest = text;
    const auto facility = take_name(rest, kFacilityNames, kOldFacilities);
    if (!facility || !rest.starts_with('.')) return std::nullopt;
    rest.remove_prefix(1);
    const auto severity = take_name(rest, kSeverityNames, kOldSeverities);
    if (!severity) return std::nullopt;
    text = rest;
    return Pri(*facility, static_cast<Severity>(*severity));
}

std::optional<Pri> take_pri(std::string_view& text) {
    if (!text.starts_with('<')) return std::nullopt;
    unsigned number = 0;
    std::size_t at = 1;
    for (; at < text.size() && at <= 3 && text[at] >= '0' && text[at] <= '9'; ++at)
        number = number * 10 + static_cast<unsigned>(text[at] - '0');
    if (at == 1 || at >= text.size() || text[at] != '>') return std::nullopt;
    if (number > Pri::kLargest || (text[1] == '0' && at > 2)) return std::nullopt;
    text.remove_prefix(at + 1);
    return Pri(static_cast<std::uint8_t>(number));
}

}  // namespace vakt::syslog
