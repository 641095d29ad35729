// SPDX-License-Identifier: Apache-2.0
// The files that wd_bus reads and the one that it writes.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "prog/wd_bus_options.h"
#include "wire/whole_status.h"

namespace vakt::prog {

/// RUN/reset_report.json; "" where it cannot be read. It is on a file system in memory.
[[nodiscard]] std::string read_report(const BusOptions& options);

/// Starts a child that reads STATE/ledger and replaces RUN/metrics.prom in one step: a disk that
/// hangs holds up the child. `status` nullptr: the keeper did not answer.
[[nodiscard]] Result<pid_t> write_metrics(const BusOptions& options,
                                          const wire::WholeStatus* status);

}  // namespace vakt::prog
