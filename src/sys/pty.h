// SPDX-License-Identifier: Apache-2.0
// A pseudo-terminal, and a program that has it for its terminal.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

struct Pty {
    Fd master;  ///< non-blocking
    Fd slave;   ///< held, so that the master's end of file is the end of all who had the slave
    std::string name;
};

enum class FlowControl {
    none,     ///< no byte stops what is written to the slave
    by_keys,  ///< Ctrl-S and Ctrl-Q do (IXON, termios(3))
};

/// With the terminal settings of the system otherwise. Nothing that may be passed on by accident.
[[nodiscard]] Result<Pty> open_pty(FlowControl flow);

/// TIOCSWINSZ: whoever runs there gets SIGWINCH. More than 65535 is 65535.
[[nodiscard]] Status set_window_size(const Fd& master, unsigned columns, unsigned rows);

/// Runs the program at `path` in a session of its own, whose terminal is the slave, with that as
/// its only descriptors, 0 to 2. `arguments` are all of them, ended by nullptr. Lets go of our own
/// slave. Its signals are as ours are now. 127 is its exit status when it cannot be run.
/// REQUIRES: one thread.
[[nodiscard]] Result<pid_t> start_on_pty(Pty& pty, const char* path,
                                         std::span<const char* const> arguments);

}  // namespace vakt::sys
