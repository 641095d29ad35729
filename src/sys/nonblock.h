// SPDX-License-Identifier: Apache-2.0
// Reading and writing that never waits.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Sets O_NONBLOCK and puts back what was. The flag belongs to the open file, not to the
/// descriptor: a shell on the same terminal would find its own input changed, hence the way back.
/// (fcntl(2), F_SETFL)
class NonBlocking {
 public:
    explicit NonBlocking(int fd);
    ~NonBlocking();
    NonBlocking(const NonBlocking&) = delete;
    NonBlocking& operator=(const NonBlocking&) = delete;

 private:
    int fd_;
    int before_;  // -1: nothing to put back
};

/// What one read or write came to.
struct Moved {
    enum class How {
        some,     ///< `bytes` of them, more than 0
        blocked,  ///< not now
        end,      ///< read: end of file; write: nobody reads any more
        failed,   ///< errno says why
    };
    How how;
    std::size_t bytes = 0;
};

/// One read(2); a signal in between is nothing. REQUIRES: `into` is not empty.
[[nodiscard]] Moved read_some(int fd, std::span<char> into);

/// One write(2); a signal in between is nothing. REQUIRES: SIGPIPE is ignored, `from` is not empty.
[[nodiscard]] Moved write_some(int fd, std::span<const unsigned char> from);

/// Makes a pipe hold 1 MiB where the system lets us (Linux, fcntl(2) F_SETPIPE_SZ; 64 KiB
/// otherwise); never smaller. The more goes in at once, the seldomer both of its ends wait for each
/// other.
void widen_pipe(int fd);

/// SIGPIPE becomes an error of write(2) for the whole process.
void ignore_broken_pipes();

/// The same pipe or terminal as `fd`, opened anew for writing, O_NONBLOCK: its flags are ours
/// alone. Nothing where that cannot be (sockets, other systems) or must not be (a file would be
/// written from its beginning).
[[nodiscard]] Fd own_opening(int fd);

/// Says `words` and a newline on descriptor `fd`, or not at all if that would wait: our stderr is
/// often one pipe or terminal with a whole VM, and one Ctrl-S must stop nobody.
/// At most 4096 bytes (PIPE_BUF) are said, so that it is never torn.
void say(int fd, std::string_view words);

}  // namespace vakt::sys
