// SPDX-License-Identifier: Apache-2.0
// How often a board was reset, and why, as far as its ledger goes back.
#include "report/reset_counts.h"

#include "report/reset_report.h"

namespace vakt::report {

ResetCounts reset_counts(const LedgerContent& ledger) {
    ResetCounts counts{};
    Findings findings;
    const Entry* last = nullptr;
    for (const auto& entry : ledger.entries) {
        if (last != nullptr && last->boot_id != entry.boot_id) {
            findings.this_boot = entry.boot_id;
            ++counts[static_cast<std::size_t>(make_report(findings).cause)];
            findings.ledger.entries.clear();  // an older boot says nothing of the next one's end
        }
        findings.ledger.entries.push_back(entry);
        last = &entry;
    }
    return counts;
}

}  // namespace vakt::report
