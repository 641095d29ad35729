// SPDX-License-Identifier: Apache-2.0
// The reading end of a FIFO, which a restarted writer does not end.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Which file a path names now.
struct FileIdentity {
    dev_t device;
    ino_t inode;

    bool operator==(const FileIdentity&) const = default;
};

/// The FIFO that `path` names (symbolic links are followed), or nothing if it names none.
[[nodiscard]] std::optional<FileIdentity> fifo_at(const std::string& path);

/// A FIFO open for reading, and, where its mode allows, for writing too: as long as a writer is
/// there, even if it is ourselves, poll(2) says neither POLLHUP nor end of file, and a syslog
/// daemon that closes the FIFO and opens it again is mere silence. The portable way is a second
/// descriptor; O_RDWR on a FIFO is undefined (POSIX, open).
class FifoReader {
 public:
    /// Never waits for a writer. Fails when the path is missing, not a FIFO, or not readable; a
    /// FIFO that may not be written by us is no failure.
    [[nodiscard]] static Result<FifoReader> open(const std::string& path);

    /// For reading, O_NONBLOCK.
    [[nodiscard]] int fd() const { return reading_.get(); }
    [[nodiscard]] const FileIdentity& identity() const { return identity_; }

    /// Whether we hold it open for writing; if not, read(2) says end of file between two writers.
    [[nodiscard]] bool kept() const { return static_cast<bool>(keeper_); }
    /// Lets go of the writing end, so that the last real writer's leaving shows as end of file.
    void drop_keeper() { keeper_ = Fd{}; }

 private:
    FifoReader(Fd reading, Fd keeper, FileIdentity identity)
        : reading_(std::move(reading)), keeper_(std::move(keeper)), identity_(identity) {}

    Fd reading_;
    Fd keeper_;
    FileIdentity identity_;
};

}  // namespace vakt::sys
