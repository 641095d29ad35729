// SPDX-License-Identifier: Apache-2.0
// A bridge's memory with any bytes in it: it is taken over or begun anew, nothing outside is read,
// and what comes then is numbered and given. The input is a list of changes {place u24, byte u8} to
// a memory that is whole; places are bent towards what has a meaning.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "relay/store_memory.h"
#include "test/support/bridge_case.h"

namespace {

using namespace vakt;

constexpr report::BootId kBoot = {7};

void say(bridge::Bridge& bridge, bridge::Origin origin, std::size_t count, std::size_t size) {
    const std::string text(size, 'x');
    for (std::size_t n = 0; n < count; ++n) {
        const auto its = std::to_string(n) + text;
        bridge.accept(origin, test::entry_of(its, static_cast<syslog::Severity>(n % 8)),
                      {Instant{} + std::chrono::hours(1), 1}, n % 3 == 0 ? "cursor" : "");
    }
}

const std::vector<std::uint64_t>& whole_memory() {
    static const auto made = [] {
        std::vector<std::uint64_t> memory(bridge::Bridge::kLeastMemory / 8);
        bridge::Bridge bridge(std::as_writable_bytes(std::span(memory)), kBoot, 1);
        const auto origin = *bridge.source({.name = "fifo"});
        bridge.lost(origin, {.count = 3}, {});
        say(bridge, origin, 40, 100);
        say(bridge, origin, 1, 60000);
        return memory;
    }();
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static std::vector<std::uint64_t> memory;
    memory = whole_memory();
    const auto bytes = std::as_writable_bytes(std::span(memory));
    constexpr auto kWords = sizeof(relay::StoreTables);
    for (; size >= 4; data += 4, size -= 4) {
        const std::size_t place = std::size_t{data[0]} << 16 | std::size_t{data[1]} << 8 | data[2];
        const std::size_t at = data[0] < 64    ? place % 160          // head, first source
                               : data[0] < 128 ? kWords + place % 64  // words of the segments
                               : data[0] < 192 ? kWords + 64 + place % 8192  // first records
                                               : place * 4;
        bytes[at % bytes.size()] = static_cast<std::byte>(data[3]);
    }
    bridge::Bridge bridge(bytes, kBoot, 1000);
    const auto origin = bridge.source({.name = "new"});
    if (origin) say(bridge, *origin, 20, 2000);
    bridge.tick({Instant{} + std::chrono::hours(2), 1});
    test::Listener client(bridge, *bridge.connected({}));
    if (!client.open({.from = wire::From::after, .boot_id = kBoot, .seq = 5}, 100000)) std::abort();
    for (std::size_t before = ~std::size_t{0}; before != client.heard.size();) {
        before = client.heard.size();
        bridge.distribute({});
        client.read();
    }
    std::uint64_t last = 0;
    for (const auto& heard : client.heard) {
        if (heard.seq != 0 && heard.seq <= last) std::abort();
        if (heard.seq != 0) last = heard.seq;
    }
    if (bridge.account().empty()) std::abort();
    return 0;
}
