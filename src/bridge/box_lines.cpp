// SPDX-License-Identifier: Apache-2.0
// Which of the bridge's records go into the black box at once, and how.
#include "bridge/box_lines.h"

#include <algorithm>
#include <optional>
#include <string>

#include "syslog/probe.h"
#include "wire/record_bytes.h"

namespace vakt::bridge {

namespace {

using report::BlackBoxLine;
using syslog::Severity;

/// Of a record's head alone, since a storm is looked through quickly or not at all.
Severity severity_of(std::string_view record) {
    constexpr std::size_t kKindAt = 4;
    constexpr std::size_t kPriAt = 7;
    if (record.size() <= kPriAt) return Severity::debug;
    if (record[kKindAt] != 0) return Severity::warning;
    const auto pri = static_cast<unsigned char>(record[kPriAt]);
    return pri > syslog::Pri::kLargest ? Severity::notice : syslog::Pri(pri).severity();
}

std::string words_of(const syslog::Record& record) {
    std::string words;
    words.reserve(report::kBoxText + 1);
    const auto add = [&](std::string_view text) {
        // One byte more than fits tells that there was more.
        words += text.substr(0, report::kBoxText + 1 - words.size());
    };
    add(record.host);
    if (!record.host.empty()) add(" ");
    add(record.app);
    if (!record.pid.empty()) {
        add("[");
        add(record.pid);
        add("]");
    }
    if (!record.app.empty() || !record.pid.empty()) add(": ");
    add(record.text);
    return words;
}

std::string words_of(const syslog::Gap& gap) {
    auto words = gap.count ? std::to_string(*gap.count) : "an unknown number of";
    words.append(" records of ").append(syslog::kSourceNames[std::size_t(gap.source)]);
    words.append(" are missing here: ").append(syslog::kLossNames[std::size_t(gap.reason)]);
    if (!gap.words.empty()) words.append(", ").append(gap.words);
    return words;
}

std::optional<BlackBoxLine> line_of(std::string_view bytes, const report::BootId& boot) {
    const auto record = wire::take_record(bytes);
    if (!record) return std::nullopt;
    BlackBoxLine line{.boot_id = boot};
    if (const auto* gap = std::get_if<wire::StampedGap>(&*record)) {
        line.sequence = gap->stamp.seq;
        line.wall_ns = gap->stamp.read_ns;
        line.source = static_cast<std::uint8_t>(gap->gap.source);
        line.gap = true;
        line.text = words_of(gap->gap);
        return line;
    }
    const auto& [stamp, entry, time_is_ours] = std::get<wire::StampedEntry>(*record);
    if (entry.record.app == syslog::kProbeApp) return std::nullopt;
    line.sequence = stamp.seq;
    line.wall_ns = entry.record.time_ns.value_or(stamp.read_ns);
    line.mono_ns = entry.mono_ns;
    line.repeats = stamp.repeats;
    line.pri = entry.record.pri ? entry.record.pri->number() : report::kNoPri;
    line.source = static_cast<std::uint8_t>(entry.source);
    line.malformed = entry.record.malformed;
    line.cut = entry.cut;
    line.text = words_of(entry.record);
    return line;
}

}  // namespace

BoxLines box_lines(std::span<const std::string_view> records, const report::BootId& boot,
                   const BoxRules& rules) {
    const auto urgent =
        static_cast<std::size_t>(std::count_if(records.begin(), records.end(), [&](auto record) {
            return severity_of(record) <= std::min(Severity::err, rules.least);
        }));
    auto urgent_left = std::min({urgent, rules.urgent, rules.most});
    auto others_left = rules.most - urgent_left;
    BoxLines chosen;
    for (auto at = records.size(); at-- > 0;) {
        const auto severity = severity_of(records[at]);
        if (severity > rules.least) continue;
        auto& left = severity <= Severity::err ? urgent_left : others_left;
        if (left == 0) {
            ++chosen.passed_over;
            continue;
        }
        auto line = line_of(records[at], boot);
        if (!line) continue;
        --left;
        chosen.at_once |= severity <= Severity::crit;
        chosen.lines.push_back(std::move(*line));
    }
    std::reverse(chosen.lines.begin(), chosen.lines.end());
    return chosen;
}

}  // namespace vakt::bridge
