// SPDX-License-Identifier: Apache-2.0
// What rsyslog's parsers and ours may differ in, and why.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syslog/record.h"

namespace vakt::differential {

/// rsyslog's properties of a message (rsyslog.conf(5), property replacer).
struct Theirs {
    std::string pri, time, generated, host, fromhost, app, proc, msgid, sd, msg, rawmsg, version,
        tag;
};

struct Difference {
    const char* field;
    std::string ours;
    std::string theirs;
};

/// Field by field, after what is the same in other words: "-" is nothing; a host that is not there
/// is the sender's; a PRI that is not there is 13; a time that is not there is when it came.
[[nodiscard]] std::vector<Difference> differences(const syslog::Record& ours, const Theirs& theirs);

struct Rule {
    const char* name;
    const char* reason;
    bool (*holds)(std::string_view bytes, const syslog::Record& ours, const Theirs& theirs,
                  const Difference& difference);
};
[[nodiscard]] const std::vector<Rule>& rules();
/// The first rule that holds; null: unexplained.
[[nodiscard]] const Rule* explain(std::string_view bytes, const syslog::Record& ours,
                                  const Theirs& theirs, const Difference& difference);

/// Without the NULs and newlines at its end.
[[nodiscard]] std::string_view stripped(std::string_view bytes);
/// When rsyslog had it, nanoseconds since 1970.
[[nodiscard]] std::int64_t now_of(const Theirs& theirs);

}  // namespace vakt::differential
