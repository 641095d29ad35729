// SPDX-License-Identifier: Apache-2.0
// Erlang terms as text, as far as a file of them (file:consult/1) has them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vakt::release {

/// An atom, a string (a list of characters is one too), a whole number's digits, a tuple, a list,
/// or another term, of which nothing more is known: a float, a binary, a map, a fun, a list with a
/// tail.
struct Term {
    enum class Kind { atom, string, number, tuple, list, other };
    Kind kind = Kind::atom;
    std::string text;         ///< of an atom, string (UTF-8) or number
    std::vector<Term> items;  ///< of a tuple or list
    unsigned line = 0;        ///< where it begins, from 1

    [[nodiscard]] bool is_tuple(std::size_t size) const {
        return kind == Kind::tuple && items.size() == size;
    }
    /// An empty list is an empty string too.
    [[nodiscard]] bool is_string() const {
        return kind == Kind::string || (kind == Kind::list && items.empty());
    }
    [[nodiscard]] bool is_list() const {
        return kind == Kind::list || (kind == Kind::string && text.empty());
    }
};

/// The one term of `text`, with the full stop behind it. What is no term is refused: "NAME:LINE:
/// why".
[[nodiscard]] Result<Term> read_term(std::string_view text, std::string_view name);

/// All terms of `text`, each with its full stop.
[[nodiscard]] Result<std::vector<Term>> read_terms(std::string_view text, std::string_view name);

}  // namespace vakt::release
