// SPDX-License-Identifier: Apache-2.0
// A plan carried out whole, or not at all.
#pragma once

#include <string>

#include "base/result.h"
#include "seed/plan.h"
#include "sys/open.h"

namespace vakt::prog {

struct ApplyPlace {
    std::string state;  ///< directory of `instance`, `pending` and the lock
    sys::Trust trust;
};

/// Brings to its end what an earlier run began and a power cut ended; in words, "" when there was
/// nothing.
[[nodiscard]] Result<std::string> finish(const ApplyPlace& place);

/// What was done, in words: every file of the plan written, or nothing, where this machine is that
/// instance already. Files are made beside their places first, directories that are missing too; a
/// file that is the same already is not touched. On an error nothing of what was there has changed.
[[nodiscard]] Result<std::string> apply(const seed::Plan& plan, const ApplyPlace& place);

}  // namespace vakt::prog
