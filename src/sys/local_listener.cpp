// SPDX-License-Identifier: Apache-2.0
// Listening at a local stream socket, and who comes.
#include "sys/local_listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "sys/error.h"
#include "sys/local_socket.h"

namespace vakt::sys {
namespace {

constexpr int kBacklog = 128;

/// Beside it and never longer than it.
std::string temporary(std::string path) {
    path.back() = path.back() == '~' ? '#' : '~';
    return path;
}

/// Nothing there, or what a dead one left.
Status look_for_others(const std::string& path) {
    const auto holder = path_holder(path, SOCK_STREAM);
    if (!holder) return holder.error();
    if (*holder == PathHolder::no_socket) return refusal(path + " is there, and is no socket");
    if (*holder != PathHolder::living) return Done{};  // the new one's name takes its place
    return Error{"another process listens at " + path,
                 std::make_error_code(std::errc::address_in_use)};
}

}  // namespace

Result<Fd> listen_local(const std::string& path, const ListenRights& rights) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        errno = path.empty() ? ENOENT : ENAMETOOLONG;
        return last_error("bind", path);
    }
    if (auto alone = look_for_others(path); !alone) return alone.error();
    const auto temp = temporary(path);
    std::memcpy(address.sun_path, temp.c_str(), temp.size() + 1);
    struct stat left {};
    if (::lstat(temp.c_str(), &left) == 0 && S_ISSOCK(left.st_mode)) ::unlink(temp.c_str());
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return last_error("socket for", path);
    const auto before = ::umask(0177);
    const bool bound =
        ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::umask(before);
    if (!bound) return last_error("bind", temp);
    const auto failed = [&](const char* doing) {
        auto error = last_error(doing, path);
        ::unlink(temp.c_str());
        return error;
    };
    // NOLINTNEXTLINE(google-readability-casting): chown(2) has it so
    if (rights.group && ::chown(temp.c_str(), static_cast<uid_t>(-1), *rights.group) != 0)
        return failed("give a group to");
    if (::chmod(temp.c_str(), rights.mode) != 0) return failed("give a mode to");
    if (::listen(fd.get(), kBacklog) != 0) return failed("listen at");
    if (std::rename(temp.c_str(), path.c_str()) != 0) return failed("rename to");
    return fd;
}

}  // namespace vakt::sys
