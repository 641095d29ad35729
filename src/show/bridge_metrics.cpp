// SPDX-License-Identifier: Apache-2.0
// The bridge's account as OpenMetrics text.
#include "show/bridge_metrics.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "show/metrics_text.h"

namespace vakt::show {
namespace {

struct Pair {
    std::string_view key;
    std::string_view value;
};
struct Line {
    std::string_view subject;
    std::string labels;
    std::vector<Pair> numbers;
};

/// What says whose a number is, and counts nothing.
constexpr std::array<std::string_view, 5> kLabels{"kind", "name", "pid", "uid", "boot"};
/// What can become less.
constexpr std::array<std::string_view, 17> kGauges{
    "size",   "segments", "begin", "oldest", "next",  "kept",    "urgent", "other",       "went_on",
    "queued", "credit",   "open",  "acked",  "slots", "reading", "unsent", "resident_kib"};

template <std::size_t N>
bool has(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_gauge(std::string_view subject, std::string_view key) {
    return has(kGauges, key) || (subject == "ring" && key == "bytes");
}

std::string_view take_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    return word;
}

bool is_name(std::string_view word) {
    const auto is_good = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    return !word.empty() && std::all_of(word.begin(), word.end(), is_good);
}

Line read_line(std::string_view text) {
    Line line{take_word(text), {}, {}};
    const auto add = [&](std::string_view key, std::string_view value) {
        if (!line.labels.empty()) line.labels += ',';
        line.labels += label(key, value);
    };
    for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
        const auto split = word.find('=');
        if (split == std::string_view::npos) {
            if (line.labels.empty() && is_name(line.subject)) add(line.subject, word);
            continue;
        }
        const Pair pair{word.substr(0, split), word.substr(split + 1)};
        if (!is_name(pair.key)) continue;
        if (has(kLabels, pair.key))
            add(pair.key, pair.value);
        else if (parse_decimal<std::uint64_t>(pair.value))
            line.numbers.push_back(pair);
    }
    return line;
}

const std::string_view* value_of(const Line& line, std::string_view key) {
    for (const auto& pair : line.numbers)
        if (pair.key == key) return &pair.value;
    return nullptr;
}

}  // namespace

std::string bridge_metrics(std::string_view account) {
    std::vector<Line> lines;
    while (!account.empty()) {
        const auto text = account.substr(0, account.find('\n'));
        account.remove_prefix(std::min(text.size() + 1, account.size()));
        auto line = read_line(text);
        if (is_name(line.subject)) lines.push_back(std::move(line));
    }
    MetricsText out;
    std::vector<std::string> shown;
    for (const auto& first : lines) {
        for (const auto& [key, ignored] : first.numbers) {
            auto name = "bridge_" + std::string(first.subject) + "_" + std::string(key);
            if (std::find(shown.begin(), shown.end(), name) != shown.end()) continue;
            const bool gauge = is_gauge(first.subject, key);
            out.family(name, gauge ? "gauge" : "counter",
                       std::string(key) + " of the " + std::string(first.subject) +
                           ", as syslog_bridge(8) has it.");
            for (const auto& line : lines) {
                if (line.subject != first.subject) continue;
                if (const auto* value = value_of(line, key))
                    out.sample(line.labels, *value, gauge ? "" : "_total");
            }
            shown.push_back(std::move(name));
        }
    }
    return out.end();
}

}  // namespace vakt::show
