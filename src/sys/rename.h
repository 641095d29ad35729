// SPDX-License-Identifier: Apache-2.0
// A file replaced so that every reader, and every boot after a power cut, sees the old one or the
// new one.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Replaces `name` in `dir` by `bytes`: a new file `temp` (O_EXCL), written whole, given owner,
/// mode and extended attributes (POSIX ACL, SELinux label) of `old`, fsync, rename. On an error
/// nothing has changed and `temp` is gone. For a power cut sync_directory must follow. REQUIRES:
/// one at a time in `dir` for this `temp` (a lock); `old` is the open file at `name`.
Status replace_file(const Fd& dir, const std::string& name, const std::string& temp,
                    std::string_view bytes, const Fd& old);

/// The same without an old one to be like: `name` is made, or replaced, with this mode, our own
/// owner and no extended attributes.
Status put_file(const Fd& dir, const std::string& name, const std::string& temp,
                std::string_view bytes, mode_t mode);

/// Whose a new file is to be.
struct FileOwner {
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t mode = 0644;
};
/// The same with an owner, who is not changed where it is ours already.
Status put_file(const Fd& dir, const std::string& name, const std::string& temp,
                std::string_view bytes, const FileOwner& owner);

/// The file at `path` (0644), new or replaced, for those who read it now: they see all of the old
/// one or of the new one. There is no fsync: after a power cut it may be anything.
Status show_file(const std::string& path, std::string_view text);

/// Brings names made, renamed and removed in `dir` to disk.
Status sync_directory(const Fd& dir);

}  // namespace vakt::sys
