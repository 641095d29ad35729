// SPDX-License-Identifier: Apache-2.0
// The one place where errno becomes an Error.
#pragma once

#include <string_view>

#include "base/result.h"

namespace vakt::sys {

/// What errno says now, as an Error that reads "OPERATION SUBJECT: reason".
[[nodiscard]] Error last_error(std::string_view operation, std::string_view subject);

}  // namespace vakt::sys
