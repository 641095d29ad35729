// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "sys/error.h"
#include "sys/evidence.h"

namespace vakt::sys {

Result<std::uint32_t> available_share(const std::string& /*meminfo*/) {
    const long all = ::sysconf(_SC_PHYS_PAGES);
    const long available = ::sysconf(_SC_AVPHYS_PAGES);
    if (all <= 0 || available < 0) return last_error("sysconf", "_SC_AVPHYS_PAGES");
    return static_cast<std::uint32_t>(std::int64_t{available} * 10000 / all);
}

}  // namespace vakt::sys
