// SPDX-License-Identifier: Apache-2.0
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

#include "sys/kin.h"

namespace vakt::sys {

pid_t fork_kin() {
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // It may have ended before that.
    if (::getppid() != parent) ::_exit(0);
    return 0;
}

}  // namespace vakt::sys
