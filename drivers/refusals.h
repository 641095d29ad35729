// SPDX-License-Identifier: Apache-2.0
// The refusals all drivers share, so that they all say the same.
#pragma once

#include <string>
#include <system_error>

#include "base/result.h"
#include "wdt/timing.h"

namespace vakt::drivers {

inline Error not_armed(const char* what, const std::string& device) {
    return Error{std::string(what) + " " + device + ", which is not armed",
                 std::make_error_code(std::errc::operation_not_permitted)};
}

inline Error not_told(const char* what, const std::string& device) {
    return Error{std::string(what) + " of " + device,
                 std::make_error_code(std::errc::operation_not_supported)};
}

inline Error too_short(const std::string& device, wdt::Millis wanted) {
    return Error{
        "arm " + device + " for " + wdt::in_words(wanted) + ": its shortest timeout is longer",
        std::make_error_code(std::errc::invalid_argument)};
}

}  // namespace vakt::drivers
