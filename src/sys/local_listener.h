// SPDX-License-Identifier: Apache-2.0
// Listening at a local stream socket.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Who may open the way in.
struct ListenRights {
    mode_t mode = 0660;
    std::optional<gid_t> group;  ///< none: our own
};

/// Non-blocking, with these rights, and complete before its name is there: bound to a temporary
/// name beside `path`, made to listen, renamed. What a dead one left at `path` is taken over.
/// Errors: "bind PATH" and the like; somebody who listens there (address_in_use), or anything that
/// is no socket, is left as it is; ENAMETOOLONG above 107 bytes. REQUIRES: one at a time for this
/// path.
[[nodiscard]] Result<Fd> listen_local(const std::string& path, const ListenRights& rights);

}  // namespace vakt::sys
