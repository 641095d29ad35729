// SPDX-License-Identifier: Apache-2.0
// The keeper's status, for people and for programs.
#pragma once

#include <string>

#include "ctl/page.h"
#include "wire/whole_status.h"

namespace vakt::ctl {

/// One screen: the board, who is about to reset it, leases with a bar of silence against timeout,
/// watchdogs, evidence, the keeper itself.
[[nodiscard]] std::string status_text(const wire::WholeStatus& status, const Look& look);

/// One line of JSON and a newline; its keys are those of vaktctl(1) and of vakt:status/0.
[[nodiscard]] std::string status_json(const wire::WholeStatus& status);

}  // namespace vakt::ctl
