// SPDX-License-Identifier: Apache-2.0
// to_erl's way to a console: the socket of our run_erl, else the FIFOs of any.
#pragma once

#include <string>

#include "base/result.h"
#include "prog/to_erl_options.h"
#include "sys/fd.h"

namespace vakt::prog {

struct Line {
    std::string pipe;
    sys::Fd from;  ///< non-blocking; read what is shown
    sys::Fd to;    ///< non-blocking; a descriptor of its own for the socket too
    bool socket = false;
    std::string notice;  ///< to be told, or nothing: what was forced
};

/// Which pipe is meant: of a directory the one with the highest number, as OTP's to_erl does.
/// Errors: OTP's words.
[[nodiscard]] Result<std::string> choose_pipe(const ToErlOptions& options);

/// Errors: OTP's words ("No running Erlang on pipe PIPE: REASON").
[[nodiscard]] Result<Line> open_line(const std::string& pipe, bool force);

}  // namespace vakt::prog
