// SPDX-License-Identifier: Apache-2.0
// A terminal whose keys come one by one, and which is as it was however we end.
#pragma once

#include <cstdint>
#include <optional>

namespace vakt::sys {

struct TerminalSize {
    std::uint16_t columns = 0;
    std::uint16_t rows = 0;
};
/// Nothing where `fd` is no terminal (TIOCGWINSZ).
[[nodiscard]] std::optional<TerminalSize> terminal_size(int fd);

/// While it is entered, each key comes at once, as it is and without an echo: no signal from the
/// keyboard, no flow control, all eight bits; what is written gets CR before its LF. The line's
/// speed and parity are left alone.
///
/// It is put back by leave(), by the destructor, and by every signal whose default ends the process
/// (SIGABRT and SIGSEGV too), which then ends it all the same. Nothing can be done about SIGKILL.
/// A terminal that is another job's by now is that job's shell's and left alone.
///
/// One at a time in a process. Without a terminal at `fd` nothing is done.
class RawTerminal {
 public:
    explicit RawTerminal(int fd);
    ~RawTerminal();
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;

    /// Also after having been stopped.
    void enter();
    void leave();
    [[nodiscard]] bool is_terminal() const { return is_terminal_; }

 private:
    int fd_;
    bool is_terminal_;
};

}  // namespace vakt::sys
