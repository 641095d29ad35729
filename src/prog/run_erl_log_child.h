// SPDX-License-Identifier: Apache-2.0
// The child that writes the console's log, so that no disk holds up the console.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/fixed_text.h"
#include "console/log_backlog.h"
#include "console/log_settings.h"

namespace vakt::prog {

/// As much as OTP's run_erl reads at once, which is what goes to one file as a whole.
inline constexpr std::size_t kMostAtOnce = 8192;

/// run_erl to its child: the first `size()` bytes of it are one message.
struct LogTask {
    std::int64_t time = 0;     ///< seconds since the epoch
    std::uint64_t missed = 0;  ///< bytes that were dropped before it
    console::LogRecord::What what = console::LogRecord::What::output;
    std::uint32_t bytes = 0;
    std::array<char, kMostAtOnce> text;

    [[nodiscard]] static constexpr std::size_t size(std::size_t bytes) {
        return offsetof(LogTask, text) + bytes;
    }
};

/// Its child to run_erl: how it began, and then each time that changes.
struct LogAnswer {
    enum class What : std::uint8_t {
        well,
        trouble,  ///< tried again with everything that comes
        refused,  ///< there is no such directory, or we may not: it ends
    };
    What what = What::well;
    int error = 0;         ///< errno
    FixedText<255> doing;  ///< "Can't open log file '/var/log/erlang.log.1'."
};

struct LogChildSetup {
    std::string directory;
    console::LogSettings settings;
    std::int64_t started = 0;  ///< seconds since the epoch
    bool new_status = true;    ///< the status file begins anew
};

/// Writes what comes over `socket` to the log's files, and brings it to the disk at most
/// settings.sync later; at the end of `socket` at once. What a disk does not take is counted, and
/// told in the log when it takes something again. One file call after the other may wait: that is
/// what it is for.
void run_log_child(const LogChildSetup& setup, int socket);

}  // namespace vakt::prog
