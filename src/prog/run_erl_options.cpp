// SPDX-License-Identifier: Apache-2.0
// run_erl's command line.
#include "prog/run_erl_options.h"

#include <string_view>

namespace vakt::prog {

std::optional<RunErlOptions> read_run_erl_options(std::span<const char* const> arguments) {
    RunErlOptions options;
    std::size_t at = 1;
    for (; at < arguments.size(); ++at) {
        const std::string_view word = arguments[at];
        if (word == "-daemon")
            options.daemon = true;
        else if (word == "-p")
            options.own_place = true;
        else
            break;
    }
    if (arguments.size() < at + 3) return std::nullopt;
    options.pipe = arguments[at];
    options.log_directory = arguments[at + 1];
    options.shell = {"sh", "-c"};
    for (at += 2; at < arguments.size(); ++at) options.shell.push_back(arguments[at]);
    options.shell.push_back(nullptr);
    return options;
}

std::string run_erl_usage(const char* program) {
    return std::string("Usage: ") + program +
           " (pipe_name|pipe_dir/) log_dir \"command [parameters ...]\"\n"
           "\nYou may also set the environment variables RUN_ERL_LOG_GENERATIONS\n"
           "and RUN_ERL_LOG_MAXSIZE to the number of log files to use and the\n"
           "size of the log file when to switch to the next log file";
}

}  // namespace vakt::prog
