// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "sys/error.h"
#include "sys/host_name.h"

namespace vakt::sys {

// The parameter is no pointer to const there, and nothing is written to it.
Status name_host(const std::string& name) {
    auto own = name;
    if (::sethostname(own.data(), static_cast<int>(own.size())) != 0)
        return last_error("name the machine", name);
    return Done{};
}

}  // namespace vakt::sys
