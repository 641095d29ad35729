// SPDX-License-Identifier: Apache-2.0
// What stands in the console's log beside what the node wrote, and when.
#include "console/log.h"

#include <array>

namespace vakt::console {

std::string log_time(const LogSettings& settings, const std::tm& time) {
    std::array<char, 256> text;
    const auto size = std::strftime(text.data(), text.size(), settings.format.c_str(), &time);
    if (size == 0) return "(could not format time in 256 positions with current format string.)";
    return {text.data(), size};
}

std::string logging_started(std::string_view time) {
    return std::string("\n=====\n===== LOGGING STARTED ").append(time).append("\n=====\n");
}

std::string after_silence(std::string_view time) {
    return std::string("\n===== ").append(time).append("\n");
}

std::string still_alive(std::string_view time) {
    return std::string("\n===== ALIVE ").append(time).append("\n");
}

std::string not_logged(std::uint64_t bytes, std::string_view why, std::string_view time) {
    return std::string("\n===== NOT LOGGED: ")
        .append(std::to_string(bytes))
        .append(" bytes (")
        .append(why)
        .append(") ")
        .append(time)
        .append("\n");
}

Silence::Says Silence::on_activity(Instant now) {
    const bool long_silence = now - since_ > activity_;
    since_ = now;
    return long_silence ? Says::after_silence : Says::none;
}

Silence::Says Silence::on_wake(Instant now) {
    if (now < wake_at()) return Says::none;
    since_ = now;
    return Says::still_alive;
}

}  // namespace vakt::console
