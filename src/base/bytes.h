// SPDX-License-Identifier: Apache-2.0
// Numbers in network order, read from and written into bytes.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace vakt {

/// Writes the low `width` bytes of `value` (width 1 to 8), most significant first.
constexpr void put_big_endian(unsigned char* to, std::size_t width, std::uint64_t value) {
    for (std::size_t i = width; i-- > 0; value >>= 8) to[i] = static_cast<unsigned char>(value);
}

/// Reads `width` bytes (1 to 8), most significant first.
[[nodiscard]] constexpr std::uint64_t get_big_endian(const unsigned char* from, std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8 | from[i];
    return value;
}

/// The same at a width known when compiled, and one instruction or two.
template <std::unsigned_integral T>
constexpr void put_number(unsigned char* to, T value) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((to[I] = static_cast<unsigned char>(value >> (8 * (sizeof(T) - 1 - I)))), ...);
    }
    (std::make_index_sequence<sizeof(T)>());
}
template <std::unsigned_integral T>
[[nodiscard]] constexpr T get_number(const unsigned char* from) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return static_cast<T>((... | (std::uint64_t{from[I]} << (8 * (sizeof(T) - 1 - I)))));
    }
    (std::make_index_sequence<sizeof(T)>());
}

}  // namespace vakt
