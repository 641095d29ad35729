// SPDX-License-Identifier: Apache-2.0
// Documents of a seed, read, with everything that is complained of as one text.
#pragma once

#include <string>

#include "yaml/yaml_tree.h"

/// What `read(tree, complaints)` makes of a text, and its complaints as in_lines() has them.
template <class Read>
auto read_document(const std::string& text, std::string& said, const Read& read) {
    vakt::Complaints complaints;
    const auto tree = vakt::yaml::parse_tree(text, complaints);
    auto value = read(tree, complaints);
    said = vakt::in_lines(std::move(complaints), "D");
    return value;
}
