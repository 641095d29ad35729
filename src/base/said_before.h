// SPDX-License-Identifier: Apache-2.0
// What was said lately, so that what lasts is said once.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "base/fixed_text.h"

namespace vakt {

/// The last four different texts, without a heap: where a few causes take turns, each is said once.
class SaidBefore {
 public:
    /// True: it is to be said now. Texts that begin with the same 160 bytes are one.
    [[nodiscard]] bool is_news(std::string_view text) {
        const FixedText<160> words(text);
        if (std::ranges::find(said_, words) != said_.end()) return false;
        said_[next_] = words;
        next_ = (next_ + 1) % said_.size();
        return true;
    }
    /// What was wrong is mended: whatever comes now is news.
    void forget() { *this = {}; }

 private:
    std::array<FixedText<160>, 4> said_{};
    std::size_t next_ = 0;
};

}  // namespace vakt
