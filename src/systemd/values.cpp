// SPDX-License-Identifier: Apache-2.0
// Values of a D-Bus message, written.
#include "systemd/values.h"

#include <systemd/sd-bus.h>

#include <string>

#include "base/utf8.h"

namespace vakt::systemd {

Values& Values::basic(char type, const void* value) {
    good_ = good_ && sd_bus_message_append_basic(message_, type, value) >= 0;
    return *this;
}
Values& Values::text(std::string_view text) {
    std::string clean;
    while (!text.empty()) {
        const auto length = utf8_length(text);
        const bool bad = length == 0 || text.front() == '\0';
        clean.append(bad ? "?" : text.substr(0, length));
        text.remove_prefix(bad ? 1 : length);
    }
    return basic('s', clean.c_str());
}
Values& Values::truth(bool is) {
    const int value = is ? 1 : 0;
    return basic('b', &value);
}
Values& Values::byte(std::uint8_t number) { return basic('y', &number); }
Values& Values::number(std::uint32_t number) { return basic('u', &number); }
Values& Values::number(std::uint64_t number) { return basic('t', &number); }
Values& Values::signed_number(std::int64_t number) { return basic('x', &number); }
Values& Values::open(char kind, const char* contents) {
    good_ = good_ && sd_bus_message_open_container(message_, kind, contents) >= 0;
    return *this;
}
Values& Values::close() {
    good_ = good_ && sd_bus_message_close_container(message_) >= 0;
    return *this;
}

}  // namespace vakt::systemd
