// SPDX-License-Identifier: Apache-2.0
// wd_keeper's command line.
#include "prog/wd_keeper_options.h"

#include <array>

#include "prog/word_options.h"

namespace vakt::prog {
namespace {

constexpr const char* kUsage =
    "usage: wd_keeper [--foreground] [--take-over] [--check] [--config FILE] [--socket PATH] "
    "[--state DIR] "
    "[--run DIR] [--pstore DIR] [--pmsg PATH] [--boot-id FILE] [--end-command PATH]";

}  // namespace

Result<KeeperOptions> read_keeper_options(std::span<const char* const> arguments) {
    KeeperOptions options;
    options.config = VAKT_SYSCONFDIR "/vakt/keeper.conf";
    options.socket = from_environment("VAKT_KEEPER_SOCKET");
    if (const auto state = from_environment("VAKT_STATE_DIR"); !state.empty())
        options.state = state;
    const std::array flags{Flag{"--foreground", options.foreground},
                           Flag{"--take-over", options.take_over}, Flag{"--check", options.check},
                           Flag{"--version", options.version}};
    const std::array words{
        Word{"--config", options.config},   Word{"--socket", options.socket},
        Word{"--state", options.state},     Word{"--run", options.run},
        Word{"--pstore", options.pstore},   Word{"--pmsg", options.pmsg},
        Word{"--boot-id", options.boot_id}, Word{"--end-command", options.end_command}};
    if (auto read = read_words(arguments, flags, words, kUsage); !read) return read.error();
    if (options.socket.empty()) options.socket = options.run + "/keeper.sock";
    return options;
}

}  // namespace vakt::prog
