// SPDX-License-Identifier: Apache-2.0
// Processes: who they are, and by descriptor.
#include "sys/process_handle.h"

#include <poll.h>

#include <algorithm>
#include <climits>

#include "base/text.h"

namespace vakt::sys {
namespace {

/// Cuts off and returns the next word, parted by blanks, tabs or the line's end.
std::string_view take_word(std::string_view& text) {
    constexpr std::string_view kBlank = " \t\n";
    text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
    const auto word = text.substr(0, text.find_first_of(kBlank));
    text.remove_prefix(word.size());
    return word;
}

}  // namespace

bool has_ended(const Fd& process) {
    pollfd wait = {process.get(), kEventsOfEnd, 0};
    return ::poll(&wait, 1, 0) == 1;
}

std::optional<ProcessFacts> parse_stat(std::string_view text) {
    // The name in brackets may hold anything, so fields are counted from the last bracket.
    const auto open = text.find('(');
    const auto close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return std::nullopt;
    ProcessFacts facts;
    facts.name = text.substr(open + 1, close - open - 1);
    auto rest = text.substr(close + 1);
    const auto state = take_word(rest);  // field 3
    const auto parent = parse_decimal<std::uint32_t>(take_word(rest));
    take_word(rest);
    const auto session = parse_decimal<std::uint32_t>(take_word(rest));
    for (int field = 7; field < 22; ++field) take_word(rest);
    const auto start = parse_decimal<std::uint64_t>(take_word(rest));
    constexpr std::uint32_t kMost = INT_MAX;
    if (state.size() != 1 || !parent || *parent > kMost || !session || *session > kMost || !start)
        return std::nullopt;
    facts.state = state.front();
    facts.parent = static_cast<pid_t>(*parent);
    facts.session = static_cast<pid_t>(*session);
    facts.start = *start;
    return facts;
}

int parse_ending_signal(std::string_view text) {
    const auto close = text.rfind(')');
    if (close == std::string_view::npos) return 0;
    auto rest = text.substr(close + 1);
    for (int field = 3; field < 52; ++field) take_word(rest);
    const auto status = parse_decimal<std::uint32_t>(take_word(rest));
    constexpr std::uint32_t kSignal = 0x7f;  // all of it: stopped, not ended
    const auto signal = status.value_or(0) & kSignal;
    return signal == kSignal ? 0 : static_cast<int>(signal);
}

std::optional<ProcessUids> parse_uids(std::string_view text) {
    while (!text.empty()) {
        // The name, which may hold anything, has its newlines escaped there.
        auto line = take_line(text);
        if (take_word(line) != "Uid:") continue;
        const auto real = parse_decimal<uid_t>(take_word(line));
        const auto effective = parse_decimal<uid_t>(take_word(line));
        if (real && effective) return ProcessUids{.real = *real, .effective = *effective};
    }
    return std::nullopt;
}

}  // namespace vakt::sys
