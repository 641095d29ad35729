// SPDX-License-Identifier: Apache-2.0
// What a daemon says to people.
#include "prog/daemon_log.h"

#include <cstdlib>

namespace vakt::prog {

Log::Log(std::string_view name, bool also_to_system_log)
    : name_(name),
      is_journal_(std::getenv("JOURNAL_STREAM") != nullptr),
      system_log_(also_to_system_log && !is_journal_) {}

void Log::write(sys::Severity severity, std::string_view words) {
    FixedLine<kLongest + 32> line;
    if (is_journal_) {
        line.put("<");
        line.put(static_cast<std::uint64_t>(severity));
        line.put(">");
    } else {
        line.put(name_);
        line.put(": ");
    }
    line.put(words);
    line.put("\n");
    stderr_.say(line.view());
    if (system_log_) sys::log_line(sys::Facility::daemon, severity, name_, words);
}

}  // namespace vakt::prog
