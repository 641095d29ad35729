// SPDX-License-Identifier: Apache-2.0
// Two clients say anything to a bridge that goes on taking entries. Input: {client u8, size u16,
// message}, again and again; the highest bits of `client` say what else happens.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "test/support/bridge_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vakt;
    static std::vector<std::uint64_t> memory;
    memory.assign(bridge::Bridge::kLeastMemory / 8, 0);
    bridge::Bridge bridge(std::as_writable_bytes(std::span(memory)), {7}, 1);
    const auto origin = *bridge.source({.name = "fifo"});
    const bridge::Now now{Instant{} + std::chrono::hours(1), 1};
    std::vector<test::Listener> clients;
    for (unsigned n = 0; n < 2; ++n) clients.emplace_back(bridge, *bridge.connected({}));
    std::vector<bool> over(2);
    const std::string long_text(3000, 'y');
    for (std::uint32_t n = 0; size >= 3; ++n) {
        const std::size_t which = std::size_t{data[0]} & 1U;
        const std::size_t wanted = std::size_t{data[1]} << 8 | data[2];
        const auto what = static_cast<unsigned>(data[0]) >> 1U;
        data += 3;
        size -= 3;
        const auto length = std::min(wanted, size);
        const std::string_view message(reinterpret_cast<const char*>(data), length);
        data += length;
        size -= length;
        if (!over[which] && !bridge.message(clients[which].number(), message, now))
            over[which] = true;
        for (unsigned i = 0; i < (what & 63U); ++i)
            bridge.accept(origin,
                          test::entry_of(i % 2 == 0 ? std::to_string(n * 64 + i) : long_text,
                                         static_cast<syslog::Severity>(i % 8)),
                          now);
        bridge.distribute(now);
        if ((what & 64U) != 0) clients[which].read(wanted + 1);
        for (const auto& client : bridge.figures().clients)
            if (client.offered !=
                    client.delivered + client.filtered + client.dropped + client.queued ||
                client.granted != client.credit + client.delivered + client.gaps)
                std::abort();
    }
    for (auto& client : clients) {
        client.read();
        std::uint64_t last = 0;
        for (const auto& heard : client.heard) {
            if (heard.seq != 0 && heard.seq <= last) std::abort();
            if (heard.seq != 0) last = heard.seq;
        }
    }
    return 0;
}
