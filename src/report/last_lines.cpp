// SPDX-License-Identifier: Apache-2.0
// Which of the lines that outlived a boot are worth telling.
#include "report/last_lines.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "report/pstore.h"

namespace vakt::report {

namespace {

constexpr std::int64_t kMinute = 60'000'000'000;
// Severities of RFC 5424 6.2.1.
constexpr std::uint8_t kCrit = 2;
constexpr std::uint8_t kErr = 3;
constexpr std::array<std::string_view, 8> kSeverities{"emerg",   "alert",  "crit", "err",
                                                      "warning", "notice", "info", "debug"};

}  // namespace

std::vector<BlackBoxLine> last_lines(std::vector<BlackBoxLine> lines, const BootId& boot,
                                     std::size_t most) {
    std::erase_if(lines, [&](const auto& line) { return line.boot_id != boot; });
    std::stable_sort(lines.begin(), lines.end(),
                     [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
    // Of a line that was written twice the later one is the better: it may have repeats.
    const auto same = [](const auto& a, const auto& b) { return a.sequence == b.sequence; };
    lines.erase(lines.begin(), std::unique(lines.rbegin(), lines.rend(), same).base());
    if (lines.size() <= most) return lines;

    auto newest = INT64_MIN;
    for (const auto& line : lines) newest = std::max(newest, line.wall_ns);
    const auto since = newest < INT64_MIN + kMinute ? INT64_MIN : newest - kMinute;
    std::vector<bool> taken(lines.size());
    auto left = most;
    const auto pick = [&](auto is_wanted) {
        for (auto at = lines.size(); at-- > 0 && left > 0;) {
            if (taken[at] || !is_wanted(lines[at])) continue;
            taken[at] = true;
            --left;
        }
    };
    for (const std::uint8_t least : {kCrit, kErr})
        pick([&](const auto& line) {
            return line.pri != kNoPri && line.pri % 8 <= least && line.wall_ns >= since;
        });
    pick([](const auto&) { return true; });
    std::vector<BlackBoxLine> chosen;
    for (std::size_t at = 0; at < lines.size(); ++at)
        if (taken[at]) chosen.push_back(std::move(lines[at]));
    return chosen;
}

std::string line_words(const BlackBoxLine& line) {
    std::string words;
    if (line.pri != kNoPri) words.append("<").append(kSeverities[line.pri % 8U]).append("> ");
    words += line.text;
    if (line.repeats != 0) words += " (" + std::to_string(line.repeats) + " times more)";
    return fit_line(words);
}

}  // namespace vakt::report
