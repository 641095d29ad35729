// SPDX-License-Identifier: Apache-2.0
// What the board's life may depend on beyond beats: named, each with its own freshness and grace.
#pragma once

#include <algorithm>

#include "keeper/names.h"

namespace vakt::keeper {

/// A row of keeper.conf; none is there unless it is asked for. What is probed, and how, is the
/// program's (a child does it): root file system read, root file system write, memory pressure.
struct EvidenceRule {
    Name name{};
    Duration freshness = std::chrono::seconds(60);  ///< a good answer is believed so long
    Duration grace = std::chrono::seconds(60);      ///< then so long until the reset; over 10 s

    bool operator==(const EvidenceRule&) const = default;
};

/// One piece of evidence. It has a deadline of the same shape as a lease's: D = last good answer +
/// freshness + grace, the last 10 s of which belong to the system's rungs. It is asked for every
/// half freshness, never twice at once: a probe that hangs is an answer that does not come.
struct Evidence {
    EvidenceRule rule;
    Instant good = kNever;  ///< the last good answer
    Instant asked{};        ///< the last question
    bool asking = false;    ///< no answer to it yet
    bool warned = false;

    Evidence() = default;
    /// Taken for good when it starts, and asked for at once.
    Evidence(const EvidenceRule& its, Instant start)
        : rule(its), good(start), asked(start - its.freshness / 2) {}

    void answered(Instant now, bool well) {
        asking = false;
        if (!well) return;
        // A good answer is as old as its question: it may have waited long in between.
        good = std::max(good, std::min(asked, now));
        warned = false;
    }
    [[nodiscard]] Instant ask_at() const { return asking ? kNever : asked + rule.freshness / 2; }
    [[nodiscard]] Instant stale_at() const { return good + rule.freshness; }
    [[nodiscard]] Instant deadline() const { return stale_at() + rule.grace; }
};

}  // namespace vakt::keeper
