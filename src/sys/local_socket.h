// SPDX-License-Identifier: Apache-2.0
// Connecting to a local stream socket without waiting.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// A non-blocking connection to the socket at `path`. It is there at once or not at all: EAGAIN is
/// a server that does not accept. Errors: "connect PATH", ENAMETOOLONG above 107 bytes.
[[nodiscard]] Result<Fd> connect_local(const std::string& path);

}  // namespace vakt::sys
