// SPDX-License-Identifier: Apache-2.0
// Any bytes as records behind each other: each part lies within them, and what is read is written
// again as the same bytes.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "wire/record_bytes.h"

namespace {

using namespace vakt;

void check(bool holds) {
    if (!holds) std::abort();
}

void lies_within(std::string_view part, std::string_view bytes) {
    check(part.empty() || (part.data() >= bytes.data() &&
                           part.data() + part.size() <= bytes.data() + bytes.size()));
}

std::size_t written(const wire::StampedEntry& taken, std::string_view bytes,
                    std::span<unsigned char> room) {
    auto entry = taken.entry;
    const auto& record = entry.record;
    for (const auto part : {record.host, record.app, record.pid, record.msgid, record.structured,
                            record.text, entry.raw, entry.unit})
        lies_within(part, bytes);
    if (taken.time_is_ours) entry.record.time_ns.reset();
    return wire::put_entry(entry, taken.stamp, room);
}
std::size_t written(const wire::StampedGap& taken, std::string_view bytes,
                    std::span<unsigned char> room) {
    lies_within(taken.gap.words, bytes);
    return wire::put_gap(taken.gap, taken.stamp, room);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static std::vector<unsigned char> room(wire::kLongestRecord);
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    while (true) {
        const auto before = rest;
        const auto read = wire::take_record(rest);
        if (!read) {
            check(rest.data() == before.data() && rest.size() == before.size());
            return 0;
        }
        const auto bytes = before.substr(0, before.size() - rest.size());
        const auto again =
            std::visit([&](const auto& taken) { return written(taken, bytes, room); }, *read);
        check(again == bytes.size() && std::memcmp(room.data(), bytes.data(), again) == 0);
    }
}
