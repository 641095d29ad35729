// SPDX-License-Identifier: Apache-2.0
// How often a board was reset, and why, as far as its ledger goes back.
#pragma once

#include <array>
#include <cstdint>

#include "report/ledger.h"

namespace vakt::report {

/// By Cause. The ledger is a ring: what it has overwritten is counted no more.
using ResetCounts = std::array<std::uint32_t, kCauses>;

/// Each boot that another boot follows is judged by make_report(), with the ledger alone.
[[nodiscard]] ResetCounts reset_counts(const LedgerContent& ledger);

}  // namespace vakt::report
