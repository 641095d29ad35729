// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "sys/error.h"
#include "sys/host_name.h"

namespace vakt::sys {

Status name_host(const std::string& name) {
    if (::sethostname(name.data(), name.size()) != 0) return last_error("name the machine", name);
    return Done{};
}

}  // namespace vakt::sys
