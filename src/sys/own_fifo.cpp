// SPDX-License-Identifier: Apache-2.0
// A FIFO of our own in a directory that others may write too (/tmp).
#include "sys/own_fifo.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <cerrno>

#include "sys/error.h"

namespace vakt::sys {
namespace {

constexpr mode_t kMode = 0600;

Status judge(const struct stat& about, const std::string& path) {
    if (!S_ISFIFO(about.st_mode)) return refusal(path + " is there, and is no FIFO");
    if (about.st_uid != ::geteuid())
        return refusal(path + " belongs to another user (uid " + std::to_string(about.st_uid) +
                       ")");
    return Done{};
}

}  // namespace

Status make_own_fifo(const std::string& path) {
    if (::mkfifo(path.c_str(), kMode) != 0 && errno != EEXIST) return last_error("mkfifo", path);
    struct stat about = {};
    if (::lstat(path.c_str(), &about) != 0) return last_error("lstat", path);
    if (auto good = judge(about, path); !good) return good;
    // One that is just made has what the umask left.
    if ((about.st_mode & 07777) != kMode && ::chmod(path.c_str(), kMode) != 0)
        return last_error("chmod", path);
    return Done{};
}

Result<OpenFifo> open_own_fifo(const std::string& path, int access) {
    // Looked at before: opening a device might do something.
    struct stat about = {};
    if (::lstat(path.c_str(), &about) != 0) return last_error("open", path);
    if (auto good = judge(about, path); !good) return good.error();
    Fd fd(::open(path.c_str(), access | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) return last_error("open", path);
    if (::fstat(fd.get(), &about) != 0) return last_error("fstat", path);
    if (auto good = judge(about, path); !good) return good.error();
    return OpenFifo{std::move(fd), {about.st_dev, about.st_ino}};
}

std::optional<FileIdentity> file_at(const std::string& path) {
    struct stat about = {};
    if (::lstat(path.c_str(), &about) != 0) return std::nullopt;
    return FileIdentity{about.st_dev, about.st_ino};
}

void unlink_own(const std::string& path, const FileIdentity& identity) {
    if (file_at(path) == identity) ::unlink(path.c_str());
}

bool has_reader(int fd) {
    pollfd pipe = {fd, POLLOUT, 0};
    return ::poll(&pipe, 1, 0) >= 0 && (pipe.revents & (POLLERR | POLLNVAL)) == 0;
}

}  // namespace vakt::sys
