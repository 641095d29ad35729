// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdlib>

#include "sys/descriptors.h"

namespace vakt::sys {

// closefrom(3C) walks /proc/self/fd.
void close_from(int first) { ::closefrom(first); }

}  // namespace vakt::sys
