// SPDX-License-Identifier: Apache-2.0
// A ledger entry as one line of /dev/pmsg0.
#include "report/pmsg_note.h"

#include <array>

#include "base/text.h"
#include "report/pmsg_words.h"

namespace vakt::report {

namespace {

constexpr std::array<std::string_view, kKinds> kKindNames{
    "", "boot", "healthy", "note", "recovered", "snoozed", "clean", "reported", "info"};

std::optional<Kind> kind_named(std::string_view name) {
    for (std::size_t i = 1; i < kKindNames.size(); ++i)
        if (kKindNames[i] == name) return static_cast<Kind>(i);
    return std::nullopt;
}

std::optional<Entry> parse_line(std::string_view whole) {
    const auto words = behind_mark(whole, kNoteMark);
    if (!words) return std::nullopt;
    auto line = *words;
    Entry entry;
    const auto sequence = parse_decimal<std::uint64_t>(take_word(line));
    const auto boot_id = parse_boot_id(take_word(line));
    const auto kind = kind_named(take_word(line));
    const auto cause = cause_named(take_word(line));
    const auto step = step_named(take_word(line));
    const auto wall = parse_signed(take_word(line));
    const auto uptime = parse_decimal<std::uint64_t>(take_word(line));
    const auto age_word = take_word(line);
    const auto age = parse_decimal<std::uint32_t>(age_word);
    const auto lease = take_word(line);
    if (!sequence || *sequence == 0 || !boot_id || !kind || !cause || !step || !wall || !uptime)
        return std::nullopt;
    if ((!age && age_word != "-") || lease.empty()) return std::nullopt;
    entry.kind = *kind;
    entry.cause = *cause;
    entry.step = *step;
    entry.sequence = *sequence;
    entry.boot_id = *boot_id;
    entry.wall_ns = *wall;
    entry.uptime_ms = *uptime;
    entry.beat_age_ms = age.value_or(kBeatAgeUnknown);
    if (lease != "-") entry.lease = FixedText<32>(lease);
    entry.text = FixedText<157>(line);
    return entry;
}

}  // namespace

PmsgLine::PmsgLine(const Entry& entry) {
    line_.put(kNoteMark);
    line_.put(" ");
    line_.put(entry.sequence);
    line_.put(" ");
    const auto boot = boot_id_chars(entry.boot_id);
    line_.put({boot.data(), boot.size()});
    line_.put(" ");
    line_.put(kKindNames[static_cast<std::size_t>(entry.kind) % kKinds]);
    line_.put(" ");
    line_.put(name_of(entry.cause));
    line_.put(" ");
    line_.put(name_of(entry.step));
    line_.put(entry.wall_ns < 0 ? " -" : " ");
    const auto wall = static_cast<std::uint64_t>(entry.wall_ns);
    line_.put(entry.wall_ns < 0 ? 0 - wall : wall);
    line_.put(" ");
    line_.put(entry.uptime_ms);
    line_.put(" ");
    if (entry.beat_age_ms == kBeatAgeUnknown)
        line_.put("-");
    else
        line_.put(std::uint64_t{entry.beat_age_ms});
    line_.put(" ");
    if (entry.lease.empty()) line_.put("-");
    // A mark at its end would have the blank behind it.
    const auto lease = entry.lease.view();
    const auto whole = lease.size() - (ends_in_mark(lease) ? 1 : 0);
    for (const char c : lease.substr(0, whole))
        line_.put(is_control(c) || c == ' ' ? "_" : std::string_view(&c, 1));
    line_.put(whole < lease.size() ? "_ " : " ");
    put_masked(line_, entry.text.view());
    line_.put("\n");
}

std::vector<Entry> read_pmsg(std::string_view text) {
    std::vector<Entry> entries;
    while (!text.empty()) {
        // A last line without its newline may be one that was being written.
        if (text.find('\n') == std::string_view::npos) break;
        if (auto entry = parse_line(take_line(text))) entries.push_back(*entry);
    }
    return entries;
}

}  // namespace vakt::report
