// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <climits>

#include "sys/error.h"
#include "sys/process.h"

namespace vakt::sys {

// proc(5): path/a.out is a symbolic link to the name, object/a.out the file itself; both want its
// owner or root.
Result<std::string> executable_of(pid_t pid) {
    const auto path = "/proc/" + std::to_string(pid) + "/path/a.out";
    std::string target(PATH_MAX, '\0');
    const auto size = ::readlink(path.c_str(), target.data(), target.size());
    if (size < 0) return last_error("readlink", path);
    target.resize(static_cast<std::size_t>(size));
    return target;
}

Result<struct stat> status_of_executable(pid_t pid) {
    const auto path = "/proc/" + std::to_string(pid) + "/object/a.out";
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return last_error("stat", path);
    return status;
}

}  // namespace vakt::sys
