// SPDX-License-Identifier: Apache-2.0
// What is wrong with a file that people write, line by line.
#include "base/complaints.h"

#include <algorithm>

namespace vakt {

std::string in_lines(Complaints complaints, const std::string& file) {
    constexpr std::size_t kMostErrors = 32;
    std::stable_sort(complaints.begin(), complaints.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    std::string all;
    for (std::size_t at = 0; at < std::min(complaints.size(), kMostErrors); ++at) {
        const auto& [line, words] = complaints[at];
        if (at != 0) all += '\n';
        if (at + 1 == kMostErrors && complaints.size() > kMostErrors)
            return all + file + ": and " + std::to_string(complaints.size() - at) + " more";
        all += file;
        if (line > 0) all += ":" + std::to_string(line);
        all += ": ";
        // Words of others may show what the file contains.
        for (const char c : words) all += c >= ' ' && c < 0x7f ? c : '?';
    }
    return all;
}

std::string quoted(std::string_view text) {
    constexpr std::size_t kShown = 40;
    std::string words = "'";
    for (const char c : text.substr(0, kShown)) words += c >= ' ' && c < 0x7f ? c : '?';
    return words + (text.size() > kShown ? "...'" : "'");
}

}  // namespace vakt
