// SPDX-License-Identifier: Apache-2.0
// What every configuration file of ours is read with: its text, the names it uses, its faults as
// lines.
#include "settings/conf_file.h"

#include <algorithm>

#include "sys/open.h"

namespace vakt::settings {

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

Result<std::string> read_conf_text(const std::string& path) {
    auto text = sys::read_regular(path, kMaxConfText);
    if (!text) return refusal(describe(text.error()));  // the words say it all, whoever shows them
    return text;
}

std::string read_names(const std::string& path) {
    constexpr std::size_t kMost = 4UL * 1024 * 1024;
    auto names = sys::read_regular(path, kMost);
    return names ? std::move(*names) : std::string();
}

}  // namespace vakt::settings
