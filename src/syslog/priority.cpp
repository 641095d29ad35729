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

std::optional<std::uint8_t> number_of(std::string_view word,
                                      std::span<const std::string_view> names,
                                      std::span<const OldName> old) {
    for (std::size_t number = 0; number < names.size(); ++number)
        if (names[number] == word) return static_cast<std::uint8_t>(number);
    for (const auto& row : old)
        if (row.name == word) return row.number;
    return std::nullopt;
}

/// Takes the word of lower case letters and digits off the front.
std::string_view take_word(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() &&
           ((text[end] >= 'a' && text[end] <= 'z') || (text[end] >= '0' && text[end] <= '9')))
        ++end;
    const auto word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

}  // namespace

std::optional<std::uint8_t> facility_named(std::string_view name) {
    return number_of(name, kFacilityNames, kOldFacilities);
}
std::optional<std::uint8_t> severity_named(std::string_view name) {
    return number_of(name, kSeverityNames, kOldSeverities);
}

std::optional<Pri> take_named_pri(std::string_view& text) {
    auto rest = text;
    const auto facility = facility_named(take_word(rest));
    if (!facility || !rest.starts_with('.')) return std::nullopt;
    rest.remove_prefix(1);
    const auto severity = severity_named(take_word(rest));
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
