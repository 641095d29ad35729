// SPDX-License-Identifier: Apache-2.0
// A shell command that inherits nothing of ours that could harm it.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace vakt::sys {

/// Starts `/bin/sh -c TEXT`, as system(3) does, but in a session of its own and clean: normal
/// scheduling, no negative nice value, oom_score_adj 0, every signal at its default and none
/// blocked, standard input /dev/null, standard output and error ours and blocking, no other
/// descriptor. It is our child and outlives us. What of this the system refuses (no /proc, say) is
/// left as it is: the command is run all the same. wait(2) tells of its end: 127 << 8 when /bin/sh
/// could not be run.
[[nodiscard]] Result<pid_t> start_clean_command(const std::string& text);

}  // namespace vakt::sys
