// SPDX-License-Identifier: Apache-2.0
// What every configuration file of ours is read with: its text, the names it uses, its faults as
// lines.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "settings/conf_tree.h"

namespace vakt::settings {

/// What `read(tree, complaints)` makes of a text, or all that it complained of, as in_lines().
template <class Read>
[[nodiscard]] auto parse_conf(std::string_view text, std::string_view file, Read&& read)
    -> Result<decltype(read(Node{}, std::declval<Complaints&>()))> {
    Complaints complaints;
    const auto tree = parse_tree(text, complaints);
    if (complaints.empty()) {
        auto value = read(tree, complaints);
        if (complaints.empty()) return value;
    }
    return refusal(in_lines(std::move(complaints), std::string(file)));
}

/// The text of a regular file of at most kMaxConfText bytes, or of what a link leads to. Blocks as
/// long as the disk does.
[[nodiscard]] Result<std::string> read_conf_text(const std::string& path);

/// The text of /etc/passwd or /etc/group; "" when it cannot be read: names are then unknown, and
/// that is said where one is used.
[[nodiscard]] std::string read_names(const std::string& path);

}  // namespace vakt::settings
