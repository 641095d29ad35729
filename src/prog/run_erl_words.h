// SPDX-License-Identifier: Apache-2.0
// What run_erl says to people, in the form of OTP's.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace vakt::prog {

/// "run_erl:LINE [PID] Sun Nov 22 07:00:00 2026", a newline and the words, on stderr; a daemon's
/// words go to the system log, facility user. Never waits.
class Words {
 public:
    explicit Words(std::string_view program) : program_(program) {}

    /// From now on it is a daemon's.
    void become_daemon() { daemon_ = true; }

    /// With "errno=2 'No such file or directory'" before the words, where there is one.
    void complain(const Error& error, int line = __builtin_LINE()) const;
    void complain(std::string_view words, int line = __builtin_LINE()) const;

    /// Those two without where they come from.
    [[nodiscard]] static std::string text_of(const Error& error);

 private:
    std::string_view program_;
    bool daemon_ = false;
};

/// "run_erl [PID] Sun Nov 22 07:00:00 2026", a newline, the words and a newline: a line of the
/// status file.
[[nodiscard]] std::string status_line(pid_t pid, std::string_view words);

}  // namespace vakt::prog
