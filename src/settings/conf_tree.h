// SPDX-License-Identifier: Apache-2.0
// A configuration text as a tree of plain values, each with its line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "settings/conf_text.h"

namespace vakt::settings {

/// One setting, or one element of a list.
struct Node {
    enum class Kind : std::uint8_t { group, list, text, integer, real, flag };

    Kind kind = Kind::group;
    int line = 0;
    std::string name;  ///< "" of an element
    std::string text;
    std::int64_t integer = 0;
    double real = 0;
    bool flag = false;
    std::vector<Node> inner;  ///< of a group, list or array

    [[nodiscard]] const Node* find(std::string_view key) const;
};

/// libconfig's grammar, but for what screen() refuses, and at most kMaxConfText bytes. When
/// something is wrong it is added to `complaints`, and what is returned is of no use.
[[nodiscard]] Node parse_tree(std::string_view text, Complaints& complaints);

}  // namespace vakt::settings
