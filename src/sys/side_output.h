// SPDX-License-Identifier: Apache-2.0
// Words for people, on a descriptor that others share and may block.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "sys/fd.h"

namespace vakt::sys {

/// Writes to `fd` (our stderr) without ever waiting and without changing its flags, which belong to
/// all who share it: one Ctrl-S in to_erl must not stop a guard. A pipe or terminal is opened anew,
/// a socket is sent to without waiting, a file is written; where none of that can be, a child does
/// the waiting. What cannot be written now is dropped and counted, and the count is said before the
/// next words that can.
class SideOutput {
 public:
    explicit SideOutput(int fd);

    /// Writes `words` as they are, at most 4096 bytes of them.
    void say(std::string_view words);

    /// At SIGCHLD, or later: a child that has written is not left a zombie. It waits for nothing.
    void collect();

    [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
    enum class Way { own_opening, socket, file, child };

    bool put(std::string_view words);
    bool put_by_child(std::string_view words);

    int fd_;
    Fd own_;
    Way way_;
    pid_t child_ = 0;
    std::size_t dropped_ = 0;
};

}  // namespace vakt::sys
