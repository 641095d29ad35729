// SPDX-License-Identifier: Apache-2.0
// The bridge's lines in /dev/pmsg0.
#include "report/pmsg_log.h"

#include <algorithm>

#include "base/text.h"
#include "report/pmsg_words.h"

namespace vakt::report {

namespace {

std::optional<BlackBoxLine> parse_line(std::string_view whole) {
    const auto words = behind_mark(whole, kLogMark);
    if (!words) return std::nullopt;
    auto line = *words;
    BlackBoxLine its;
    const auto number = parse_decimal<std::uint64_t>(take_word(line));
    const auto boot_id = parse_boot_id(take_word(line));
    const auto pri_word = take_word(line);
    const auto pri = parse_decimal<std::uint8_t>(pri_word);
    const auto wall = parse_signed(take_word(line));
    if (!number || !boot_id || !wall || (pri ? *pri > 191 : pri_word != "-")) return std::nullopt;
    its.sequence = *number;
    its.boot_id = *boot_id;
    its.wall_ns = *wall;
    its.pri = pri.value_or(kNoPri);
    its.text = line;
    return its;
}

}  // namespace

PmsgLogLine::PmsgLogLine(const BlackBoxLine& line) {
    line_.put(kLogMark);
    line_.put(" ");
    line_.put(line.sequence);
    line_.put(" ");
    const auto boot = boot_id_chars(line.boot_id);
    line_.put({boot.data(), boot.size()});
    line_.put(" ");
    if (line.pri == kNoPri)
        line_.put("-");
    else
        line_.put(std::uint64_t{line.pri});
    line_.put(line.wall_ns < 0 ? " -" : " ");
    const auto wall = static_cast<std::uint64_t>(line.wall_ns);
    line_.put(line.wall_ns < 0 ? 0 - wall : wall);
    line_.put(" ");
    put_masked(line_, std::string_view(line.text).substr(0, kPmsgText));
    line_.put("\n");
}

std::vector<BlackBoxLine> read_pmsg_log(std::string_view text) {
    std::vector<BlackBoxLine> lines;
    while (!text.empty())
        if (const auto line = parse_line(take_line(text))) lines.push_back(*line);
    return lines;
}

bool PmsgBudget::take(Instant now, std::size_t bytes, bool urgent) {
    using std::chrono::seconds;
    // Whole seconds alone are counted, so that many questions do not round the budget away.
    const auto passed = std::chrono::duration_cast<seconds>(now - since_);
    if (passed > seconds(0)) {
        since_ += passed;
        const auto most = static_cast<std::int64_t>(kAtOnce / kPerSecond);
        const auto counted = static_cast<std::size_t>(std::min<std::int64_t>(passed.count(), most));
        left_ = std::min(kAtOnce, left_ + counted * kPerSecond);
    }
    const auto kept = urgent ? 0 : kAtOnce / 2;
    if (left_ < kept + bytes) return false;
    left_ -= bytes;
    return true;
}

}  // namespace vakt::report
