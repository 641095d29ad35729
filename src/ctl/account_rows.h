// SPDX-License-Identifier: Apache-2.0
// The bridge's account (bridge/account.h), read, checked and shown.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ctl/page.h"

namespace vakt::ctl {

/// "source fifo kind=fifo received=3": `row` is source, `name` is fifo. Keys that nobody here knows
/// are kept like any other.
struct AccountRow {
    std::string row;
    std::string name;  ///< "" where it has none
    std::vector<std::pair<std::string, std::string>> cells;
    bool operator==(const AccountRow&) const = default;
};

[[nodiscard]] std::vector<AccountRow> account_rows(std::string_view text);

/// What does not hold, one line each:
///
///   ring     next - begin = kept + dropped, kept = urgent + other
///   source   received = accepted + folded + held_back + withheld
///   client   offered = delivered + filtered + dropped + queued, granted = credit + delivered +
///   gaps
///
/// A sum of which a number is missing is not asked about.
[[nodiscard]] std::vector<std::string> broken_sums(const std::vector<AccountRow>& rows);

/// A row each; what was lost, dropped or refused stands out.
[[nodiscard]] std::string account_text(const std::vector<AccountRow>& rows, const Look& look);

/// One line of JSON and a newline, for vaktctl(1).
[[nodiscard]] std::string account_json(const std::vector<AccountRow>& rows,
                                       const std::vector<std::string>& broken);

}  // namespace vakt::ctl
