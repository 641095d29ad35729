// SPDX-License-Identifier: Apache-2.0
// What this machine is called.
#pragma once

#include <string>

#include "base/result.h"

namespace vakt::sys {

/// gethostname(3C, 2): at most 255 bytes; empty when the system does not tell.
[[nodiscard]] std::string host_name();

/// sethostname(2, 3C). Wants CAP_SYS_ADMIN in the UTS namespace, on Solaris PRIV_SYS_ADMIN; else
/// operation_not_permitted. A name that is too long for the system: invalid_argument.
[[nodiscard]] Status name_host(const std::string& name);

}  // namespace vakt::sys
