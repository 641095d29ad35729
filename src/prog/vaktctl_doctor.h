// SPDX-License-Identifier: Apache-2.0
// vaktctl doctor: what is wrong with an installation, each finding with its cure.
#pragma once

#include "ctl/options.h"
#include "ctl/page.h"

namespace vakt::prog {

/// Looks and prints, changes nothing, and opens no watchdog. The exit status: 0 nothing is wrong, 1
/// there are findings.
int doctor(const ctl::Options& options, const ctl::Look& look);

}  // namespace vakt::prog
