// SPDX-License-Identifier: Apache-2.0
// /dev/pmsg0, where user space writes what shall outlive a reset in RAM.
#include "sys/pmsg.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "sys/error.h"

namespace vakt::sys {

Result<Pmsg> Pmsg::open(const std::string& path) {
    Fd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd) return last_error("open", path);
    return Pmsg(std::move(fd));
}

bool Pmsg::write(std::string_view line) const {
    for (;;) {
        const auto put = ::write(fd_.get(), line.data(), line.size());
        if (put >= 0 || errno != EINTR) return put == static_cast<ssize_t>(line.size());
    }
}

}  // namespace vakt::sys
