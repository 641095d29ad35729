// SPDX-License-Identifier: Apache-2.0
// syslog_bridge's command line.
#include "prog/syslog_bridge_options.h"

#include <array>
#include <utility>

#include "prog/word_options.h"

namespace vakt::prog {
namespace {

constexpr const char* kUsage =
    "usage: syslog_bridge [--foreground] [--check] [--config FILE] [--socket PATH] [--state DIR] "
    "[--run DIR] "
    "[--boot-id FILE] [--kmsg PATH] [--pmsg PATH]";

}  // namespace

Result<BridgeOptions> read_bridge_options(std::span<const char* const> arguments) {
    BridgeOptions options;
    options.config = VAKT_SYSCONFDIR "/vakt/bridge.conf";
    options.socket = from_environment("VAKT_BRIDGE_SOCKET");
    if (const auto state = from_environment("VAKT_STATE_DIR"); !state.empty())
        options.state = state;
    const auto usual_run = std::exchange(options.run, "");
    const std::array flags{Flag{"--foreground", options.foreground}, Flag{"--check", options.check},
                           Flag{"--version", options.version}};
    const std::array words{Word{"--config", options.config},   Word{"--socket", options.socket},
                           Word{"--state", options.state},     Word{"--run", options.run},
                           Word{"--boot-id", options.boot_id}, Word{"--kmsg", options.kmsg},
                           Word{"--pmsg", options.pmsg}};
    if (auto read = read_words(arguments, flags, words, kUsage); !read) return read.error();
    options.run_is_given = !options.run.empty();
    if (!options.run_is_given) options.run = usual_run;
    if (options.socket.empty()) options.socket = options.run + "/bridge.sock";
    return options;
}

}  // namespace vakt::prog
