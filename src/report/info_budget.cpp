// SPDX-License-Identifier: Apache-2.0
// How many entries that judge nothing the ledger takes.
#include "report/info_budget.h"

#include <algorithm>

#include "base/fixed_line.h"

namespace vakt::report {

bool InfoBudget::take(Entry& entry) {
    if (entry.kind != Kind::info && entry.kind != Kind::snoozed) return true;
    const auto now = std::max(entry.uptime_ms, since_);
    const auto earned = (now - since_) / kMinute;
    since_ += earned * kMinute;
    left_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(kAtOnce, left_ + earned));
    if (left_ == 0) {
        ++left_out_;
        return false;
    }
    --left_;
    if (left_out_ != 0) {
        FixedLine<157> text;
        text.put(entry.text.view().substr(0, 110));
        text.put(" (before it ");
        text.put(left_out_);
        text.put(" more, not written)");
        entry.text = text.view();
        left_out_ = 0;
    }
    return true;
}

}  // namespace vakt::report
