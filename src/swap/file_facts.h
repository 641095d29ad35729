// SPDX-License-Identifier: Apache-2.0
// What is known about a file, as plain values, and whether that is good enough to trust it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace vakt::swap {

enum class FileType { absent, regular, directory, fifo, symlink, other };

/// A file at one look. `mode` holds the permission bits alone (07777).
struct FileFacts {
    FileType type = FileType::absent;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint32_t mode = 0;
    std::uint64_t nlink = 0;
    std::uint64_t size = 0;  ///< bytes

    bool operator==(const FileFacts&) const = default;
};

/// A configuration above this is refused.
inline constexpr std::uint64_t kConfMax = 1U << 20U;
inline constexpr std::uint64_t kAllowMax = 64U << 10U;
inline constexpr std::uint64_t kPidFileMax = 64;

/// "a directory", "a FIFO", ...
[[nodiscard]] std::string name_of(FileType type);
/// "0644".
[[nodiscard]] std::string octal(std::uint32_t mode);

/// Why this is no file to take configuration from, as the end of a sentence ("is a directory, not a
/// regular file"), or nothing when it is: a regular file of root or of `trusted_uid`, written by
/// nobody else, with one name, not empty, at most `limit` bytes.
[[nodiscard]] std::optional<std::string> distrust(const FileFacts& facts, std::uint32_t trusted_uid,
                                                  std::uint64_t limit);

}  // namespace vakt::swap
