// SPDX-License-Identifier: Apache-2.0
// One message inside our programs, whatever form it came in.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "syslog/priority.h"

namespace vakt::syslog {

/// What the bytes were read as.
enum class Form : std::uint8_t {
    plain,    ///< none of the others: text alone
    rfc3164,  ///< what BSD's syslogd writes and reads, and what is taken for it in the wild
    rfc5424,
    kmsg,
    journal
};

/// Every view is a part of the bytes it was read from and lives as long as they do, or a literal;
/// an empty one was not there (or NILVALUE).
struct Record {
    Form form = Form::plain;
    /// Something in it is not as its form says. What could be read of it is there all the same, and
    /// the rest of the bytes is in `text`: nothing is thrown away.
    bool malformed = false;
    bool utf8 = false;         ///< it says so itself (RFC 5424's BOM, which is taken off)
    std::optional<Pri> pri{};  ///< none: it did not say
    std::optional<std::int64_t> time_ns{};  ///< since 1970-01-01T00:00:00Z; none: it did not say
    std::string_view host{};
    std::string_view app{};         ///< APP-NAME, or the TAG without what is in its brackets
    std::string_view pid{};         ///< PROCID, or what is in the TAG's brackets
    std::string_view msgid{};       ///< MSGID, or the number of Solaris's "[ID 702911 kern.notice]"
    std::string_view structured{};  ///< STRUCTURED-DATA as it came (syslog/structured.h)
    std::string_view text{};        ///< MSG

    bool operator==(const Record&) const = default;
};

}  // namespace vakt::syslog
