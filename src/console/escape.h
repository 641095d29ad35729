// SPDX-License-Identifier: Apache-2.0
// What run_erl and to_erl tell each other between the bytes of the console.
//
//   to_erl                          run_erl
//     |--- 0x0C -------------------->|   first byte of all: who is there?
//     |<-- "[run_erl v1-0]\n" -------|   the versions it speaks, newest and oldest
//     |--- ESC _ version=1 ESC \ --->|   the one that is spoken
//     |--- ESC _ winsize=C,R ESC \ ->|   columns and rows, now and whenever they change
//
// Commands are Application Program Commands (ECMA-48, 8.3.2). OTP's know version and winsize and
// drop all others; ours know also
//
//   viewer=1     this viewer is ours: it counts what it misses, and is one of several
//   readonly=1   nothing that this viewer sends goes to the node, nor changes the window, from now
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace vakt::console {

inline constexpr char kHello = '\x0c';      ///< opens a handshake
inline constexpr char kInterrupt = '\x03';  ///< alone in what was read: SIGINT to the child
inline constexpr unsigned kNewestVersion = 1;
inline constexpr unsigned kOldestVersion = 0;

/// As TIOCSWINSZ takes it: up to 65535 each.
struct WindowSize {
    unsigned columns = 0;
    unsigned rows = 0;
    bool operator==(const WindowSize&) const = default;
};

struct Version {
    unsigned number = 0;
    bool operator==(const Version&) const = default;
};
struct Viewer {
    bool operator==(const Viewer&) const = default;
};
struct ReadOnly {
    bool operator==(const ReadOnly&) const = default;
};
struct Unknown {
    bool operator==(const Unknown&) const = default;
};
using Command = std::variant<Version, WindowSize, Viewer, ReadOnly, Unknown>;

/// What stands between ESC _ and ESC \. Numbers are decimal and nothing may follow them.
[[nodiscard]] Command parse_command(std::string_view words);
/// The bytes that say it. REQUIRES: not Unknown.
[[nodiscard]] std::string command_bytes(const Command& command);

/// "[run_erl v1-0]\n".
[[nodiscard]] std::string version_line();

/// Parts text from commands. The same bytes give the same, in whatever pieces they come: what may
/// still become a command is held back.
///
/// A command's words are at most kLongest bytes and have no control characters; what begins like
/// one and goes on otherwise is text, every byte of it.
class EscapeSplitter {
 public:
    static constexpr std::size_t kLongest = 256;

    /// Calls text(string_view) and command(string_view: the words) in the order of the bytes.
    /// Views live until the call returns. A text is never empty.
    template <class Text, class Words>
    void feed(std::string_view bytes, Text&& text, Words&& command) {
        while (!bytes.empty()) {
            if (held_ == 0) {
                const auto plain = bytes.substr(0, bytes.find(kEscape));
                if (!plain.empty()) text(plain);
                bytes.remove_prefix(plain.size());
                if (bytes.empty()) return;
            }
            const char c = bytes.front();
            switch (next(c)) {
                case Step::hold:
                    hold_[held_++] = c;
                    break;
                case Step::whole:
                    held_ -= 1;  // the ESC before c
                    command(held().substr(2));
                    held_ = 0;
                    break;
                case Step::text:
                    // An ESC at the end of what was held may begin another one, with c.
                    release(held_ > 1 && hold_[held_ - 1] == kEscape, text);
                    continue;
            }
            bytes.remove_prefix(1);
        }
    }

    /// What is held back: "", ESC alone, or the beginning of a command.
    [[nodiscard]] std::string_view held() const { return {hold_.data(), held_}; }
    /// ESC and '_' have come: more than a key was pressed, as a rule.
    [[nodiscard]] bool in_command() const { return held_ > 1; }

    /// What was held back is text after all.
    template <class Text>
    void give_up(Text&& text) {
        release(false, text);
    }
    void forget() { held_ = 0; }

 private:
    static constexpr char kEscape = '\x1b';
    enum class Step { hold, whole, text };

    [[nodiscard]] Step next(char c) const;

    template <class Text>
    void release(bool keep_last, Text&& text) {
        const std::size_t size = held_ - (keep_last ? 1 : 0);
        if (size != 0) text(held().substr(0, size));
        held_ = keep_last ? 1 : 0;
        hold_[0] = kEscape;
    }

    std::array<char, kLongest + 3> hold_{};  // ESC _ words ESC
    std::size_t held_ = 0;
};

/// to_erl's side: takes run_erl's version line off the beginning of what it sends.
class Greeting {
 public:
    struct Versions {
        unsigned newest = 0;
        unsigned oldest = 0;
        bool operator==(const Versions&) const = default;
    };
    /// Cuts off `bytes` what belongs to the line, which may come in any pieces, and puts what
    /// turned out to be no such line before them again (into `before`).
    /// True once it is known: versions() then, or none from a run_erl that has no handshake.
    bool feed(std::string_view& bytes, std::string& before);
    [[nodiscard]] bool known() const { return known_; }
    [[nodiscard]] std::optional<Versions> versions() const { return versions_; }

 private:
    std::string line_;
    bool known_ = false;
    std::optional<Versions> versions_;
};

}  // namespace vakt::console
