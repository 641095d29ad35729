// SPDX-License-Identifier: Apache-2.0
// Any bytes as a ledger file: what is read can be written back, and a writer goes on from it.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/bytes.h"
#include "base/crc32.h"
#include "report/ledger.h"
#include "report/pmsg_note.h"

using namespace vakt;
using namespace vakt::report;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

void try_file(std::span<const std::uint8_t> file) {
    const auto content = read_ledger(file);
    must(content.entries.size() + content.damaged <= kSlots);
    for (const auto& entry : content.entries) {
        const auto slot = encode(entry);
        const auto at = entry.sequence % kSlots * kSlotSize;
        must(std::equal(slot.begin(), slot.end(), file.begin() + static_cast<std::ptrdiff_t>(at)));
        must(read_pmsg(PmsgLine(entry).view()).size() <= 1);
    }
    LedgerWriter writer(content.entries, BootId{7});
    const auto write = writer.add(Entry{});
    must(decode(write.bytes) == write.entry);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try_file({data, size});
    // Once more with every checksum right, so that the fields behind it are met too.
    std::vector<std::uint8_t> file(data, data + size);
    for (std::size_t at = 0; at + kSlotSize <= file.size(); at += kSlotSize) {
        const auto slot = std::span(file).subspan(at, kSlotSize);
        put_big_endian(slot.data() + kSlotSize - 4, 4, crc32(slot.first(kSlotSize - 4)));
    }
    try_file(file);
    return 0;
}
