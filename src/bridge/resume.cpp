// SPDX-License-Identifier: Apache-2.0
// Where a client goes on, and what it missed meanwhile.
#include "bridge/resume.h"

#include <algorithm>

namespace vakt::bridge {

using relay::Lane;
using relay::Lanes;
using relay::Reader;
using syslog::Gap;
using syslog::Loss;

Resumed resume_after_boot(const Lanes& lanes) {
    return {Reader::at_oldest(lanes), Gap{.reason = Loss::restart}};
}

Resumed resume_behind(const Lanes& lanes, std::uint64_t seq, bool takes_all) {
    const auto& head = lanes.head();
    if (seq >= lanes.next_seq()) return resume_after_boot(lanes);  // of a memory that is no more
    Resumed resumed{Reader::behind(lanes, seq), std::nullopt};
    const auto all = lanes.next_seq() - 1 - seq;
    const auto kept = lanes.total(Lane::urgent) + lanes.total(Lane::other) - resumed.reader.index();
    if (all == kept) return resumed;

    Gap gap{.reason = Loss::overrun, .from = seq + 1};
    auto reader = resumed.reader;
    for (auto front = reader.front(lanes);
         front.record != nullptr && relay::kept_seq(front.record) == gap.from;
         front = reader.front(lanes)) {
        ++gap.from;
        reader.pass(front);
    }
    gap.to = std::ranges::max(head.dropped);
    if (seq + 1 < head.begin) {
        gap.reason = Loss::restart;
        gap.to = std::max(gap.to, head.begin - 1);
    } else if (takes_all && head.dropped_gap <= seq) {
        gap.count = all - kept;
    }
    resumed.missing = gap;
    return resumed;
}

}  // namespace vakt::bridge
