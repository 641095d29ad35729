// SPDX-License-Identifier: Apache-2.0
// What viewers say, differential by splitting: a session gives the same in any pieces, and what it
// gives agrees with a reference that has all bytes at once. Input: byte 0 the size of a piece, byte
// 1 the size of every other piece (0: all at once); then the bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "console/escape.h"
#include "console/session.h"

namespace {

using namespace vakt::console;

void insist(bool holds) {
    if (!holds) std::abort();
}

// All that came, texts as they are and commands in angle brackets behind a byte that no text has.
struct Seen {
    std::string all;
    std::string held;
};

Seen split(std::string_view bytes, std::size_t odd, std::size_t even) {
    EscapeSplitter splitter;
    Seen seen;
    bool turn = false;
    while (!bytes.empty()) {
        const auto size = turn ? even : odd;
        const auto part = bytes.substr(0, size == 0 ? bytes.size() : size);
        bytes.remove_prefix(part.size());
        turn = !turn;
        splitter.feed(
            part,
            [&](std::string_view text) {
                insist(!text.empty());
                seen.all += text;
            },
            [&](std::string_view words) {
                insist(words.size() <= EscapeSplitter::kLongest);
                seen.all.append("\x1b_<").append(words).append(">");
            });
    }
    seen.held = splitter.held();
    return seen;
}

// With all bytes there, a command is "ESC _", words without control characters, "ESC \".
Seen reference(std::string_view bytes) {
    Seen seen;
    while (!bytes.empty()) {
        if (bytes[0] == '\x1b') {
            if (bytes.size() == 1) {
                seen.held = bytes;
                return seen;
            }
            if (bytes[1] == '_') {
                std::size_t end = 2;
                while (end < bytes.size() && end - 2 <= EscapeSplitter::kLongest) {
                    const auto byte = static_cast<unsigned char>(bytes[end]);
                    if (byte < 0x20 || byte == 0x7f) break;
                    ++end;
                }
                const auto words = bytes.substr(2, end - 2);
                const bool fits = words.size() <= EscapeSplitter::kLongest;
                const auto after = bytes.substr(end);
                if (fits && (after.empty() || after == "\x1b")) {
                    seen.held = bytes;
                    return seen;
                }
                if (fits && after.starts_with("\x1b\\")) {
                    seen.all.append("\x1b_<").append(words).append(">");
                    bytes.remove_prefix(end + 2);
                    continue;
                }
            }
        }
        seen.all += bytes[0];
        bytes.remove_prefix(1);
    }
    return seen;
}

struct Heard {
    std::string text;
    std::optional<WindowSize> window;
    bool hello = false;
    bool read_only = false;
};

Heard hear(std::string_view bytes, std::size_t piece) {
    Session session;
    Heard heard;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        const auto said = session.hear(bytes.substr(at, piece));
        heard.hello = heard.hello || said.hello;
        heard.text += said.text;
        if (said.window) heard.window = said.window;
    }
    heard.read_only = session.read_only();
    heard.text += session.end().text;
    return heard;
}

std::string greet(std::string_view bytes, std::size_t piece) {
    Greeting greeting;
    std::string shown;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        auto part = bytes.substr(at, piece);
        std::string before;
        greeting.feed(part, before);
        shown.append(before).append(part);
    }
    return shown;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t odd = data[0];
    const std::size_t even = data[1];
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);

    const auto pieces = split(bytes, odd, even);
    const auto simple = reference(bytes);
    insist(pieces.all == simple.all && pieces.held == simple.held);

    const std::size_t piece = odd == 0 ? 1 : odd;
    const auto whole = hear(bytes, bytes.size() + 1);
    const auto parts = hear(bytes, piece);
    insist(whole.text == parts.text && whole.window == parts.window);
    insist(whole.hello == parts.hello && whole.read_only == parts.read_only);
    insist(greet(bytes, piece) == greet(bytes, bytes.size() + 1));
    return 0;
}
