// SPDX-License-Identifier: Apache-2.0
#include "sys/boot_id.h"

#include <array>

namespace vakt::sys {

std::string boot_id_of(std::int64_t seconds, std::uint32_t nanoseconds) {
    // 48 bits of seconds, then version and variant, then the nanoseconds; the rest says whose it
    // is.
    constexpr std::uint64_t kVersion = 0x8;
    constexpr std::uint64_t kVakt = 0x76616b74;  // "vakt"
    const auto since = static_cast<std::uint64_t>(seconds) & 0xffff'ffff'ffffU;
    const std::uint64_t high = since << 16U | kVersion << 12U | (nanoseconds >> 20U & 0xfffU);
    const std::uint64_t low =
        std::uint64_t{2} << 62U | (std::uint64_t{nanoseconds} & 0xf'ffffU) << 32U | kVakt;
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const auto half : {high, low})
        for (int shift = 60; shift >= 0; shift -= 4) {
            text.push_back(kDigits[half >> static_cast<unsigned>(shift) & 0xfU]);
            if (const auto size = text.size(); size == 8 || size == 13 || size == 18 || size == 23)
                text.push_back('-');
        }
    return text;
}

}  // namespace vakt::sys
