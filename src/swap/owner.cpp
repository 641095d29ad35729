// SPDX-License-Identifier: Apache-2.0
// The owner record as text, and its verdict.
#include "swap/owner.h"

#include "base/text.h"

namespace vakt::swap {
namespace {

/// A boot id is a UUID: 36 bytes of hexadecimal digits and dashes.
bool is_boot_id(std::string_view text) {
    return text.size() == 36 &&
           text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

}  // namespace

std::string print_record(const Record& record) {
    std::string text = "vakt 1 ";
    text += record.owner ? record.owner->boot + " " + std::to_string(record.owner->pid) + " " +
                               std::to_string(record.owner->start)
                         : "- - -";
    text += record.told ? " told" : " untold";
    text.resize(kRecordSize - 1, ' ');
    text.push_back('\n');
    return text;
}

std::optional<Record> parse_record(std::string_view text) {
    if (text.empty()) return Record{};
    if (text.size() != kRecordSize || text.back() != '\n') return std::nullopt;
    text.remove_suffix(1);
    const auto words = split_words(text);
    if (words.size() != 6 || words[0] != "vakt" || words[1] != "1") return std::nullopt;
    Record record;
    record.told = words[5] == "told";
    if (!record.told && words[5] != "untold") return std::nullopt;
    if (words[2] == "-" && words[3] == "-" && words[4] == "-") return record;
    const auto pid = parse_decimal<std::uint32_t>(words[3]);
    const auto start = parse_decimal<std::uint64_t>(words[4]);
    if (!is_boot_id(words[2]) || !pid || *pid == 0 || *pid > 4194304U || !start)
        return std::nullopt;
    record.owner = Owner{
        .boot = std::string(words[2]), .pid = static_cast<std::int32_t>(*pid), .start = *start};
    return record;
}

bool may_act(const Record& record, bool lives, const Owner& asking) {
    return !record.owner || !lives || *record.owner == asking;
}

}  // namespace vakt::swap
