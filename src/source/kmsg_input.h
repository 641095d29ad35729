// SPDX-License-Identifier: Apache-2.0
// What is asked of /dev/kmsg, and the real one.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace vakt::source {

/// What one read came to (Documentation/ABI/testing/dev-kmsg).
struct KmsgRead {
    enum class How {
        some,      ///< `bytes` of one record
        nothing,   ///< there is none now
        overrun,   ///< EPIPE: the next one was overwritten; the read after this has the oldest kept
        too_long,  ///< EINVAL: one had no room, and is lost
        end,       ///< no device but something like a FIFO, and nobody writes to it
        failed,    ///< errno says why
    };
    How how;
    std::size_t bytes = 0;
};

class KmsgInput {
 public:
    virtual ~KmsgInput() = default;
    /// Readable when there is something to read.
    [[nodiscard]] virtual int fd() const = 0;
    /// Never waits.
    [[nodiscard]] virtual KmsgRead read(std::span<char> into) = 0;
    [[nodiscard]] virtual const std::string& name() const = 0;
};

/// Opens /dev/kmsg, or what stands in for it, for reading alone; it begins with the oldest record
/// kept. Nobody else who reads it is disturbed. Where the kernel refuses (kernel.dmesg_restrict)
/// the error names the cure.
[[nodiscard]] Result<std::unique_ptr<KmsgInput>> open_kmsg(const std::string& path);

}  // namespace vakt::source
