// SPDX-License-Identifier: Apache-2.0
#include "sys/process_parts.h"

namespace vakt::sys {

// Both want the process's owner or root.
const char* const detail::kExecutableName = "path/a.out";
const char* const detail::kExecutableFile = "object/a.out";

}  // namespace vakt::sys
