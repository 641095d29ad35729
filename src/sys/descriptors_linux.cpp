// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/descriptors.h"

namespace vakt::sys {

void close_from(int first) {
#ifdef SYS_close_range  // Linux 5.9
    if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return;
#endif
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    // A descriptor may lie above a limit that was lowered later; 65536 is where we stop believing
    // that.
    const auto end =
        limit.rlim_max > 65536 && limit.rlim_max < (1U << 20U) ? limit.rlim_max : 65536;
    for (rlim_t fd = static_cast<rlim_t>(first); fd < end; ++fd) ::close(static_cast<int>(fd));
}

}  // namespace vakt::sys
