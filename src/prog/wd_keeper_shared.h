// SPDX-License-Identifier: Apache-2.0
// A file mapped shared: what is written there outlives us, and waits for no disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::prog {

class SharedFile {
 public:
    /// Opens or makes `path` (0600) with room for `size` bytes; a link is not followed.
    [[nodiscard]] static Result<SharedFile> open(const std::string& path, std::size_t size);

    SharedFile(SharedFile&& other) noexcept;
    SharedFile& operator=(SharedFile&&) = delete;
    ~SharedFile();

    [[nodiscard]] std::span<std::uint8_t> bytes() const { return {memory_, size_}; }
    [[nodiscard]] const sys::Fd& file() const { return fd_; }

 private:
    SharedFile(sys::Fd fd, std::uint8_t* memory, std::size_t size)
        : fd_(std::move(fd)), memory_(memory), size_(size) {}

    sys::Fd fd_;
    std::uint8_t* memory_;
    std::size_t size_;
};

}  // namespace vakt::prog
