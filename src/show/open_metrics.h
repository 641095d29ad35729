// SPDX-License-Identifier: Apache-2.0
// What the keeper knows as OpenMetrics text, for whoever collects text files.
#pragma once

#include <optional>
#include <string>

#include "report/reset_counts.h"
#include "wire/whole_status.h"

namespace vakt::show {

/// What is known when the file is written.
struct Known {
    const wire::WholeStatus* status = nullptr;    ///< nullptr: the keeper did not answer
    std::optional<report::ResetCounts> resets{};  ///< none: the ledger cannot be read
    std::string last_cause{};                     ///< of reset_report.json; "": there is none
    std::string last_confidence{};
};

/// The whole text, "# EOF" included (OpenMetrics 1.0, "Text format"). wd_bus(8) lists the names.
/// Times are seconds; what is left or past is reckoned from the status's own now. What never comes
/// or is not known has no sample.
[[nodiscard]] std::string open_metrics(const Known& known);

}  // namespace vakt::show
