// SPDX-License-Identifier: Apache-2.0
// to_erl: looks at the console of an Erlang node that run_erl holds, and types into it.
#include <cstdio>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"
#include "loop/loop.h"
#include "prog/to_erl_line.h"
#include "prog/to_erl_options.h"
#include "prog/to_erl_program.h"
#include "sys/nonblock.h"

using namespace vakt;

namespace {

int refuse(const Error& error) {
    std::fprintf(stderr, "%s\n", describe(error).c_str());
    return 1;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): nothing of ours throws; no memory is the end
int main(int argc, char** argv) {
    const auto options =
        prog::read_to_erl_options(std::span<const char* const>(argv, static_cast<std::size_t>(argc))
                                      .subspan(argc > 0 ? 1 : 0));
    if (!options) return refuse(options.error());
    if (options->help) {
        std::fputs(prog::to_erl_usage(argv[0]).c_str(), stderr);
        return 1;
    }
    sys::ignore_broken_pipes();
    const auto pipe = prog::choose_pipe(*options);
    if (!pipe) return refuse(pipe.error());
    auto line = prog::open_line(*pipe, options->force);
    if (!line) return refuse(line.error());
    auto loop = loop::Loop::make();
    if (!loop) return refuse(loop.error());
    std::fprintf(stderr, "%sAttaching to %s (^D to exit%s)\n\n", line->notice.c_str(),
                 pipe->c_str(), options->read_only ? "; read-only" : "");
    return prog::ToErl(*loop, std::move(*line), options->read_only).run();
}
