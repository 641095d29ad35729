// SPDX-License-Identifier: Apache-2.0
// Becoming a daemon whose beginning is known to who started it.
#pragma once

#include <string_view>

#include "sys/fd.h"

namespace vakt::sys {

/// The daemon's line to the process that was started, which waits there.
class Background {
 public:
    /// Returns in the daemon alone: the child of a session's leader, without terminal, SIGHUP
    /// ignored, /dev/null on 0 to 2, nothing else open; directory and umask stay. The process that
    /// was started leaves when it is told: with 0 at started(), with 1 and the words on its stderr
    /// at failed(), with 1 when the daemon ends before either, with 0 after `kPatience`.
    [[nodiscard]] static Background begin();

    void started();
    void failed(std::string_view words);

 private:
    explicit Background(Fd line) : line_(std::move(line)) {}
    Fd line_;
};

}  // namespace vakt::sys
