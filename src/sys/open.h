// SPDX-License-Identifier: Apache-2.0
// Opening by a walk from "/" that follows no symbolic link and distrusts every directory on the
// way.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Who may own what we walk through. Root always may.
struct Trust {
    uid_t uid = 0;  ///< besides root: the caller, when we have no more rights than it
    /// A group that may write inner directories: the caller's own (a clone made under umask 002).
    std::optional<gid_t> group;
};

/// How the last directory is wanted.
enum class Reach {
    strict,  ///< nobody but its owner writes it, sticky or not: files are made and replaced there
    inner,   ///< as the directories above it: a sticky one may be written by all
};

/// Opens directory `path` for openat and fsync. Each directory from "/" on is opened by openat with
/// O_NOFOLLOW and judged by fstat: it belongs to root or trust.uid and is written by nobody else,
/// but for sticky ones above the last. The error names the first directory that is not so.
/// REQUIRES: an absolute path without empty components, "." and ".." (these are refused).
Result<Fd> open_directory(std::string_view path, const Trust& trust, Reach reach);

/// The same, and each directory that is missing is made: ours, 0755 less the umask.
Result<Fd> make_directory(std::string_view path, const Trust& trust, Reach reach);

/// fstatat without following; type "absent" is nullopt.
Result<std::optional<struct stat>> look(const Fd& dir, const std::string& name);

/// Opens a regular file for reading: no link is followed, nothing blocks, and a device or FIFO is
/// not opened at all. The error of a missing file is ENOENT, of anything but a regular file a
/// refusal.
Result<Fd> open_regular(const Fd& dir, const std::string& name);

/// All of an open file, at most `limit` bytes; more is an error (EFBIG).
Result<std::string> read_all(const Fd& file, std::size_t limit, std::string_view name);

/// All of the regular file at `path`, or at the end of links. It is looked at before it is opened:
/// opening a watchdog would start it, and a FIFO would wait.
Result<std::string> read_regular(const std::string& path, std::size_t limit);

/// fstat; should it ever fail, a status that no judge accepts.
struct stat status_of(const Fd& file);

}  // namespace vakt::sys
