// SPDX-License-Identifier: Apache-2.0
// A user's or group's number by name, from the text of /etc/passwd or /etc/group.
#include "base/users.h"

#include "base/text.h"

namespace vakt {
namespace {

std::string_view take_field(std::string_view& line) {
    const auto end = line.find(':');
    const auto field = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return field;
}

}  // namespace

std::optional<std::uint32_t> find_id(std::string_view names, std::string_view name) {
    if (name.empty()) return std::nullopt;
    while (!names.empty()) {
        auto line = take_line(names);
        if (take_field(line) != name) continue;
        (void)take_field(line);
        const auto number = parse_decimal<std::uint32_t>(take_field(line));
        if (number && *number != UINT32_MAX) return number;
    }
    return std::nullopt;
}

}  // namespace vakt
