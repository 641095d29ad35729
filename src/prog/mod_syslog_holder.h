// SPDX-License-Identifier: Apache-2.0
// A reader that the syslog daemon finds before the true one has come.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "sys/fd.h"
#include "sys/privilege.h"

namespace vakt::prog {

/// Longer than a ferrule waits for its FIFO (10 s).
inline constexpr std::chrono::seconds kHoldFifo{15};

/// Leaves a child that has the FIFO `name` in `own` open for reading, and reads nothing, for
/// kHoldFifo: Solaris' syslogd gives up a FIFO without a reader until it is told again. The child
/// is the caller's, with the caller's rights and no descriptor but the FIFO; not the answer's, so
/// nobody waits for it, and not the lock's. One at a time: while one holds it there is no second.
/// Errors: what open or fork said; a refusal for what is no FIFO.
[[nodiscard]] Status hold_fifo(const sys::Fd& own, const std::string& name,
                               const sys::Caller& caller);

}  // namespace vakt::prog
