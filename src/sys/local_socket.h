// SPDX-License-Identifier: Apache-2.0
// Connecting to a local socket without waiting, and who has its path.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// A non-blocking connection to the socket at `path`. It is there at once or not at all: EAGAIN is
/// a server that does not accept. Errors: "connect PATH", ENAMETOOLONG above 107 bytes.
[[nodiscard]] Result<Fd> connect_local(const std::string& path);

/// Who has a path at which somebody wants to make a socket.
enum class PathHolder {
    nobody,
    dead,      ///< a socket that nobody answers: its file alone is left
    living,    ///< a socket that is answered, of whatever type
    no_socket  ///< anything else, a symbolic link to a socket too
};
/// By a connection of `type` (SOCK_STREAM, SOCK_DGRAM), which is given up at once. Errors: where
/// that cannot be told, "look at PATH" or "connect PATH".
[[nodiscard]] Result<PathHolder> path_holder(const std::string& path, int type);

}  // namespace vakt::sys
