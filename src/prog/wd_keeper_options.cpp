// SPDX-License-Identifier: Apache-2.0
// wd_keeper's command line.
#include "prog/wd_keeper_options.h"

#include <array>
#include <cstdlib>
#include <string_view>

namespace vakt::prog {
namespace {

constexpr const char* kUsage =
    "usage: wd_keeper [--foreground] [--take-over] [--config FILE] [--socket PATH] [--state DIR] "
    "[--run DIR] [--pstore DIR] [--pmsg PATH] [--boot-id FILE] [--end-command PATH]";

std::string from_environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace

Result<KeeperOptions> read_keeper_options(std::span<const char* const> arguments) {
    KeeperOptions options;
    options.config = VAKT_SYSCONFDIR "/vakt/keeper.conf";
    options.socket = from_environment("VAKT_KEEPER_SOCKET");
    if (const auto state = from_environment("VAKT_STATE_DIR"); !state.empty())
        options.state = state;
    struct Flag {
        std::string_view name;
        bool& value;
    };
    struct Word {
        std::string_view name;
        std::string& value;
    };
    const std::array flags{Flag{"--foreground", options.foreground},
                           Flag{"--take-over", options.take_over},
                           Flag{"--version", options.version}};
    const std::array words{
        Word{"--config", options.config},   Word{"--socket", options.socket},
        Word{"--state", options.state},     Word{"--run", options.run},
        Word{"--pstore", options.pstore},   Word{"--pmsg", options.pmsg},
        Word{"--boot-id", options.boot_id}, Word{"--end-command", options.end_command}};
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string_view argument = arguments[at];
        bool known = false;
        for (const auto& flag : flags) {
            if (argument != flag.name) continue;
            flag.value = known = true;
        }
        for (const auto& word : words) {
            if (argument != word.name) continue;
            if (at + 1 == arguments.size())
                return refusal(std::string(argument) + " wants a value; " + kUsage);
            word.value = arguments[++at];
            known = true;
        }
        if (!known) return refusal("'" + std::string(argument) + "' is no option; " + kUsage);
    }
    if (options.socket.empty()) options.socket = options.run + "/keeper.sock";
    return options;
}

}  // namespace vakt::prog
