// SPDX-License-Identifier: Apache-2.0
// A file mapped shared: what is written there outlives us, and waits for no disk.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

class MappedFile {
 public:
    /// Opens or makes `path` (0600) with room for `size` bytes; a link is not followed.
    [[nodiscard]] static Result<MappedFile> open(const std::string& path, std::size_t size);

    /// The same for the one process that hold()s it, and of exactly `size` bytes: a file
    /// of another size becomes one of zeros. Whoever holds it is waited for as long as `patience`:
    /// one that was killed lets go a moment later. Errors: "PATH is held by another process"
    /// (EWOULDBLOCK), and "make room in PATH" when its file system is full; then what was there
    /// may be gone.
    [[nodiscard]] static Result<MappedFile> open_alone(const std::string& path, std::size_t size,
                                                       std::chrono::milliseconds patience);

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&&) = delete;
    ~MappedFile();

    [[nodiscard]] std::span<std::uint8_t> bytes() const { return {memory_, size_}; }
    [[nodiscard]] const Fd& file() const { return fd_; }

    /// Whether we are the one process that holds it (flock(2)), after so long at the latest.
    [[nodiscard]] bool hold(std::chrono::milliseconds patience) const;

 private:
    MappedFile(Fd fd, std::uint8_t* memory, std::size_t size)
        : fd_(std::move(fd)), memory_(memory), size_(size) {}
    [[nodiscard]] static Result<MappedFile> map(Fd fd, const std::string& path, std::size_t size);

    Fd fd_;
    std::uint8_t* memory_;
    std::size_t size_;
};

}  // namespace vakt::sys
