// SPDX-License-Identifier: Apache-2.0
// The options of `vaktctl events` that say which events are wanted.
#include "ctl/event_filter.h"

#include <algorithm>
#include <array>
#include <string>

#include "ctl/printable.h"
#include "syslog/priority.h"

namespace vakt::ctl {
namespace {

using std::string_view;

constexpr std::array<string_view, 6> kOptions = {"--severity", "--facility", "--source",
                                                 "--app",      "--unit",     "--text"};

template <std::size_t N>
Error none_of(string_view option, string_view value, const std::array<string_view, N>& names,
              string_view more = "") {
    std::string words(option);
    words += " wants one of";
    for (const auto name : names) (words += ' ') += name;
    words += more;
    return refusal(words + ", not '" + printable(value.substr(0, 64)) + "'");
}

}  // namespace

bool EventFilter::knows(string_view option) {
    return std::ranges::find(kOptions, option) != kOptions.end();
}

Status EventFilter::take(string_view option, string_view value) {
    any_ = true;
    if (option == "--severity") {
        const auto number = syslog::severity_named(value);
        if (!number) return none_of(option, value, syslog::kSeverityNames);
        severity_ = std::max(severity_.value_or(0), *number);
        return Done{};
    }
    if (option == "--facility") {
        const auto number = syslog::facility_named(value);
        if (!number && value != "none")
            return none_of(option, value, syslog::kFacilityNames, " none");
        condition_.facilities |=
            number ? std::uint32_t{1} << *number : std::uint32_t{relay::Condition::kNoPri};
        return Done{};
    }
    if (option == "--source") {
        const auto* const found = std::ranges::find(syslog::kSourceNames, value);
        if (found == syslog::kSourceNames.end())
            return none_of(option, value, syslog::kSourceNames);
        const auto bit = 1U << (found - syslog::kSourceNames.begin());
        condition_.sources = static_cast<std::uint16_t>(condition_.sources | bit);
        return Done{};
    }
    return take_word(option, value);
}

Status EventFilter::take_word(string_view option, string_view value) {
    auto& words = option == "--app"    ? condition_.apps
                  : option == "--unit" ? condition_.units
                                       : condition_.texts;
    if (value.empty() || value.size() > relay::Filter::kLongestWord)
        return refusal(std::string(option) + " wants 1 to 255 bytes");
    if (words.size() == relay::Filter::kMostWords)
        return refusal(std::string(option) + " can be said 16 times, and no more");
    words.emplace_back(value);
    return Done{};
}

relay::Filter EventFilter::filter() const {
    if (!any_) return {};
    auto condition = condition_;
    condition.least_severe = severity_.value_or(condition.least_severe);
    return {.strict = true, .any_of = {condition}};
}

}  // namespace vakt::ctl
