// SPDX-License-Identifier: Apache-2.0
// A file of fixed slots, each written whole and made durable before it is relied on.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Everything here may block on a disk: never in a process that has to pet in time.
class SlotFile {
 public:
    /// Opens the file, or makes it (mode 0600) and makes its name durable. One writer at a time: a
    /// lock held by another program is resource_unavailable_try_again. A link or anything that is
    /// no plain file is refused. Errors: what open, flock, fstat or fsync said, naming the file.
    [[nodiscard]] static Result<SlotFile> open(const std::string& path);

    /// All of it, at most `most` bytes.
    [[nodiscard]] Result<std::vector<std::uint8_t>> read(std::size_t most) const;
    /// What is there from `offset` on of `room`, which it fills unless the file ends: how many
    /// bytes.
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                              std::span<std::uint8_t> room) const;

    /// Makes the file at least `size` bytes long, zeros on the disk, so that what is written within
    /// needs no new room however full the disk is by then. Errors: what write or fdatasync said;
    /// the file may be shorter then.
    [[nodiscard]] Status reserve(std::size_t size) const;

    /// Makes the file `size` bytes long with room on the disk for all of it (posix_fallocate(3)),
    /// so that no later put() finds the disk full.
    [[nodiscard]] Status resize(std::uint64_t size) const;

    /// pwrite alone, into memory that outlives us and not the system, until sync().
    [[nodiscard]] Status put(std::uint64_t offset, std::span<const std::uint8_t> bytes) const;
    /// fdatasync.
    [[nodiscard]] Status sync() const;

    /// Both; when it returns Done the bytes are on the disk. After an error any
    /// part of them may be.
    [[nodiscard]] Status write(std::uint64_t offset, std::span<const std::uint8_t> bytes) const;

 private:
    SlotFile(std::string path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
    std::string path_;
    Fd fd_;
};

}  // namespace vakt::sys
