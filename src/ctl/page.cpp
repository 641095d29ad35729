// SPDX-License-Identifier: Apache-2.0
// Lines of labelled pieces, broken where they do not fit, with or without colour.
#include "ctl/page.h"

#include <algorithm>
#include <array>

#include "ctl/printable.h"

namespace vakt::ctl {
namespace {

constexpr std::size_t kLabel = 10;
constexpr std::size_t kNarrow = 60;  // below it a label costs too much to be indented by

// ECMA-48, SGR; the eight colours that every terminal has.
constexpr std::array<std::string_view, 5> kTones = {"", "\x1b[2m", "\x1b[32m", "\x1b[33m",
                                                    "\x1b[1;31m"};

}  // namespace

std::string toned(std::string_view text, Tone tone, bool colour) {
    const auto start = colour && !text.empty() ? kTones[static_cast<std::size_t>(tone)] : "";
    std::string out(start);
    out += text;
    if (!start.empty()) out += "\x1b[0m";
    return out;
}

void Page::put(std::string_view text, Tone tone) { text_ += toned(text, tone, look_.colour); }

void Page::title(std::string_view text) {
    text_ += look_.colour ? "\x1b[1m" : "";
    text_ += text;
    text_ += look_.colour ? "\x1b[0m\n" : "\n";
}

void Page::put_words(std::string_view text, Tone tone, std::size_t indent, std::size_t& column) {
    const auto width = std::max<std::size_t>(look_.width, 20);
    while (column + columns(text) > width) {
        const auto room = width > column ? width - column : 0;
        // Bytes stand for columns here: a line may then be shorter than it must, never longer.
        auto cut = room == 0 ? 0 : text.substr(0, room + 1).rfind(' ');
        if (cut == std::string_view::npos || cut == 0) {
            cut = column > indent ? 0 : room;
            while (cut > 1 && (static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80U) --cut;
        }
        put(text.substr(0, cut), tone);
        text_ += '\n' + std::string(indent, ' ');
        column = indent;
        text.remove_prefix(cut);
        if (text.starts_with(' ')) text.remove_prefix(1);
    }
    put(text, tone);
    column += columns(text);
}

void Page::row(std::string_view label, const std::vector<Piece>& pieces) {
    const auto width = std::max<std::size_t>(look_.width, 20);
    const auto indent = width < kNarrow ? std::size_t{4} : kLabel;
    auto column = std::max(columns(label) + (label.empty() ? 0 : 1), kLabel);
    put(label, Tone::dim);
    text_.append(column - columns(label), ' ');
    bool first = true;
    for (const auto& piece : pieces) {
        if (piece.text.empty()) continue;
        const auto gap = first ? std::size_t{0} : std::size_t{2};
        const bool fits = column + gap + columns(piece.text) <= width;
        if (fits || first) {
            text_.append(gap, ' ');
            column += gap;
        } else {
            text_ += '\n' + std::string(indent, ' ');
            column = indent;
        }
        put_words(piece.text, piece.tone, indent, column);
        first = false;
    }
    text_ += '\n';
}

}  // namespace vakt::ctl
