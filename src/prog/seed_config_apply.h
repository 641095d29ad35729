// SPDX-License-Identifier: Apache-2.0
// A plan carried out whole, or not at all.
#pragma once

#include <string>

#include "base/result.h"
#include "seed/plan.h"
#include "sys/open.h"

namespace vakt::prog {

struct ApplyPlace {
    std::string state;  ///< directory of the notes and the lock
    sys::Trust trust;
};

struct SeedTold {
    std::string words;
    bool is_bad = false;  ///< the machine is not, or not wholly, as it was to be
};

/// Brings to its end what an earlier run began and a power cut ended, or takes it back where no
/// file was to be put in place yet or any more; "" when there was nothing to finish. What cannot be
/// done now and may be later (seed/pending.h: may_pass) stays for the next run; what never can be
/// is given up, so that it stands in no other seed's way.
[[nodiscard]] Result<SeedTold> finish(const ApplyPlace& place);

/// What was done, in words: every file of the plan written, or nothing, where this machine is that
/// instance already. Files are made beside their places first, directories that are missing too; a
/// file that is the same already is not touched. On an error nothing of what was there has changed.
[[nodiscard]] Result<SeedTold> apply(const seed::Plan& plan, const ApplyPlace& place);

}  // namespace vakt::prog
