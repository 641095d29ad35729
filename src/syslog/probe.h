// SPDX-License-Identifier: Apache-2.0
// The messages that wd_keeper sends to itself, to see whether the way of a message still works.
#pragma once

#include <string_view>

#include "syslog/priority.h"

namespace vakt::syslog {

/// Their APP-NAME, by which anybody can leave them out; the bridge's black box does.
inline constexpr std::string_view kProbeApp = "vakt-probe";
/// daemon.notice, which daemons pass on that are set up as their systems ship them.
inline constexpr Pri kProbePri{3, Severity::notice};

}  // namespace vakt::syslog
