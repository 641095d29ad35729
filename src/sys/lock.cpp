// SPDX-License-Identifier: Apache-2.0
// A lock file that also holds a small record.
#include "sys/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "sys/clock.h"
#include "sys/error.h"

namespace vakt::sys {

Result<Lock> Lock::take(const Fd& dir, const std::string& name, const Trust& trust,
                        std::chrono::milliseconds patience) {
    const auto seen = look(dir, name);
    if (!seen) return seen.error();
    if (*seen && !S_ISREG((*seen)->st_mode)) return refusal(name + " is not a regular file");
    Fd file(::openat(dir.get(), name.c_str(),
                     O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600));
    if (!file) return last_error("open", name);
    const auto status = status_of(file);
    if (!S_ISREG(status.st_mode)) return refusal(name + " is not a regular file");
    if (status.st_uid != 0 && status.st_uid != trust.uid)
        return refusal(name + " belongs to uid " + std::to_string(status.st_uid));
    if ((status.st_mode & 077U) != 0)
        return refusal(name + " may be opened by others (chmod 0600)");
    if (status.st_nlink != 1) return refusal(name + " has more than one name");

    const auto until = now() + patience;
    while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return last_error("lock", name);
        if (now() >= until) return refusal("lock " + name + ": another run has held it too long");
        const timespec pause{.tv_sec = 0, .tv_nsec = 5'000'000};
        ::nanosleep(&pause, nullptr);
    }
    return Lock(std::move(file));
}

Result<std::string> Lock::read(std::size_t limit) const {
    std::string text(limit, '\0');
    const auto got = ::pread(file_.get(), text.data(), text.size(), 0);
    if (got < 0) return last_error("read", "the lock file");
    text.resize(static_cast<std::size_t>(got));
    return text;
}

Status Lock::write(std::string_view text) const {
    const auto wrote = ::pwrite(file_.get(), text.data(), text.size(), 0);
    if (wrote < 0) return last_error("write", "the lock file");
    if (static_cast<std::size_t>(wrote) != text.size()) {
        errno = ENOSPC;
        return last_error("write", "the lock file");
    }
    return Done{};
}

}  // namespace vakt::sys
