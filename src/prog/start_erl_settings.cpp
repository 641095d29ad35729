// SPDX-License-Identifier: Apache-2.0
// What start_erl was told, by arguments and environment.
#include "prog/start_erl_settings.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/text.h"

namespace vakt::prog {
namespace {

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// The directory itself: the VM may go elsewhere before it says that it is healthy.
std::string absolute(const std::string& path) {
    char* const real = ::realpath(path.c_str(), nullptr);
    std::string text = real != nullptr ? real : "";
    std::free(real);  // NOLINT: realpath(3) allocates so
    return text;
}

void find_state(StartSettings& settings) {
    const auto named = environment("VAKT_START_STATE");
    const auto path = named.empty() ? settings.place.releases + "/../log" : named;
    settings.state = absolute(path);
    if (!settings.state.empty() && ::access(settings.state.c_str(), W_OK | X_OK) == 0) return;
    settings.complaints.push_back(
        path + ": " + std::generic_category().message(errno) +
        ": starts are not counted, and no other release is taken (VAKT_START_STATE)");
    settings.state.clear();
}

std::uint32_t number(const char* name, std::uint32_t least, std::uint32_t most,
                     std::uint32_t otherwise, StartSettings& settings) {
    const auto text = environment(name);
    if (text.empty()) return otherwise;
    const auto value = parse_decimal<std::uint32_t>(text);
    if (value && *value >= least && *value <= most) return *value;
    settings.complaints.push_back(std::string(name) + "=" + text + ": not a number from " +
                                  std::to_string(least) + " to " + std::to_string(most) +
                                  "; it is " + std::to_string(otherwise));
    return otherwise;
}

}  // namespace

StartSettings read_start_settings(const char* program, std::span<char* const> words) {
    constexpr std::uint32_t kMostTries = 100;
    constexpr std::uint32_t kLongestWait = 1'000'000;  // seconds, so that poll(2) can wait as long
    StartSettings settings;
    settings.place = {.root = words[0],
                      .releases = words[1],
                      .program = last_part(program),
                      .fixed = environment("VAKT_START_STATIC")};
    settings.data_file = words[2];
    settings.flags.assign(words.begin() + kFewestWords, words.end());
    settings.environment = {.before = environment("ERL_AFLAGS"),
                            .after = environment("ERL_FLAGS"),
                            .last = environment("ERL_ZFLAGS")};
    find_state(settings);
    settings.tries = number("VAKT_START_TRIES", 1, kMostTries, settings.tries, settings);
    settings.healthy_after =
        std::chrono::seconds(number("VAKT_START_HEALTHY_AFTER", 0, kLongestWait, 300, settings));
    const char* const keeper = std::getenv("VAKT_KEEPER_SOCKET");
    settings.keeper = keeper != nullptr ? keeper : "/run/vakt/keeper.sock";
    settings.lease = environment("VAKT_LEASE");
    const auto alone = environment("VAKT_START_ALONE");
    settings.alone = alone == "1";
    if (!alone.empty() && alone != "0" && alone != "1")
        settings.complaints.push_back("VAKT_START_ALONE=" + alone + ": neither 0 nor 1; it is 0");
    if (const char* const seed = std::getenv("VAKT_START_SEED")) settings.seed = seed;
    if (settings.lease.empty()) settings.lease = "uid-" + std::to_string(::getuid());
    return settings;
}

}  // namespace vakt::prog
