// SPDX-License-Identifier: Apache-2.0
#include "sys/process_parts.h"

namespace vakt::sys {

const char* const detail::kExecutableName = "exe";
const char* const detail::kExecutableFile = "exe";

}  // namespace vakt::sys
