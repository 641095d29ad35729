// SPDX-License-Identifier: Apache-2.0
// The bridge's account as OpenMetrics text: the same numbers.
#pragma once

#include <string>
#include <string_view>

namespace vakt::show {

/// `account`: lines of a subject, for some subjects a name, and key=value pairs (bridge/account.h).
/// Each key of a subject is one family, vakt_bridge_SUBJECT_KEY, and each line with it a sample of
/// it; the subject's name and what is no number of records is a label. What is not written so is
/// passed over. "# EOF" included.
[[nodiscard]] std::string bridge_metrics(std::string_view account);

}  // namespace vakt::show
