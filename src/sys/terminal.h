// SPDX-License-Identifier: Apache-2.0
// What stands at the other end of a descriptor.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/instant.h"

namespace vakt::sys {

[[nodiscard]] bool is_terminal(int fd);

/// Columns of a terminal; 80 where it does not tell, and of everything else.
[[nodiscard]] std::size_t terminal_width(int fd);

/// One line, without its newline, as far as it comes within `patience`; at most 256 bytes. nullopt
/// at the end of file, or when nobody answers.
[[nodiscard]] std::optional<std::string> read_answer(int fd, Duration patience);

}  // namespace vakt::sys
