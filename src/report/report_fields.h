// SPDX-License-Identifier: Apache-2.0
// One text out of reset_report.json.
#pragma once

#include <string>
#include <string_view>

namespace vakt::report {

/// The text of `key` in what report_json() wrote; "" where there is none. \u escapes become '?':
/// they stand for control characters. Any bytes may be asked about. A quote inside a text is always
/// escaped, so a key inside one is never taken for a key.
[[nodiscard]] std::string report_text(std::string_view json, std::string_view key);

}  // namespace vakt::report
