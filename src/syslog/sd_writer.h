// SPDX-License-Identifier: Apache-2.0
// One SD-ELEMENT (RFC 5424, section 6.3) built in memory that is there already.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace vakt::syslog {

/// "[id name="value" ...]" in `room`; nothing as long as nothing was added.
class SdWriter {
 public:
    SdWriter(std::span<char> room, std::string_view id) : room_(room), id_(id) {}

    /// Adds one SD-PARAM with its escapes, whole or, if it does not fit (false), not at all.
    /// REQUIRES: a name of printable characters without blank, '=', ']' and '"'.
    [[nodiscard]] bool add(std::string_view name, std::string_view value);
    /// Valid until the next add() or clear().
    [[nodiscard]] std::string_view text() const { return {room_.data(), size_}; }
    void clear() { size_ = 0; }

 private:
    std::span<char> room_;
    std::string_view id_;
    std::size_t size_ = 0;
};

}  // namespace vakt::syslog
