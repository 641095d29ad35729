// SPDX-License-Identifier: Apache-2.0
// A libconfig text before libconfig sees it: what it would take in silence is refused here.
#pragma once

#include <string>
#include <string_view>

#include "base/complaints.h"

namespace vakt::settings {

using vakt::Complaint;
using vakt::Complaints;

inline constexpr std::size_t kMaxConfText = 64UL * 1024;
inline constexpr std::size_t kMaxNesting = 8;

/// Adds what is wrong with the text to `complaints`, and returns it ready for libconfig, line for
/// line. libconfig 1.5 wraps an integer beyond 32 bits (4294967356 is read as 60), takes a comment
/// that nobody ends for the end of the file, cuts a string at \x00, reads any file that an @include
/// names, and stumbles over a last line that is a comment without an end: integers leave here
/// marked as 64-bit ones, a newline stands at the end, and the rest is refused, as are bytes that
/// no text has, a string over several lines, and brackets that do not match or are nested more than
/// kMaxNesting deep.
[[nodiscard]] std::string screen(std::string_view text, Complaints& complaints);

}  // namespace vakt::settings
