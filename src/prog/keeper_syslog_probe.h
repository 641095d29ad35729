// SPDX-License-Identifier: Apache-2.0
// Whether a message to the system's log still comes out of the bridge.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"

namespace vakt::prog {

/// Logs one message to the datagram socket `log` (daemon.notice, APP-NAME vakt-probe, its text a
/// word that was never logged before), as a client of the bridge at socket `bridge`, and waits for
/// it to come, `patience` in all. Good when it did, whoever is between the two. Errors: what the
/// system or the bridge said; a refusal that tells how far it came.
[[nodiscard]] Status syslog_round_trip(const std::string& log, const std::string& bridge,
                                       std::chrono::milliseconds patience);

}  // namespace vakt::prog
