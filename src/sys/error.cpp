// SPDX-License-Identifier: Apache-2.0
// The one place where errno becomes an Error.
#include "sys/error.h"

#include <cerrno>
#include <string>

namespace vakt::sys {

Error last_error(std::string_view operation, std::string_view subject) {
    const int code = errno;  // before any allocation can change it
    std::string doing(operation);
    doing.append(" ").append(subject);
    return Error{std::move(doing), std::error_code(code, std::generic_category())};
}

}  // namespace vakt::sys
