// SPDX-License-Identifier: Apache-2.0
// Lines of labelled pieces, broken where they do not fit, with or without colour.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vakt::ctl {

/// Where it is shown.
struct Look {
    std::size_t width = 80;  ///< columns; at least 20 are used
    bool colour = false;     ///< a terminal that wants it
};

enum class Tone : std::uint8_t { plain, dim, good, warning, alarm };

/// As it stands on a terminal; `text` itself without colour.
[[nodiscard]] std::string toned(std::string_view text, Tone tone, bool colour);

struct Piece {
    std::string text;  ///< printable
    Tone tone = Tone::plain;
};

/// Pieces stand two blanks apart. A line is broken between them, and within one only where it alone
/// is too long; what follows a break is indented.
class Page {
 public:
    explicit Page(const Look& look) : look_(look) {}

    /// A bold line of its own.
    void title(std::string_view text);
    /// `label` in 10 columns, then the pieces.
    void row(std::string_view label, const std::vector<Piece>& pieces);

    [[nodiscard]] const std::string& text() const { return text_; }

 private:
    void put(std::string_view text, Tone tone);
    void put_words(std::string_view text, Tone tone, std::size_t indent, std::size_t& column);

    Look look_;
    std::string text_;
};

}  // namespace vakt::ctl
