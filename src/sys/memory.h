// SPDX-License-Identifier: Apache-2.0
// Memory set aside, so that what must not stop halfway does not run out of it.
#pragma once

#include <cstddef>

namespace vakt::sys {

/// Freed memory stays with the process from here on. To be called first of all.
void keep_freed_memory();

/// Takes `bytes` from the system and gives them back to our own heap: later requests up to that are
/// met whatever the limits are by then. False when there are not that many.
[[nodiscard]] bool set_memory_aside(std::size_t bytes);

}  // namespace vakt::sys
