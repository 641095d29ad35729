// SPDX-License-Identifier: Apache-2.0
// Extended attributes of a file, carried over to the one that replaces it.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Gives `to` the attributes of `from` that say who may do what: POSIX ACL, SELinux and Smack
/// labels, and the user's own. Signatures and hashes of the old content (security.ima,
/// security.evm) are not carried over. A file system without attributes has none. `name` is for the
/// error.
Status copy_attributes(const Fd& from, const Fd& to, const std::string& name);

}  // namespace vakt::sys
