// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <libcontract.h>
#include <sys/contract/process.h>
#include <unistd.h>

#include <cerrno>

#include "sys/fd.h"
#include "sys/kin.h"

namespace vakt::sys {

// contract(5), process(5): the template that is active at fork(2) is the child's contract, and we
// hold it.
pid_t fork_kin() {
    const Fd blank(::open("/system/contract/process/template", O_RDWR | O_CLOEXEC));
    const bool bound = blank && ::ct_pr_tmpl_set_param(blank.get(), CT_PR_NOORPHAN) == 0 &&
                       ::ct_tmpl_set_critical(blank.get(), 0) == 0 &&
                       ::ct_tmpl_activate(blank.get()) == 0;
    const pid_t child = ::fork();
    if (bound) {
        const int code = errno;
        ::ct_tmpl_clear(blank.get());
        errno = code;
    }
    return child;
}

}  // namespace vakt::sys
