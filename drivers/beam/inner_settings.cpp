// SPDX-License-Identifier: Apache-2.0
// What the environment asks of a heart inside the emulator.
#include "drivers/beam/inner_settings.h"

#include <string_view>

#include "base/text.h"

namespace vakt::beam {
namespace {

std::string value_of(const heart::Lookup& environment, const char* name) {
    const char* const value = environment(name);
    return value != nullptr ? value : "";
}

void take(const heart::Lookup& environment, const char* name, std::string& into) {
    if (auto value = value_of(environment, name); !value.empty()) into = std::move(value);
}

Status take_device(const heart::Lookup& environment, bool (*is_socket)(const std::string&),
                   InnerSettings& settings) {
    if (environment("HW_WD_DISABLE") != nullptr) return Done{};
    auto driver = value_of(environment, "HEART_WATCHDOG_DRIVER");
    const auto path = value_of(environment, "HEART_WATCHDOG_PATH");
    if (driver.empty() && path.empty()) return Done{};
    settings.reboots = true;
    if (driver == "none") return Done{};
    if (driver.empty()) driver = is_socket(path) ? "soft" : "linux";
    if (driver != "linux" && driver != "ib700" && driver != "soft")
        return refusal("HEART_WATCHDOG_DRIVER: '" + driver +
                       "' is not one of linux ib700 soft none");
    settings.by_instructions = driver == "ib700" && path.empty();
    if (path.empty() && !settings.by_instructions)
        return refusal("HEART_WATCHDOG_DRIVER: " + driver +
                       " wants to know its device: set HEART_WATCHDOG_PATH");
    wdt::DeviceSettings device;
    device.driver = driver;
    device.path = settings.by_instructions ? "/ib700" : path;
    if (auto good = wdt::check(device); !good) return good;
    settings.device = device;
    return Done{};
}

}  // namespace

Result<InnerSettings> read_inner_settings(const heart::Lookup& environment,
                                          bool (*is_socket)(const std::string&)) {
    InnerSettings settings;
    if (const auto taken = take_device(environment, is_socket, settings); !taken)
        return taken.error();
    take(environment, "VAKT_STATE_DIR", settings.state_dir);
    take(environment, "VAKT_BOOT_ID", settings.boot_id);
    take(environment, "VAKT_PSTORE_DIR", settings.pstore_dir);
    take(environment, "VAKT_PMSG", settings.pmsg);
    take(environment, "VAKT_LEASE", settings.lease);
    if (const auto socket = value_of(environment, "VAKT_KEEPER_SOCKET");
        socket.find('/', 1) != std::string::npos)
        settings.run_dir = socket.substr(0, socket.rfind('/'));
    return settings;
}

heart::Settings read_port_command(const char* command, const heart::Lookup& environment,
                                  std::vector<std::string>& said) {
    std::vector<std::string> words;
    for (const auto word : split_words(command)) words.emplace_back(word);
    std::vector<const char*> arguments;
    for (std::size_t i = 1; i < words.size(); ++i) arguments.push_back(words[i].c_str());
    const auto read = heart::read_arguments(arguments);
    said = read.said;
    auto settings = heart::read_settings(read, environment, said);
    if (settings.command)
        said.emplace_back(
            "HEART_COMMAND is refused: no program can be run inside the emulator; reboot(2) and "
            "the hardware watchdog end a VM that is given up\r\n");
    if (environment("HEART_KILL_SIGNAL") != nullptr || environment("HEART_NO_KILL") != nullptr)
        said.emplace_back(
            "HEART_KILL_SIGNAL and HEART_NO_KILL are refused: a heart inside the emulator cannot "
            "kill and restart it\r\n");
    settings.command.reset();
    settings.knows_vm = false;
    settings.may_kill = false;
    return settings;
}

}  // namespace vakt::beam
