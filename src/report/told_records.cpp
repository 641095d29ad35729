// SPDX-License-Identifier: Apache-2.0
// Which dmesg records of pstore a report has told of already.
#include "report/told_records.h"

#include <algorithm>
#include <optional>

#include "base/crc32.h"
#include "base/text.h"

namespace vakt::report {
namespace {

constexpr std::string_view kHead = "vakt-told 1";
constexpr std::string_view kEnd = "end";
constexpr std::string_view kSlot = "slot";

/// As ramoops shows it: what it says at the end of the bits that it mended is not the record's.
std::string_view without_ecc(std::string_view bytes) {
    const auto last = bytes.rfind("\nECC: ");
    if (last == std::string_view::npos) return bytes;
    auto behind = bytes.substr(last + 1);
    static_cast<void>(take_line(behind));
    return behind.empty() ? bytes.substr(0, last) : bytes;
}

ToldRecord record_of(const PstoreFile& file, const BootId& boot) {
    const auto bytes = without_ecc(file.bytes);
    return {boot, crc32(bytes), bytes.size()};
}

bool is_same(const ToldRecord& a, const ToldRecord& b) {
    return a.crc == b.crc && a.size == b.size;
}

/// One that is torn has no such end, or another CRC.
std::optional<ToldSlot> read_slot(std::string_view bytes) {
    const auto size = bytes.find_last_not_of('\0');
    if (size == std::string_view::npos) return std::nullopt;
    const auto text = bytes.substr(0, size + 1);
    const auto at = text.rfind(kSlot);
    if (at == std::string_view::npos) return ToldSlot{0, read_told(text)};
    auto line = text.substr(at + kSlot.size());
    if (!line.starts_with(' ') || !line.ends_with('\n')) return std::nullopt;
    line = line.substr(1, line.size() - 2);
    const auto number = parse_decimal<std::uint64_t>(take_word(line));
    const auto crc = parse_decimal<std::uint32_t>(line);
    if (!number || crc != crc32(text.substr(0, text.rfind(' ')))) return std::nullopt;
    return ToldSlot{*number, read_told(text.substr(0, at))};
}

ToldRecords::const_iterator find(const ToldRecords& told, const ToldRecord& wanted) {
    return std::find_if(told.begin(), told.end(),
                        [&](const ToldRecord& one) { return is_same(one, wanted); });
}

}  // namespace

void mark_told(std::vector<PstoreFile>& files, const ToldRecords& told, const BootId& this_boot) {
    for (auto& file : files) {
        if (!is_dmesg(file)) continue;
        const auto found = find(told, record_of(file, this_boot));
        file.told = found != told.end() && found->boot != this_boot;
    }
}

ToldRecords told_with(const std::vector<PstoreFile>& files, const ToldRecords& told,
                      const BootId& this_boot) {
    ToldRecords there;
    for (const auto& file : files) {
        if (!is_dmesg(file)) continue;
        auto record = record_of(file, this_boot);
        if (const auto before = find(told, record); before != told.end()) record = *before;
        if (find(there, record) == there.end()) there.push_back(record);
    }
    ToldRecords all;
    for (const auto& one : told)
        if (find(there, one) == there.end()) all.push_back(one);
    all.insert(all.end(), there.begin(), there.end());
    if (all.size() > kMostTold)
        all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(kMostTold));
    return all;
}

std::string text_of(const ToldRecords& told) {
    auto text = std::string(kHead) + "\n";
    for (const auto& one : told)
        text += boot_id_text(one.boot) + " " + std::to_string(one.crc) + " " +
                std::to_string(one.size) + "\n";
    return text + std::string(kEnd) + "\n";
}

ToldRecords read_told(std::string_view text) {
    ToldRecords told;
    if (!text.ends_with("\n") || take_line(text) != kHead) return {};
    while (!text.empty()) {
        auto line = take_line(text);
        if (text.empty()) return line == kEnd ? told : ToldRecords{};
        const auto boot = parse_boot_id(take_word(line));
        const auto crc = parse_decimal<std::uint32_t>(take_word(line));
        const auto size = parse_decimal<std::uint64_t>(line);
        if (!boot || !crc || !size || told.size() == kMostTold) return {};
        told.push_back({*boot, *crc, *size});
    }
    return {};
}

bool kept_before(const ToldSlot& slot, const BootId& this_boot) {
    if (slot.number > 1 || (slot.number == 1 && slot.told.empty())) return true;
    return std::any_of(slot.told.begin(), slot.told.end(),
                       [&](const ToldRecord& one) { return one.boot != this_boot; });
}

std::string slot_of(const ToldSlot& slot) {
    auto text = text_of(slot.told) + std::string(kSlot) + " " + std::to_string(slot.number);
    text += " " + std::to_string(crc32(text)) + "\n";
    text.resize(kToldSlot, '\0');
    return text;
}

ToldSlot read_slots(std::string_view file) {
    ToldSlot newest;
    for (std::size_t at = 0; at < kToldSlots && at * kToldSlot < file.size(); ++at) {
        auto slot = read_slot(file.substr(at * kToldSlot, kToldSlot));
        // What has no number counts where an older program wrote it.
        if (slot && (at == 0 || slot->number > newest.number)) newest = std::move(*slot);
    }
    return newest;
}

}  // namespace vakt::report
