// SPDX-License-Identifier: Apache-2.0
// What a client wants to hear of.
#include "relay/filter.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace vakt::relay {
namespace {

bool has_bit(std::uint32_t bits, unsigned bit) { return (bits >> bit & 1U) != 0; }

bool is_one_of(const std::vector<std::string>& words, std::string_view text) {
    return words.empty() ||
           std::any_of(words.begin(), words.end(), [&](const auto& word) { return word == text; });
}

/// memmem, and not find(): a text of one letter must not cost its length times the word's.
bool contains_one_of(const std::vector<std::string>& words, std::string_view text) {
    return words.empty() || std::any_of(words.begin(), words.end(), [&](const auto& word) {
               return memmem(text.data(), text.size(), word.data(), word.size()) != nullptr;
           });
}

bool holds(const Condition& wanted, const syslog::Entry& entry) {
    const auto& record = entry.record;
    if (const auto pri = record.pri) {
        if (static_cast<std::uint8_t>(pri->severity()) > wanted.least_severe) return false;
        if (wanted.facilities != 0 && !has_bit(wanted.facilities, pri->facility())) return false;
    } else {
        if (wanted.least_severe < 7) return false;
        if (wanted.facilities != 0 && (wanted.facilities & Condition::kNoPri) == 0) return false;
    }
    if (wanted.sources != 0 && !has_bit(wanted.sources, static_cast<unsigned>(entry.source)))
        return false;
    return is_one_of(wanted.apps, record.app) && is_one_of(wanted.units, entry.unit) &&
           contains_one_of(wanted.texts, record.text);
}

}  // namespace

bool Filter::passes(const syslog::Entry& entry) const {
    if (any_of.empty()) return true;
    const auto& pri = entry.record.pri;
    if (!strict && pri && pri->severity() <= syslog::Severity::crit) return true;
    return std::any_of(any_of.begin(), any_of.end(),
                       [&](const auto& condition) { return holds(condition, entry); });
}

}  // namespace vakt::relay
