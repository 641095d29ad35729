// SPDX-License-Identifier: Apache-2.0
#include "sys/psinfo_solaris.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/fixed_line.h"

namespace vakt::sys {

Fd open_psinfo(pid_t pid) {
    constexpr std::size_t kPath = 48;
    FixedLine<kPath> path;
    path.put("/proc/");
    path.put(static_cast<std::uint64_t>(pid));
    path.put("/psinfo");
    char text[kPath + 1] = {};
    path.view().copy(text, kPath);
    Fd file(::open(text, O_RDONLY | O_CLOEXEC));
    if (!file && errno == ENOENT) errno = ESRCH;
    return file;
}

bool read_psinfo(const Fd& process, psinfo_t& into) {
    const auto got = ::pread(process.get(), &into, sizeof into, 0);
    if (got == static_cast<ssize_t>(sizeof into)) return true;
    if (got >= 0 || errno == ENOENT) errno = ESRCH;
    return false;
}

bool read_psinfo(pid_t pid, psinfo_t& into) {
    const Fd file = open_psinfo(pid);
    return file && read_psinfo(file, into);
}

}  // namespace vakt::sys
