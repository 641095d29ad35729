// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648, section 4), read strictly.
#include "seed/base64.h"

#include <cstdint>

namespace vakt::seed {
namespace {

constexpr std::uint32_t kNone = 64;

std::uint32_t value_of(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a') + 26;
    if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0') + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : kNone;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned digits = 0;   // of the group of four in hand
    unsigned padding = 0;  // after which nothing may follow
    for (const char c : text) {
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
        if (c == '=') {
            if (++padding + digits > 4 || digits < 2) return std::nullopt;
            continue;
        }
        const auto value = value_of(c);
        if (value == kNone || padding != 0) return std::nullopt;
        bits = bits << 6U | value;
        if (++digits < 4) continue;
        for (const unsigned shift : {16U, 8U, 0U})
            bytes += static_cast<char>(bits >> shift & 0xffU);
        bits = digits = 0;
    }
    if (digits == 0) return padding == 0 ? std::optional(bytes) : std::nullopt;
    if (digits + padding != 4) return std::nullopt;
    const unsigned spare = padding * 2;
    if ((bits & ((1U << spare) - 1)) != 0) return std::nullopt;
    bits >>= spare;
    if (padding == 1) bytes += static_cast<char>(bits >> 8U & 0xffU);
    bytes += static_cast<char>(bits & 0xffU);
    return bytes;
}

}  // namespace vakt::seed
