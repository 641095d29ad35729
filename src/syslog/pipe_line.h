// SPDX-License-Identifier: Apache-2.0
// A record as the line that a syslogd would write into a pipe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "syslog/entry.h"

namespace vakt::syslog {

/// What a record does not say itself.
struct LineDefaults {
    std::string_view host;     ///< the machine's own name
    std::int64_t time_ns = 0;  ///< when it was read, since 1970-01-01T00:00:00Z
};

struct PipeLine {
    static constexpr std::string_view kCut = " [cut]\n";
    std::string_view text;  ///< in the room, its newline included
    bool cut = false;       ///< there was no room for all of it: it ends in kCut
};

/// "<PRI>2026-11-22T02:42:40.123456+00:00 host app[pid]: text\n", as conf/rsyslog-vakt.conf has
/// rsyslogd write them: PRI is 13 (user.notice) where there was none, the time is UTC, what there
/// is no app for has no tag, and control bytes are '#' and three octal digits; newlines at the
/// end are dropped. So one record is one line, and no text can look like another line. Host, app
/// and pid are at most 64, 64 and 32 bytes. REQUIRES: room of 256 bytes at least, kCut.size() of
/// which are kept for the end.
[[nodiscard]] PipeLine put_pipe_line(const Entry& entry, const LineDefaults& defaults,
                                     std::span<char> room);

}  // namespace vakt::syslog
