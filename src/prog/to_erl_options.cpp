// SPDX-License-Identifier: Apache-2.0
// to_erl's command line.
#include "prog/to_erl_options.h"

#include <string_view>

namespace vakt::prog {

Result<ToErlOptions> read_to_erl_options(std::span<const char* const> arguments) {
    ToErlOptions options;
    while (!arguments.empty()) {
        const std::string_view argument = arguments.front();
        if (argument.size() < 2 || argument.front() != '-') break;
        arguments = arguments.subspan(1);
        if (argument == "--") break;
        for (const char letter : argument.substr(1)) {
            bool* const flag = letter == 'h'   ? &options.help
                               : letter == 'F' ? &options.force
                               : letter == 'r' ? &options.read_only
                               : letter == 'p' ? &options.private_place
                                               : nullptr;
            if (flag == nullptr) return refusal("Invalid option '" + std::string(argument) + "'");
            *flag = true;
        }
    }
    if (!arguments.empty()) options.pipe = arguments.front();
    return options;
}

std::string to_erl_usage(const char* program) {
    return "Usage: " + std::string(program) +
           " [-h|-F] [-r] [-p] [pipe_name|pipe_dir/]\n"
           "\t-h\tThis help text.\n"
           "\t-F\tForce connection even though pipe is locked by other to_erl process.\n"
           "\t-r\tOnly look: nothing that is typed goes to Erlang.\n"
           "\t-p\tLook for the pipe in the private directory of run_erl -p.\n";
}

}  // namespace vakt::prog
