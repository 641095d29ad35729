// SPDX-License-Identifier: Apache-2.0
// A start of start_erl in its ledger: the text of the entry, and the history out of all of them.
#include "release/start_entry.h"

#include <array>
#include <charconv>

#include "base/text.h"

namespace vakt::release {
namespace {

constexpr std::array<std::string_view, 4> kOrigins = {"data", "kept", "listed", "safe"};

std::string in_hex(std::uint32_t number) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text(8, '0');
    for (std::size_t at = 8; at-- > 0; number >>= 4) text[at] = kDigits[number & 15];
    return text;
}

std::optional<std::uint32_t> from_hex(std::string_view text) {
    std::uint32_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (read.ec != std::errc() || in_hex(number) != text) return std::nullopt;
    return number;
}

/// "LEFT<sign>RIGHT".
std::optional<std::pair<std::string_view, std::string_view>> part(std::string_view text,
                                                                  char sign) {
    const auto at = text.find(sign);
    if (at == std::string_view::npos) return std::nullopt;
    return std::pair(text.substr(0, at), text.substr(at + 1));
}

std::optional<Memory> read_memory(std::string_view text) {
    Memory memory;
    memory.proven = text.ends_with('p');
    if (memory.proven) text.remove_suffix(1);
    const auto both = part(text, ':');
    if (!both) return std::nullopt;
    const auto tag = from_hex(both->first);
    const auto failures = parse_decimal<std::uint32_t>(both->second);
    if (!tag || !failures) return std::nullopt;
    memory.release = *tag;
    memory.failures = *failures;
    return memory;
}

}  // namespace

std::string text_of(const StartEntry& entry) {
    return entry.release.vsn + " " + entry.release.erts + " " +
           std::string(kOrigins[static_cast<std::size_t>(entry.origin)]) + " " +
           std::to_string(entry.pid) + "." + std::to_string(entry.birth) + " " +
           in_hex(entry.memory.release) + ":" + std::to_string(entry.memory.failures) +
           (entry.memory.proven ? "p" : "");
}

std::optional<StartEntry> read_start_entry(std::string_view text) {
    const auto words = split_words(text);
    if (words.size() != 5) return std::nullopt;
    if (!version_fault(words[0], kLongestVsn).empty() ||
        !version_fault(words[1], kLongestErts).empty())
        return std::nullopt;
    StartEntry entry;
    entry.release = {std::string(words[1]), std::string(words[0])};
    std::size_t origin = 0;
    while (origin < kOrigins.size() && kOrigins[origin] != words[2]) ++origin;
    if (origin == kOrigins.size()) return std::nullopt;
    entry.origin = static_cast<Origin>(origin);
    const auto process = part(words[3], '.');
    const auto pid = process ? parse_decimal<std::uint32_t>(process->first) : std::nullopt;
    const auto birth = process ? parse_decimal<std::uint64_t>(process->second) : std::nullopt;
    const auto memory = read_memory(words[4]);
    if (!pid || !birth || !memory) return std::nullopt;
    entry.pid = *pid;
    entry.birth = *birth;
    entry.memory = *memory;
    return entry;
}

std::vector<PastStart> starts_of(const std::vector<report::Entry>& entries) {
    std::vector<PastStart> starts;
    const report::BootId* id = nullptr;
    for (const auto& entry : entries) {
        if (entry.kind == report::Kind::boot) {
            const auto start = read_start_entry(entry.text.view());
            id = start ? &entry.boot_id : nullptr;
            if (start)
                starts.push_back({start->release, start->origin, Outcome::failed, start->memory,
                                  entry.uptime_ms, entry.wall_ns, boot_of(start->birth)});
        } else if (id != nullptr && *id == entry.boot_id) {
            if (entry.healthy)
                starts.back().outcome = Outcome::healthy;
            else if (entry.ended)
                starts.back().outcome = Outcome::ended;
        }
    }
    return starts;
}

}  // namespace vakt::release
