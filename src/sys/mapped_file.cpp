// SPDX-License-Identifier: Apache-2.0
// A file mapped shared.
#include "sys/mapped_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <ctime>
#include <utility>

#include "sys/clock.h"
#include "sys/error.h"

namespace vakt::sys {
namespace {

Fd open_or_make(const std::string& path) {
    constexpr mode_t kMode = 0600;
    return Fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kMode));
}

bool locked(const Fd& fd, std::chrono::milliseconds patience) {
    const auto until = now() + patience;
    while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || now() >= until) return false;
        const timespec pause{.tv_sec = 0, .tv_nsec = 2'000'000};
        ::nanosleep(&pause, nullptr);
    }
    return true;
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path, std::size_t size) {
    Fd fd = open_or_make(path);
    if (!fd) return last_error("open", path);
    return map(std::move(fd), path, size);
}

Result<MappedFile> MappedFile::open_alone(const std::string& path, std::size_t size,
                                          std::chrono::milliseconds patience) {
    Fd fd = open_or_make(path);
    struct stat found {};
    if (!fd || ::fstat(fd.get(), &found) != 0) return last_error("open", path);
    if (!S_ISREG(found.st_mode)) return refusal(path + " is no plain file");
    if (!locked(fd, patience)) {
        if (errno == EWOULDBLOCK)
            return Error{path + " is held by another process", {errno, std::generic_category()}};
        return last_error("lock", path);
    }
    // Only now: whoever held it may have changed it.
    if (::fstat(fd.get(), &found) != 0) return last_error("fstat", path);
    if (found.st_size != static_cast<off_t>(size) && ::ftruncate(fd.get(), 0) != 0)
        return last_error("empty", path);
    return map(std::move(fd), path, size);
}

Result<MappedFile> MappedFile::map(Fd fd, const std::string& path, std::size_t size) {
    // Room for all of it now: a store beyond a full tmpfs would be a SIGBUS.
    if (const int code = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(size)); code != 0)
        return Error{"make room in " + path, {code, std::generic_category()}};
    void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (memory == MAP_FAILED) return last_error("map", path);
    return MappedFile(std::move(fd), static_cast<std::uint8_t*>(memory), size);
}

bool MappedFile::hold(std::chrono::milliseconds patience) const { return locked(fd_, patience); }

MappedFile::MappedFile(MappedFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      memory_(std::exchange(other.memory_, nullptr)),
      size_(other.size_) {}

MappedFile::~MappedFile() {
    if (memory_ != nullptr) ::munmap(memory_, size_);
}

}  // namespace vakt::sys
