// SPDX-License-Identifier: Apache-2.0
// What start_erl executes: erlexec's arguments, and what of the environment changes.
#include "release/erl_command.h"

namespace vakt::release {
namespace {

Command beginning(const Place& place, const std::string& erts) {
    Command command;
    const auto bin = emulator_dir(place, erts);
    command.path = bin + "/erlexec";
    command.arguments = {command.path};
    command.set = {{"EMU", "beam"},
                   {"ROOTDIR", place.root},
                   {"BINDIR", bin},
                   {"PROGNAME", place.program},
                   {"RELDIR", place.releases}};
    return command;
}

}  // namespace

std::string emulator_dir(const Place& place, const std::string& erts) {
    return place.root + "/erts-" + erts + "/bin";
}

std::string boot_of(const Place& place, const Release& release) {
    if (!place.fixed.empty()) return place.fixed + "/start";
    return place.releases + "/" + release.vsn + "/start";
}

std::string config_of(const Place& place, const Release& release) {
    if (!place.fixed.empty()) return place.fixed + "/sys";
    return place.releases + "/" + release.vsn + "/sys";
}

Command command_of(const Place& place, const Release& release,
                   const std::vector<std::string>& flags) {
    auto command = beginning(place, release.erts);
    auto& arguments = command.arguments;
    arguments.insert(arguments.end(),
                     {"-boot", boot_of(place, release), "-config", config_of(place, release)});
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return command;
}

Command safe_command(const Place& place, const std::string& erts, const std::string& boot,
                     bool heart) {
    auto command = beginning(place, erts);
    command.arguments.insert(command.arguments.end(), {"-boot", boot});
    if (heart) command.arguments.emplace_back("-heart");
    command.unset = {"ERL_AFLAGS", "ERL_FLAGS", "ERL_ZFLAGS"};
    return command;
}

}  // namespace vakt::release
