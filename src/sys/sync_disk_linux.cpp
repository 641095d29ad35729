// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include "sys/fd.h"
#include "sys/sync_disk.h"

namespace vakt::sys {

void sync_disk_of(const std::string& path) {
    const Fd dir(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (dir) static_cast<void>(::syncfs(dir.get()));
}

}  // namespace vakt::sys
