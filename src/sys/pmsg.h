// SPDX-License-Identifier: Apache-2.0
// /dev/pmsg0, where user space writes what shall outlive a reset in RAM
// (Documentation/admin-guide/ramoops.rst, fs/pstore/pmsg.c).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Written first, before any disk: with ramoops behind it a write is a copy in memory. Opened once;
/// a line costs one system call and no heap.
class Pmsg {
 public:
    /// Nothing is made. ENOENT: the kernel has no pstore backend that keeps user messages; ENXIO:
    /// nobody reads the FIFO that stands there.
    [[nodiscard]] static Result<Pmsg> open(const std::string& path);

    /// The whole line in one write(2) and without waiting; false when that could not be, and then
    /// the line is lost. REQUIRES: SIGPIPE is ignored.
    [[nodiscard]] bool write(std::string_view line) const;

 private:
    explicit Pmsg(Fd fd) : fd_(std::move(fd)) {}
    Fd fd_;
};

}  // namespace vakt::sys
