// SPDX-License-Identifier: Apache-2.0
// Lease bytes from anyone, cut anywhere: the first byte says how; what is read is written back
// alike.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "wire/lease_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vakt::wire;
    if (size == 0) return 0;
    const std::size_t piece = data[0] == 0 ? size : data[0];
    std::span<const std::uint8_t> rest(data + 1, size - 1);
    LeaseDecoder decoder;
    while (!rest.empty()) {
        auto part = rest.first(std::min(piece, rest.size()));
        rest = rest.subspan(part.size());
        while (!part.empty()) {
            const auto taken = decoder.feed(part);
            part = part.subspan(taken);
            while (const auto message = decoder.next()) {
                std::array<std::uint8_t, kMaxLeaseMessage> bytes;
                const auto again = encode(*message, bytes);
                LeaseDecoder second;
                if (again.empty() || second.feed(again) != again.size()) std::abort();
                const auto same = second.next();
                if (!same || *same != *message) std::abort();
                (void)event_of(*message, 1, 1000);
            }
            if (taken == 0 && decoder.fault() == LeaseFault::none) std::abort();
        }
    }
    return 0;
}
