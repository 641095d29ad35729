// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "sys/sync_disk.h"

namespace vakt::sys {

void sync_disk_of(const std::string& /*path*/) { ::sync(); }

}  // namespace vakt::sys
