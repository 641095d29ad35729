// SPDX-License-Identifier: Apache-2.0
#include "sys/error.h"
#include "sys/path_watch.h"

namespace vakt::sys {

Result<PathWatch> PathWatch::make(std::string directory, std::string /*name*/) {
    return Error{"watch " + directory, std::make_error_code(std::errc::operation_not_supported)};
}
Status PathWatch::aim_at_file() { return refusal("not supported"); }
Status PathWatch::aim_at_directory() { return refusal("not supported"); }
void PathWatch::clear() {}

}  // namespace vakt::sys
