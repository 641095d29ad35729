// SPDX-License-Identifier: Apache-2.0
// What a port program tells of its work: one line of numbers that add up.
#pragma once

#include <cstdint>
#include <string>

#include "relay/ring.h"
#include "syslog/lines.h"

namespace vakt::relay {

/// read = delivered + dropped + empty + queued, whenever no line is between splitter and ring.
struct Account {
    std::uint64_t read = 0;        ///< lines seen
    std::uint64_t delivered = 0;   ///< wholly written
    std::uint64_t dropped = 0;     ///< the oldest, when the ring was full
    std::uint64_t empty = 0;       ///< not sent, by contract
    std::uint64_t cut = 0;         ///< shortened; they are in the other numbers too
    std::uint64_t queued = 0;      ///< not yet written
    std::uint64_t bytes = 0;       ///< read from the source
    std::uint64_t loss_lines = 0;  ///< lines of ours, in no other number

    bool operator==(const Account&) const = default;
};

[[nodiscard]] inline Account account_of(const syslog::LineCounts& lines, const RingCounts& ring) {
    return {.read = lines.read,
            .delivered = ring.delivered,
            .dropped = ring.dropped,
            .empty = lines.empty,
            .cut = lines.cut,
            .queued = ring.queued,
            .bytes = lines.bytes,
            .loss_lines = ring.loss_lines};
}

/// "read=3 delivered=2 dropped=0 empty=1 cut=0 queued=0 bytes=31 loss_lines=0". Keys are added at
/// the end only.
[[nodiscard]] inline std::string describe(const Account& account) {
    std::string text;
    const auto add = [&text](const char* key, std::uint64_t value) {
        if (!text.empty()) text.push_back(' ');
        text.append(key).append("=").append(std::to_string(value));
    };
    add("read", account.read);
    add("delivered", account.delivered);
    add("dropped", account.dropped);
    add("empty", account.empty);
    add("cut", account.cut);
    add("queued", account.queued);
    add("bytes", account.bytes);
    add("loss_lines", account.loss_lines);
    return text;
}

}  // namespace vakt::relay
