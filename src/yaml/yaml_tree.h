// SPDX-License-Identifier: Apache-2.0
// A YAML text as a tree of plain values, each with its line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/complaints.h"

namespace vakt::yaml {

/// A value: an entry of a map, or an element of a list.
struct Node {
    enum class Kind : std::uint8_t { text, list, map };

    Kind kind = Kind::text;
    int line = 0;  ///< of the value, or of its key in a map
    std::string key{};
    std::string text{};
    bool plain = false;  ///< a text without quotes: YAML takes `yes`, 10, 0644 for other kinds
    std::vector<Node> inner{};

    [[nodiscard]] const Node* find(std::string_view wanted) const;
    /// `key:` with nothing behind it, `~` or `null`.
    [[nodiscard]] bool is_null() const;
};

inline constexpr std::size_t kMaxText = 256UL * 1024;
inline constexpr std::size_t kMaxNesting = 16;
inline constexpr std::size_t kMaxNodes = 10'000;

/// One document of YAML 1.1 in UTF-8 (an empty text is an empty map). What is wrong is added to
/// `complaints`, and what is returned is then of no use. Refused, besides what is no YAML: more
/// than the limits above; anchors, aliases and tags, which make small texts big and texts other
/// kinds; several documents; keys that are no text; a key said twice, of which most readers take
/// the last in silence.
[[nodiscard]] Node parse_tree(std::string_view text, Complaints& complaints);

}  // namespace vakt::yaml
