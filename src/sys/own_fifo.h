// SPDX-License-Identifier: Apache-2.0
// A FIFO of our own in a directory that others may write too (/tmp).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.h"
#include "sys/fd.h"
#include "sys/fifo_reader.h"

namespace vakt::sys {

struct OpenFifo {
    Fd fd;
    FileIdentity identity;
};

/// Makes a FIFO (0600) where there is nothing, and takes over one that is ours already, whose mode
/// becomes 0600. No link is followed. Anything else, and a FIFO of another user, who could read and
/// write what goes through it, is refused and stays.
Status make_own_fifo(const std::string& path);

/// Opens such a FIFO without waiting for anybody; O_NONBLOCK. For writing: ENXIO while nobody
/// reads.
[[nodiscard]] Result<OpenFifo> open_own_fifo(const std::string& path, int access);

/// What `path` itself names, a link not followed.
[[nodiscard]] std::optional<FileIdentity> file_at(const std::string& path);
/// Unlinks `path` if it still names that file.
void unlink_own(const std::string& path, const FileIdentity& identity);

/// Whether a pipe open for writing still has somebody who reads it.
[[nodiscard]] bool has_reader(int fd);

}  // namespace vakt::sys
