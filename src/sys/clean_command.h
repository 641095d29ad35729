// SPDX-License-Identifier: Apache-2.0
// A shell command that inherits nothing of ours that could harm it.
#pragma once

#include <sys/types.h>

#include <span>
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

/// For whom a command is run by somebody who is not them.
struct CommandOwner {
    uid_t uid = 0;
    gid_t gid = 0;
    std::span<const gid_t> groups;
    const char* const* environment = nullptr;  ///< all of it, ended by nullptr
};
/// The same for `owner`, in directory "/", and without a heap. -1: fork's errno. 126 << 8 when the
/// system does not let us become the owner: then nothing is run.
[[nodiscard]] pid_t start_clean_command_as(const CommandOwner& owner, const char* text);

/// Program `path` with one argument, clean in the same way; nothing of a shell, no heap.
[[nodiscard]] pid_t start_clean_program(const char* path, const char* argument);

}  // namespace vakt::sys
