// SPDX-License-Identifier: Apache-2.0
// heart's arguments and environment, read as OTP reads them.
#include "heart/settings.h"

#include <cstdlib>
#include <cstring>
#include <string_view>

namespace vakt::heart {
namespace {

using std::chrono::seconds;

// heart(3): 10 < t <= 65535
[[nodiscard]] bool in_range(long value) { return value > 10 && value <= 65535; }

[[nodiscard]] std::optional<long> leading_number(const char* text, int base) {
    char* end = nullptr;
    const long value = std::strtol(text, &end, base);
    if (end == text) return std::nullopt;
    return value;
}

[[nodiscard]] bool equal(const char* value, const char* wanted) {
    return value != nullptr && std::strcmp(value, wanted) == 0;
}

}  // namespace

std::optional<long> scan_number(const char* text) { return leading_number(text, 0); }

Arguments read_arguments(std::span<const char* const> arguments) {
    Arguments read;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        if (name != "-ht" && name != "-wt" && name != "-pid") continue;
        if (i + 1 == arguments.size()) {
            read.said.push_back("heart: " + std::string(name) +
                                " wants a number; the default is used\r\n");
            break;
        }
        const char* const text = arguments[i + 1];
        if (name == "-pid") {
            const auto pid = leading_number(text, 10);
            if (!pid) continue;
            read.pid = static_cast<unsigned long>(*pid);
            read.said.push_back("heart_beat_kill_pid = " + std::to_string(read.pid) + "\n");
            ++i;
            continue;
        }
        const auto value = scan_number(text);
        if (!value || !in_range(*value)) continue;
        if (name == "-ht") {
            read.beat_timeout = value;
            read.said.push_back("heart_beat_timeout = " + std::to_string(*value) + "\n");
        } else {
            read.boot_delay = value;
            read.said.push_back("heart_beat_boot_delay = " + std::to_string(*value) + "\n");
        }
        ++i;
    }
    return read;
}

Settings read_settings(const Arguments& arguments, const Lookup& environment,
                       std::vector<std::string>& said) {
    Settings settings;
    if (arguments.beat_timeout) settings.beat_timeout = seconds(*arguments.beat_timeout);
    if (arguments.boot_delay) {
        settings.boot_delay = seconds(*arguments.boot_delay);
    } else if (const char* text = environment("HEART_BEAT_BOOT_DELAY"); text != nullptr) {
        const auto value = scan_number(text);
        if (value && in_range(*value))
            settings.boot_delay = seconds(*value);
        else
            said.push_back(std::string("heart: HEART_BEAT_BOOT_DELAY ") + text +
                           " is not above 10 and at most 65535; 60 is used\r\n");
    }
    settings.may_kill = !equal(environment("HEART_NO_KILL"), "TRUE");
    settings.abort_instead = equal(environment("HEART_KILL_SIGNAL"), "SIGABRT");
    // atoi: what is no number is 0
    if (const char* text = environment("ERL_CRASH_DUMP_SECONDS"); text != nullptr)
        settings.crash_dump_seconds = leading_number(text, 10).value_or(0);
    if (const char* text = environment("HEART_COMMAND"); text != nullptr) settings.command = text;
    return settings;
}

}  // namespace vakt::heart
