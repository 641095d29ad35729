// SPDX-License-Identifier: Apache-2.0
// The options of `vaktctl events` that say which events are wanted.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "relay/filter.h"

namespace vakt::ctl {

/// Options of one name are alternatives, those of different names must all hold.
class EventFilter {
 public:
    /// Whether `option` ("--app") is one of them.
    [[nodiscard]] static bool knows(std::string_view option);
    /// REQUIRES: knows(option). Errors: words for people.
    [[nodiscard]] Status take(std::string_view option, std::string_view value);

    /// Strict: who asks for something wants to see nothing else.
    [[nodiscard]] relay::Filter filter() const;

 private:
    Status take_word(std::string_view option, std::string_view value);

    bool any_ = false;
    std::optional<std::uint8_t> severity_;  ///< the least severe of those said
    relay::Condition condition_;
};

}  // namespace vakt::ctl
