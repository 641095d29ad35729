// SPDX-License-Identifier: Apache-2.0
// CRC-32 as in IEEE 802.3 (zlib's crc32), for what a power cut may have torn.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace vakt {

namespace detail {
constexpr std::array<std::uint32_t, 256> crc32_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        auto value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1U) != 0 ? 0xEDB88320U ^ (value >> 1) : value >> 1;
        table[byte] = value;
    }
    return table;
}
inline constexpr auto kCrc32Table = crc32_table();
}  // namespace detail

/// CRC-32 of "123456789" is 0xCBF43926.
[[nodiscard]] constexpr std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
    std::uint32_t value = ~0U;
    for (const auto byte : bytes)
        value = detail::kCrc32Table[(value ^ byte) & 0xFFU] ^ (value >> 8);
    return ~value;
}
[[nodiscard]] inline std::uint32_t crc32(std::string_view text) {
    return crc32(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace vakt
