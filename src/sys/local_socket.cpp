// SPDX-License-Identifier: Apache-2.0
// Connecting to a local socket without waiting, and who has its path.
#include "sys/local_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "sys/error.h"

namespace vakt::sys {
namespace {

Result<Fd> connect_as(int type, const std::string& path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    // An empty path would be an address that the kernel chooses.
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        errno = path.empty() ? ENOENT : ENAMETOOLONG;
        return last_error("connect", path);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Fd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd ||
        ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return last_error("connect", path);
    return fd;
}

}  // namespace

Result<Fd> connect_local(const std::string& path) { return connect_as(SOCK_STREAM, path); }

Result<PathHolder> path_holder(const std::string& path, int type) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT) return PathHolder::nobody;
        return last_error("look at", path);
    }
    if (!S_ISSOCK(found.st_mode)) return PathHolder::no_socket;
    const auto connected = connect_as(type, path);
    if (connected) return PathHolder::living;
    const auto& code = connected.error().code;
    if (code == std::errc::connection_refused) return PathHolder::dead;
    if (code == std::errc::no_such_file_or_directory) return PathHolder::nobody;
    // One that does not accept just now, or of another type, is answered all the same.
    if (code == std::errc::resource_unavailable_try_again || code == std::errc::wrong_protocol_type)
        return PathHolder::living;
    return connected.error();
}

}  // namespace vakt::sys
