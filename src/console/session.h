// SPDX-License-Identifier: Apache-2.0
// What one viewer says, from its first byte to its last.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "console/escape.h"

namespace vakt::console {

/// What came out of some bytes of a viewer.
struct Said {
    bool hello = false;                ///< it opened a handshake: answer with version_line()
    std::string text;                  ///< for the node; none from a viewer that may only read
    std::optional<WindowSize> window;  ///< the last one it told; none from one that may only read
    std::string complaint;             ///< one line for the log, or nothing
};

/// Takes a viewer's bytes apart. The byte that opens a handshake, and every command, are not for
/// the node; a form feed (Ctrl-L) at any other place is.
class Session {
 public:
    /// How long a viewer may take for the rest of what may be a command. Terminals send an escape
    /// sequence at once, and to_erl a command; a human who presses Escape, or Alt and '_', waits.
    static constexpr std::chrono::milliseconds kKeyPatience{50};
    static constexpr std::chrono::milliseconds kCommandPatience{500};
    /// Complaints of one session that are made; the others are counted and told at its end.
    static constexpr unsigned kMostComplaints = 5;

    [[nodiscard]] Said hear(std::string_view bytes);

    /// How long to wait now before give_up(); none: nothing is held back.
    [[nodiscard]] std::optional<std::chrono::milliseconds> patience() const;
    /// What was held back is text after all.
    [[nodiscard]] Said give_up();
    /// The viewer is gone, and the next one begins anew. Half a command of its is dropped.
    [[nodiscard]] Said end();

    [[nodiscard]] bool begun() const { return begun_; }
    [[nodiscard]] bool read_only() const { return read_only_; }
    [[nodiscard]] std::optional<WindowSize> window() const { return window_; }

 private:
    void obey(std::string_view words, Said& said);
    void complain(const char* what, std::string_view words, Said& said);
    [[nodiscard]] Said censored(Said said) const;

    EscapeSplitter splitter_;
    bool begun_ = false;
    bool read_only_ = false;
    std::optional<WindowSize> window_;
    unsigned complaints_ = 0;
};

}  // namespace vakt::console
