// SPDX-License-Identifier: Apache-2.0
// Memory set aside; glibc's knobs where there are any.
#include "sys/memory.h"

#include <cstdlib>
#include <cstring>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace vakt::sys {

void keep_freed_memory() {
#if defined(__GLIBC__)
    ::mallopt(M_MMAP_MAX, 0);         // large blocks come from the heap, and go back there
    ::mallopt(M_TRIM_THRESHOLD, -1);  // and the heap never shrinks
    ::mallopt(M_TOP_PAD, 0);          // nor is it larger than what was asked of it
#endif
}

bool set_memory_aside(std::size_t bytes) {
    // Not new: its handler would answer, and the caller of this has more to say.
    void* const room = std::malloc(bytes);
    if (room == nullptr) return false;
    std::memset(room, 1, bytes);  // so that it is there and not only promised
    std::free(room);
    return true;
}

}  // namespace vakt::sys
