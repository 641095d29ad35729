// SPDX-License-Identifier: Apache-2.0
#include "sys/host_name.h"

#include <unistd.h>

#include <array>

namespace vakt::sys {

std::string host_name() {
    // A name that is cut need not have its end.
    std::array<char, 257> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace vakt::sys
