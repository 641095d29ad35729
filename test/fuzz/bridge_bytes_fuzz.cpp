// SPDX-License-Identifier: Apache-2.0
// Any bytes as a message to or from the bridge: what is read is written again as the same bytes,
// and a filter is asked about what it may be asked.
#include <cstdint>
#include <cstdlib>

#include "wire/bridge_bytes.h"
#include "wire/record_bytes.h"

namespace {

using namespace vakt;

void check(bool holds) {
    if (!holds) std::abort();
}

void ask(const relay::Filter& filter, std::string_view text) {
    syslog::Entry entry{.record = {.text = text}};
    const bool without = filter.passes(entry);
    check(without || !filter.any_of.empty());
    entry.record.pri = syslog::Pri(2);
    check(filter.passes(entry) || filter.strict);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto to = wire::parse_to_bridge(bytes);
    const auto from = wire::parse_from_bridge(bytes);
    check(!to || !from);
    if (to) {
        check(size <= wire::kLongestToBridge && wire::encode(*to).substr(4) == bytes);
        if (const auto* open = std::get_if<wire::Open>(&*to)) ask(open->filter, bytes);
        if (const auto* narrow = std::get_if<wire::Narrow>(&*to)) ask(narrow->filter, bytes);
    }
    if (from) {
        check(wire::encode(*from).substr(4) == bytes);
        if (const auto* batch = std::get_if<wire::Batch>(&*from))
            for (auto rest = batch->records; wire::take_record(rest);) {
            }
    }
    return 0;
}
