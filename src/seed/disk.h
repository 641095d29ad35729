// SPDX-License-Identifier: Apache-2.0
// The files of a small read-only disk, read without the kernel's file systems: nothing is mounted,
// a board needs no driver for what it reads once, and a disk made to harm meets code that runs
// under sanitizers in the tests.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vakt::seed {

/// `size` bytes from `offset` of the disk; fewer where it ends.
using ReadAt = std::function<Result<std::string>(std::uint64_t offset, std::size_t size)>;

inline constexpr std::size_t kMaxFile = 256UL * 1024;

/// A file of the root directory, at most kMaxFile bytes; nullopt when there is none of this name.
/// Names are compared without regard to case.
using ReadFile = std::function<Result<std::optional<std::string>>(std::string_view name)>;

/// A volume and its files. `file` holds on to the ReadAt that it was opened with.
struct Volume {
    std::string kind;   ///< "iso9660", "vfat"
    std::string label;  ///< without the blanks at its end
    ReadFile file;
};

/// ISO 9660 (ECMA-119), with the long names of Rock Ridge or Joliet. nullopt: no such disk, or one
/// that cannot be read so far.
[[nodiscard]] std::optional<Volume> open_iso(const ReadAt& read);
/// FAT12, FAT16 or FAT32 with long names (Microsoft's FAT specification of 2000).
[[nodiscard]] std::optional<Volume> open_fat(const ReadAt& read);

/// Whichever it is, if its label is `cidata`, in capital letters or small ones.
[[nodiscard]] std::optional<Volume> open_seed_disk(const ReadAt& read);

// ---- for the readers ----

/// Numbers as they lie on the disk, the low byte first. REQUIRES: the bytes are there.
[[nodiscard]] std::uint32_t little_16(std::string_view bytes, std::size_t at);
[[nodiscard]] std::uint32_t little_32(std::string_view bytes, std::size_t at);
[[nodiscard]] bool same_name(std::string_view one, std::string_view other);
/// Without the blanks and zeros at its end.
[[nodiscard]] std::string without_blanks(std::string_view text);
/// Exactly `size` bytes, or an error.
[[nodiscard]] Result<std::string> read_whole(const ReadAt& read, std::uint64_t offset,
                                             std::size_t size);

}  // namespace vakt::seed
