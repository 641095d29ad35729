// SPDX-License-Identifier: Apache-2.0
// Any bytes as the file of what was told: what is read is written back the same, and is bounded.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "report/told_records.h"

using namespace vakt;
using namespace vakt::report;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

constexpr std::string_view kName = "dmesg-ramoops-0";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto told = read_told(text);
    must(told.size() <= kMostTold);
    must(read_told(text_of(told)) == told);

    // And as the file of slots, whose newest one is followed by another.
    const auto newest = read_slots(text);
    must(newest.told.size() <= kMostTold);
    const auto slot = slot_of({newest.number + 1, told});
    must(slot.size() == kToldSlot);
    must(read_slots(slot).told == told && read_slots(slot).number == newest.number + 1);

    // The same bytes as a record: what this boot tells of is told by the next one no more.
    const BootId this_boot{7};
    const BootId next_boot{8};
    PstoreFile record;
    record.name = kName;
    record.bytes = text;
    const auto now = told_with({record}, told, this_boot);
    must(!now.empty() && now.size() <= kMostTold);
    std::vector<PstoreFile> files{record};
    mark_told(files, now, next_boot);
    must(files.front().told || now.back().boot == next_boot);
    return 0;
}
