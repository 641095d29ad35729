// SPDX-License-Identifier: Apache-2.0
// What run_erl says to people.
#include "prog/run_erl_words.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "sys/log.h"
#include "sys/nonblock.h"

namespace vakt::prog {
namespace {

/// "[PID] Sun Nov 22 07:00:00 2026\n", as ctime(3) has it.
std::string who_and_when(pid_t pid) {
    const std::time_t now = std::time(nullptr);
    std::array<char, 64> time{};
    if (::ctime_r(&now, time.data()) == nullptr) time[0] = '\n';
    return "[" + std::to_string(pid) + "] " + time.data();
}

}  // namespace

std::string Words::text_of(const Error& error) {
    if (!error.code) return error.doing;
    return "errno=" + std::to_string(error.code.value()) + " '" + error.code.message() + "'\n" +
           error.doing;
}

void Words::complain(const Error& error, int line) const { complain(text_of(error), line); }

void Words::complain(std::string_view words, int line) const {
    if (!daemon_) {
        auto text = "run_erl:" + std::to_string(line) + " " + who_and_when(::getpid());
        sys::say(2, text.append(words));
        return;
    }
    std::string one_line(words);
    std::replace(one_line.begin(), one_line.end(), '\n', ' ');
    const auto slash = program_.rfind('/');
    sys::log_line(sys::Facility::user, sys::Severity::err,
                  slash == std::string_view::npos ? program_ : program_.substr(slash + 1),
                  one_line);
}

std::string status_line(pid_t pid, std::string_view words) {
    return ("run_erl " + who_and_when(pid)).append(words).append("\n");
}

}  // namespace vakt::prog
