// SPDX-License-Identifier: Apache-2.0
// What a daemon says to people: never waiting, without a heap.
#pragma once

#include <string_view>

#include "base/fixed_line.h"
#include "sys/log.h"
#include "sys/side_output.h"

namespace vakt::prog {

/// Lines to standard error, and to the system log where standard error is not read by it anyway. As
/// a service of systemd (JOURNAL_STREAM) each line begins with its severity, as sd-daemon(3) has
/// it, and with the program's name otherwise.
class Log {
 public:
    /// `name` is a literal.
    Log(std::string_view name, bool also_to_system_log);

    /// Texts and unsigned numbers, put together.
    template <class... Parts>
    void say(sys::Severity severity, const Parts&... parts) {
        FixedLine<kLongest> line;
        (line.put(parts), ...);
        write(severity, line.view());
    }
    /// At SIGCHLD, see SideOutput.
    void collect() { stderr_.collect(); }

 private:
    static constexpr std::size_t kLongest = 900;
    void write(sys::Severity severity, std::string_view words);

    std::string_view name_;
    sys::SideOutput stderr_{2};
    bool is_journal_;
    bool system_log_;
};

}  // namespace vakt::prog
