// SPDX-License-Identifier: Apache-2.0
// A directory that nobody but us looks into.
#pragma once

#include <string>

#include "base/result.h"

namespace vakt::sys {

/// Makes it (0700) where there is nothing; the directory above it must be there. One of ours that
/// others may open becomes 0700. Anything else, a link, and a directory of another user is refused
/// and stays.
Status make_private_directory(const std::string& path);

}  // namespace vakt::sys
