// SPDX-License-Identifier: Apache-2.0
// What a file system has room for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace vakt::sys {

/// The bytes, used or free, of the file system that holds `path`, or that would: what is not there
/// yet is made in its nearest ancestor that is. None where that cannot be told, as of one without a
/// limit.
[[nodiscard]] std::optional<std::uint64_t> size_of_file_system(std::string path);

}  // namespace vakt::sys
