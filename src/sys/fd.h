// SPDX-License-Identifier: Apache-2.0
// A descriptor with an owner.
#pragma once

#include <unistd.h>

#include <utility>

namespace vakt::sys {

/// Closes what it owns, once, and nothing more.
class Fd {
 public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Fd() {
        if (fd_ >= 0) ::close(fd_);  // not retried on EINTR: Linux has already let it go
    }

    [[nodiscard]] int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

 private:
    int fd_ = -1;
};

}  // namespace vakt::sys
