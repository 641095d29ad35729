// SPDX-License-Identifier: Apache-2.0
// One line to the system log, without stdio, locale or time zone, and never waiting.
#pragma once

#include <string_view>

namespace vakt::sys {

enum class Severity { err = 3, warning = 4, notice = 5, info = 6, debug = 7 };  // RFC 5424, 6.2.1

enum class Facility { user = 1, daemon = 3, authpriv = 10 };  // RFC 5424, 6.2.1

/// Sends "<PRI>TAG[PID]: WORDS" with this facility to the socket `path`, as syslog(3) does but
/// without a time stamp, which the daemon puts there. Control and 8-bit bytes become `?`; what is
/// above 1000 bytes is cut. No daemon, or one that does not read, is no error: the line is lost. No
/// heap. Solaris: through the STREAMS log driver, log(7D), and not by `path`.
void log_line(Facility facility, Severity severity, std::string_view tag, std::string_view words,
              const char* path = "/dev/log");

namespace detail {
/// One printable line of at most 1100 bytes, with its priority (facility * 8 + severity).
void hand_to_logger(int priority, std::string_view line, const char* path);
}  // namespace detail

/// The same with facility authpriv.
void log_authpriv(Severity severity, std::string_view tag, std::string_view words,
                  const char* path = "/dev/log");

}  // namespace vakt::sys
