// SPDX-License-Identifier: Apache-2.0
// A user's number by name, from the text of /etc/passwd: no NSS, so that a static program may ask.
#include "settings/users.h"

#include "base/text.h"

namespace vakt::settings {
namespace {

std::string_view take_field(std::string_view& line) {
    const auto end = line.find(':');
    const auto field = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return field;
}

}  // namespace

std::optional<std::uint32_t> find_uid(std::string_view passwd, std::string_view name) {
    if (name.empty()) return std::nullopt;
    while (!passwd.empty()) {
        auto line = take_line(passwd);
        if (take_field(line) != name) continue;
        (void)take_field(line);
        const auto uid = parse_decimal<std::uint32_t>(take_field(line));
        if (uid && *uid != UINT32_MAX) return uid;
    }
    return std::nullopt;
}

}  // namespace vakt::settings
