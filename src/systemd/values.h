// SPDX-License-Identifier: Apache-2.0
// Values of a D-Bus message, written.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

struct sd_bus_message;

namespace vakt::systemd {

/// Writes values into a message. What the bus would throw us out for (broken UTF-8, a NUL) becomes
/// '?'. Fails as a whole: good() tells.
class Values {
 public:
    explicit Values(sd_bus_message* message) : message_(message) {}

    Values& text(std::string_view text);         ///< s
    Values& truth(bool is);                      ///< b
    Values& byte(std::uint8_t number);           ///< y
    Values& number(std::uint32_t number);        ///< u
    Values& number(std::uint64_t number);        ///< t
    Values& signed_number(std::int64_t number);  ///< x
    /// 'a' array, 'r' struct, 'v' variant, of `contents`; until close().
    Values& open(char kind, const char* contents);
    Values& close();

    [[nodiscard]] bool good() const { return good_; }

 private:
    Values& basic(char type, const void* value);
    sd_bus_message* message_;
    bool good_ = true;
};
using Fill = std::function<void(Values&)>;

}  // namespace vakt::systemd
