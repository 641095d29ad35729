// SPDX-License-Identifier: Apache-2.0
// One SD-ELEMENT (RFC 5424, section 6.3) built in memory that is there already.
#include "syslog/sd_writer.h"

#include <algorithm>

namespace vakt::syslog {

bool SdWriter::add(std::string_view name, std::string_view value) {
    const auto is_escaped = [](char c) { return c == '"' || c == '\\' || c == ']'; };
    constexpr std::size_t kAround = 5;  // blank = " " and the ']' at the end
    const std::size_t begun = size_ == 0 ? 1 + id_.size() : size_ - 1;
    const auto fixed = begun + name.size() + kAround;
    if (fixed > room_.size() || value.size() > room_.size() - fixed ||
        value.size() +
                static_cast<std::size_t>(std::count_if(value.begin(), value.end(), is_escaped)) >
            room_.size() - fixed)
        return false;
    char* to = room_.data();
    if (size_ == 0) {
        *to = '[';
        std::copy(id_.begin(), id_.end(), to + 1);
    }
    to += begun;
    *to++ = ' ';
    to = std::copy(name.begin(), name.end(), to);
    *to++ = '=';
    *to++ = '"';
    for (const char c : value) {
        if (is_escaped(c)) *to++ = '\\';
        *to++ = c;
    }
    *to++ = '"';
    *to++ = ']';
    size_ = static_cast<std::size_t>(to - room_.data());
    return true;
}

}  // namespace vakt::syslog
