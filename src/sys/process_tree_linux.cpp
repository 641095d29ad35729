// SPDX-License-Identifier: Apache-2.0
#include <sys/prctl.h>

#include "sys/error.h"
#include "sys/process_tree.h"

namespace vakt::sys {

Status adopt_orphans() {
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0) return Done{};
    return last_error("PR_SET_CHILD_SUBREAPER", "of ourselves");
}

}  // namespace vakt::sys
