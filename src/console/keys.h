// SPDX-License-Identifier: Apache-2.0
// Which of what is typed into to_erl is for itself.
#pragma once

#include <string>
#include <string_view>

namespace vakt::console {

/// Ctrl-D leaves; Ctrl-S holds what is shown to this viewer, Ctrl-Q shows on. None of the three
/// goes to the node: a 0x13 on a terminal with flow control would stop it.
struct Keys {
    std::string text;  ///< for the node; of what came before a Ctrl-D
    bool leave = false;
    bool held = false;  ///< after all of it
};

/// `held`: before it.
[[nodiscard]] inline Keys take_keys(std::string_view typed, bool held) {
    constexpr char kLeave = '\x04';
    constexpr char kHold = '\x13';
    constexpr char kGoOn = '\x11';
    Keys keys{.text = {}, .leave = false, .held = held};
    for (const char c : typed) {
        if (c == kLeave) {
            keys.leave = true;
            return keys;
        }
        if (c == kHold || c == kGoOn)
            keys.held = c == kHold;
        else
            keys.text += c;
    }
    return keys;
}

}  // namespace vakt::console
