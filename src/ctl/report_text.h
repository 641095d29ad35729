// SPDX-License-Identifier: Apache-2.0
// The reset report as it is shown.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ctl/page.h"

namespace vakt::ctl {

/// What reset_report.json (report/report_json.h) says, for people. Errors: it is no JSON, or no
/// reset report of version 1; words without the file's name.
[[nodiscard]] Result<std::string> report_text(std::string_view json, const Look& look);

/// The same file for programs: as it is, but never a control character in it raw, and one newline
/// at its end. Any version, so that a newer one can be handed on.
[[nodiscard]] Result<std::string> report_json(std::string_view json);

}  // namespace vakt::ctl
