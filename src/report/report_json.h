// SPDX-License-Identifier: Apache-2.0
// The reset report as JSON, the way it stands in reset_report.json.
#pragma once

#include <string>
#include <string_view>

#include "report/reset_report.h"

namespace vakt::report {

/// Version 1: one line, a newline behind it, no blanks, these keys in this order. It is valid UTF-8
/// (RFC 8259) whatever the report holds: broken bytes become '?', control characters \u00XX.
///
///   version        1; another number where keys change their meaning or go
///   this_boot      boot id of the boot that made the report, "01234567-89ab-..." in lower case
///   boot           boot id of the boot that ended, null where nothing names it
///   cause          name_of(Cause): why it ended
///   confidence     "low", "medium", "high"
///   lease          whose VM it was about, "" for the board itself
///   text           what was noted before the end, for people; "" if nothing was
///   noted_at_ns    when that was, nanoseconds since the epoch by the clock it then had, or null
///   beat_age_ms    how long the last good beat was then ago, milliseconds, or null
///   boots          boots counted up to the one that ended; 0 where there is no ledger
///   failed_boots   how many of them failed one after the other, the one that ended included
///   evidence       array of sentences, the strongest first; "but ..." contradicts the cause
///   last_lines     array of the last lines logged before the end, oldest first
[[nodiscard]] std::string report_json(const Report& report, const BootId& this_boot);

/// Whether such a text was made in this boot. Any bytes may be asked about.
[[nodiscard]] bool is_report_of(std::string_view json, const BootId& this_boot);

}  // namespace vakt::report
