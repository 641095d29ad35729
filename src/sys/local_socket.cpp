// SPDX-License-Identifier: Apache-2.0
// Connecting to a local stream socket without waiting.
#include "sys/local_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "sys/error.h"

namespace vakt::sys {

Result<Fd> connect_local(const std::string& path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    // An empty path would be an address that the kernel chooses.
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        errno = path.empty() ? ENOENT : ENAMETOOLONG;
        return last_error("connect", path);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd ||
        ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return last_error("connect", path);
    return fd;
}

}  // namespace vakt::sys
