// SPDX-License-Identifier: Apache-2.0
// The writing end of a FIFO that needs no reader to be there.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/fd.h"
#include "sys/fifo_reader.h"

namespace vakt::sys {

/// A FIFO open for writing, and for reading too: so it opens without a reader, write(2) never says
/// EPIPE, and what is written waits in the pipe for the reader to come. All syslog daemons of Linux
/// do so (by O_RDWR, which POSIX leaves undefined for a FIFO).
class FifoWriter {
 public:
    /// Nothing but a FIFO is opened, and nothing is waited for. Fails when we may not both read and
    /// write it.
    [[nodiscard]] static Result<FifoWriter> open(const std::string& path);

    /// For writing, O_NONBLOCK: up to PIPE_BUF bytes go in whole, or not at all (pipe(7)).
    [[nodiscard]] int fd() const { return writing_.get(); }
    [[nodiscard]] const FileIdentity& identity() const { return identity_; }

 private:
    FifoWriter(Fd writing, Fd keeper, FileIdentity identity)
        : writing_(std::move(writing)), keeper_(std::move(keeper)), identity_(identity) {}

    Fd writing_;
    Fd keeper_;
    FileIdentity identity_;
};

}  // namespace vakt::sys
