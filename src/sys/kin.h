// SPDX-License-Identifier: Apache-2.0
// A child that is not to be left alone.
#pragma once

#include <sys/types.h>

namespace vakt::sys {

/// fork(2), and the child is killed when we end, however we end, also before it has run at all.
/// Linux: prctl(2), PR_SET_PDEATHSIG; Solaris: a process contract that may not be orphaned
/// (CT_PR_NOORPHAN). Where the system refuses that it is a child as any other. REQUIRES: one
/// thread.
[[nodiscard]] pid_t fork_kin();

}  // namespace vakt::sys
