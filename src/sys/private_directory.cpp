// SPDX-License-Identifier: Apache-2.0
// A directory that nobody but us looks into.
#include "sys/private_directory.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "sys/error.h"
#include "sys/fd.h"
#include "sys/open.h"

namespace vakt::sys {

Status make_private_directory(const std::string& path) {
    constexpr mode_t kMode = 0700;
    if (::mkdir(path.c_str(), kMode) == 0) {
        if (::chmod(path.c_str(), kMode) != 0) return last_error("chmod", path);  // not the umask's
    } else if (errno != EEXIST) {
        return last_error("mkdir", path);
    }
    const Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory) return last_error("open directory", path);
    const auto about = status_of(directory);
    if (about.st_uid != ::geteuid())
        return refusal(path + " belongs to another user (uid " + std::to_string(about.st_uid) +
                       ")");
    if ((about.st_mode & 07777) != kMode && ::fchmod(directory.get(), kMode) != 0)
        return last_error("chmod", path);
    return Done{};
}

}  // namespace vakt::sys
