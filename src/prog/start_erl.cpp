// SPDX-License-Identifier: Apache-2.0
// start_erl, drop-in for OTP's: starts the release of start_erl.data, or another one after too many
// bad starts.
#include <cstdio>
#include <cstdlib>
#include <span>

#include "prog/start_erl_program.h"

int main(int argc, char** argv) {
    using namespace vakt::prog;
    const std::span<char* const> words(argv, static_cast<std::size_t>(argc));
    if (words.size() <= kFewestWords) {
        std::fprintf(stderr, "usage: start_erl RootDir RelDir DataFile [ErlFlag ...]\n");
        return EXIT_FAILURE;
    }
    return start_erl(read_start_settings(words[0], words.subspan(1)));
}
