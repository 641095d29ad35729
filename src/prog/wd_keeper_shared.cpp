// SPDX-License-Identifier: Apache-2.0
// A file mapped shared.
#include "prog/wd_keeper_shared.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <utility>

#include "sys/error.h"

namespace vakt::prog {

Result<SharedFile> SharedFile::open(const std::string& path, std::size_t size) {
    constexpr mode_t kMode = 0600;
    sys::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kMode));
    if (!fd) return sys::last_error("open", path);
    // Room for all of it now: a store beyond a full tmpfs would be a SIGBUS.
    if (const int code = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(size)); code != 0)
        return Error{"make room in " + path, {code, std::generic_category()}};
    void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (memory == MAP_FAILED) return sys::last_error("map", path);
    return SharedFile(std::move(fd), static_cast<std::uint8_t*>(memory), size);
}

SharedFile::SharedFile(SharedFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      memory_(std::exchange(other.memory_, nullptr)),
      size_(other.size_) {}

SharedFile::~SharedFile() {
    if (memory_ != nullptr) ::munmap(memory_, size_);
}

}  // namespace vakt::prog
