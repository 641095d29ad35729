// SPDX-License-Identifier: Apache-2.0
// Words and numbers that the bridge gives people.
#include "prog/syslog_bridge_words.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace vakt::prog {

void say_lines(Log& log, sys::Severity severity, std::string_view text) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        if (!line.empty()) log.say(severity, line);
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
}

std::string process_line() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto micros = [](const timeval& time) {
        return std::to_string(std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec);
    };
    return "process pid=" + std::to_string(::getpid()) + " user_us=" + micros(used.ru_utime) +
           " system_us=" + micros(used.ru_stime) + " sleeps=" + std::to_string(used.ru_nvcsw) +
           " preempted=" + std::to_string(used.ru_nivcsw) + "\n";
}

}  // namespace vakt::prog
