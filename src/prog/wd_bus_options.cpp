// SPDX-License-Identifier: Apache-2.0
// wd_bus's command line.
#include "prog/wd_bus_options.h"

#include <array>
#include <cstdlib>
#include <string_view>

#include "base/text.h"

namespace vakt::prog {
namespace {

constexpr const char* kUsage =
    "usage: wd_bus [--foreground] [--socket PATH] [--state DIR] [--run DIR] [--bus ADDRESS] "
    "[--metrics] [--metrics-interval SECONDS]";
constexpr const char* kSystemBus = "unix:path=/run/dbus/system_bus_socket";
constexpr std::chrono::seconds kInterval(15);
constexpr unsigned kLongestInterval = 86400;

void from_environment(const char* name, std::string& value) {
    const char* const set = std::getenv(name);
    if (set != nullptr && *set != '\0') value = set;
}

}  // namespace

Result<BusOptions> read_bus_options(std::span<const char* const> arguments) {
    BusOptions options;
    options.bus = kSystemBus;
    from_environment("VAKT_KEEPER_SOCKET", options.socket);
    from_environment("VAKT_STATE_DIR", options.state);
    from_environment("DBUS_SYSTEM_BUS_ADDRESS", options.bus);
    std::string interval;
    struct Word {
        std::string_view name;
        std::string& value;
    };
    const std::array words{Word{"--socket", options.socket}, Word{"--state", options.state},
                           Word{"--run", options.run}, Word{"--bus", options.bus},
                           Word{"--metrics-interval", interval}};
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string_view argument = arguments[at];
        // It never leaves the foreground: whoever starts it watches it.
        bool known = argument == "--foreground";
        if (argument == "--metrics") {
            known = true;
            if (!options.metrics) options.metrics = kInterval;
        }
        if (argument == "--version") known = options.version = true;
        for (const auto& word : words) {
            if (argument != word.name) continue;
            if (at + 1 == arguments.size())
                return refusal(std::string(argument) + " wants a value; " + kUsage);
            word.value = arguments[++at];
            known = true;
        }
        if (!known) return refusal("'" + std::string(argument) + "' is no option; " + kUsage);
    }
    if (!interval.empty()) {
        const auto seconds = parse_decimal<unsigned>(interval);
        if (!seconds || *seconds == 0 || *seconds > kLongestInterval)
            return refusal("--metrics-interval: '" + interval + "' is not 1 to 86400 seconds");
        options.metrics = std::chrono::seconds(*seconds);
    }
    if (options.socket.empty()) options.socket = options.run + "/keeper.sock";
    return options;
}

}  // namespace vakt::prog
