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

bool holds(const Condition& wanted, const std::optional<syslog::Pri>& pri, syslog::Source source) {
    if (pri) {
        if (static_cast<std::uint8_t>(pri->severity()) > wanted.least_severe) return false;
        if (wanted.facilities != 0 && !has_bit(wanted.facilities, pri->facility())) return false;
    } else {
        if (wanted.least_severe < 7) return false;
        if (wanted.facilities != 0 && (wanted.facilities & Condition::kNoPri) == 0) return false;
    }
    return wanted.sources == 0 || has_bit(wanted.sources, static_cast<unsigned>(source));
}

bool has_words(const Condition& wanted) {
    return !wanted.apps.empty() || !wanted.units.empty() || !wanted.texts.empty();
}

bool holds(const Condition& wanted, const syslog::Entry& entry) {
    const auto& record = entry.record;
    return holds(wanted, record.pri, entry.source) && is_one_of(wanted.apps, record.app) &&
           is_one_of(wanted.units, entry.unit) && contains_one_of(wanted.texts, record.text);
}

bool is_worst(const std::optional<syslog::Pri>& pri) {
    return pri && pri->severity() <= syslog::Severity::crit;
}

}  // namespace

bool Filter::passes(const syslog::Entry& entry) const {
    if (any_of.empty() || (!strict && is_worst(entry.record.pri))) return true;
    return std::any_of(any_of.begin(), any_of.end(),
                       [&](const auto& condition) { return holds(condition, entry); });
}

std::optional<bool> Filter::passes_by(const std::optional<syslog::Pri>& pri,
                                      syslog::Source source) const {
    if (any_of.empty() || (!strict && is_worst(pri))) return true;
    std::optional<bool> decided = false;
    for (const auto& condition : any_of) {
        if (!holds(condition, pri, source)) continue;
        if (!has_words(condition)) return true;
        decided.reset();
    }
    return decided;
}

std::size_t Filter::texts() const {
    std::size_t count = 0;
    for (const auto& condition : any_of) count += condition.texts.size();
    return count;
}

}  // namespace vakt::relay
