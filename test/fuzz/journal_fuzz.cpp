// SPDX-License-Identifier: Apache-2.0
// Any fields of a journal entry, parted by byte 1, and any cursors: the entry's structured data
// walk to their end, its parts keep their limits. Input: the fields; the first two are cursors,
// too.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "syslog/journal.h"
#include "syslog/structured.h"

namespace {

using namespace vakt::syslog;

void check(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    static JournalFields fields;
    fields.begin(1, 1);
    std::vector<std::string_view> all;
    while (!bytes.empty()) {
        const auto end = std::min(bytes.find('\x01'), bytes.size());
        all.push_back(bytes.substr(0, end));
        bytes.remove_prefix(std::min(bytes.size(), end + 1));
        fields.add(all.back());
    }
    const auto entry = fields.entry();
    const auto& record = entry.record;
    check(record.text.size() <= JournalFields::kLongestText);
    check(record.structured.size() <= JournalFields::kLongestStructured);
    for (const auto part : {record.host, record.app, record.pid, record.msgid, entry.unit})
        check(part.size() <= JournalFields::kLongestField);
    if (!record.structured.empty()) {
        auto rest = record.structured;
        const auto taken = take_structured(rest);
        check(taken && rest.empty());
        std::size_t parts = 0;
        for (SdReader reader(record.structured); const auto part = reader.next();) {
            check(part->id == JournalFields::kSdId);
            ++parts;
        }
        check(parts > 1 && parts <= all.size() + 1);
    }
    if (all.size() > 1) {
        const auto one = missing_between(all[0], all[1]);
        check(!one || read_journal_cursor(all[0]).has_value());
        check(same_entry(all[0], all[1]) == same_entry(all[1], all[0]));
    }
    return 0;
}
