// SPDX-License-Identifier: Apache-2.0
// A daemon's command line.
#include "prog/word_options.h"

#include <cstdlib>

namespace vakt::prog {

Status read_words(std::span<const char* const> arguments, std::span<const Flag> flags,
                  std::span<const Word> words, std::string_view usage) {
    const auto wrong = [&](std::string_view argument, const char* why) {
        return refusal(std::string(argument).append(why).append("; ").append(usage));
    };
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string_view argument = arguments[at];
        bool known = false;
        for (const auto& flag : flags) {
            if (argument != flag.name) continue;
            flag.value = known = true;
        }
        for (const auto& word : words) {
            if (argument != word.name) continue;
            if (at + 1 == arguments.size()) return wrong(argument, " wants a value");
            word.value = arguments[++at];
            known = true;
        }
        if (!known) return wrong("'" + std::string(argument) + "'", " is no option");
    }
    return Done{};
}

std::string from_environment(const char* name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace vakt::prog
