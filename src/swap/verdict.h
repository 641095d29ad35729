// SPDX-License-Identifier: Apache-2.0
// What mod_syslog answers: the four codes of OTP's os_sup, and the words for the log.
#pragma once

#include <string>
#include <string_view>

namespace vakt::swap {

/// The codes os_sup.erl compares with, as OTP's mod_syslog prints them.
enum class Code {
    ok,       ///< "0"
    refused,  ///< "-1": arguments, not in the policy, caller not allowed, another owner
    file,     ///< "-2": anything about files
    daemon,   ///< "-3": the daemon is not the one expected, or could not be told
};

struct Verdict {
    Code code = Code::ok;
    std::string words;  ///< for the log, never for stdout

    bool operator==(const Verdict&) const = default;
};

/// Exactly what goes to stdout, without a newline.
constexpr std::string_view printed(Code code) {
    switch (code) {
        case Code::ok:
            return "0";
        case Code::refused:
            return "-1";
        case Code::file:
            return "-2";
        case Code::daemon:
            break;
    }
    return "-3";
}

}  // namespace vakt::swap
