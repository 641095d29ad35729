// SPDX-License-Identifier: Apache-2.0
// Any bytes as a black box: what is read can be written back, and a writer goes on from it.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/bytes.h"
#include "base/crc32.h"
#include "report/black_box.h"

using namespace vakt;
using namespace vakt::report;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

void try_file(std::span<const std::uint8_t> file) {
    constexpr std::size_t kMost = 20;
    BoxReader reader(kMost);
    reader.feed(file);
    const auto lines = reader.lines();
    must(lines.size() <= 2 * kMost);
    must(std::is_sorted(lines.begin(), lines.end(),
                        [](const auto& a, const auto& b) { return a.serial < b.serial; }));
    const auto shape = read_box_header(file);
    if (shape) {
        const auto header = box_header(*shape);
        must(std::equal(header.begin(), header.end(), file.begin()));
    }
    const auto its = BoxShape::of(file.size());
    BoxPlacer placer(its);
    for (std::uint32_t at = 0; at < its.slots; ++at) {
        const auto start = (std::size_t{at} + 1) * kBoxSlot;
        if (start + kBoxSlot > file.size()) break;
        if (const auto found = read_box_slot(file.subspan(start, kBoxSlot)))
            placer.found(at, *found);
    }
    for (const auto& one : lines) {
        auto slot = box_slot(one.line);
        const auto at = placer.place(slot);
        must(at >= kBoxSlot && at + kBoxSlot <= its.size());
        const auto back = read_box_slot(slot);
        must(back && back->line == one.line);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try_file({data, size});
    // Once more with every checksum right, so that the fields behind it are met too.
    std::vector<std::uint8_t> file(data, data + size);
    for (std::size_t at = 0; at + kBoxSlot <= file.size(); at += kBoxSlot) {
        const auto slot = std::span(file).subspan(at, kBoxSlot);
        put_big_endian(slot.data() + kBoxSlot - 4, 4, crc32(slot.first(kBoxSlot - 4)));
    }
    try_file(file);
    return 0;
}
