// SPDX-License-Identifier: Apache-2.0
// seed_config: configures this machine as a NoCloud seed has it, once for each instance.
#include <sys/stat.h>

#include <cstdio>
#include <span>

#include "base/text.h"
#include "prog/seed_config_run.h"

namespace {

using namespace vakt;

constexpr int kDone = 0;
constexpr int kRefused = 1;
constexpr int kUsage = 2;

void say(std::string_view words, bool is_bad) {
    while (!words.empty()) {
        const auto line = take_line(words);
        std::fprintf(is_bad ? stderr : stdout, "seed_config: %.*s\n", static_cast<int>(line.size()),
                     line.data());
    }
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): nothing of ours throws; no memory is the end
int main(int argc, char** argv) {
    const std::span<char* const> words(argv, static_cast<std::size_t>(argc));
    const auto options = prog::read_seed_options(words.subspan(words.empty() ? 0 : 1));
    if (!options) {
        say(describe(options.error()), true);
        return kUsage;
    }
    if (options->version) {
        std::puts("seed_config " VAKT_VERSION);
        return kDone;
    }
    ::umask(022);
    return prog::run_seed(*options, say) ? kDone : kRefused;
}
