// SPDX-License-Identifier: Apache-2.0
// The kernel's name for one boot.
#include "report/boot_id.h"

namespace vakt::report {

namespace {

constexpr bool is_dash(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

std::optional<std::uint8_t> digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
    return std::nullopt;
}

}  // namespace

std::optional<BootId> parse_boot_id(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.size() != kBootIdText) return std::nullopt;
    BootId id{};
    std::size_t half = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_dash(at)) {
            if (text[at] != '-') return std::nullopt;
            continue;
        }
        const auto value = digit(text[at]);
        if (!value) return std::nullopt;
        auto& byte = id[half / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | *value);
        ++half;
    }
    return id;
}

std::array<char, kBootIdText> boot_id_chars(const BootId& id) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<char, kBootIdText> text{};
    std::size_t half = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_dash(at)) {
            text[at] = '-';
            continue;
        }
        const auto byte = id[half / 2];
        text[at] = kDigits[half % 2 == 0 ? byte >> 4 : byte & 0xf];
        ++half;
    }
    return text;
}

std::string boot_id_text(const BootId& id) {
    const auto chars = boot_id_chars(id);
    return {chars.data(), chars.size()};
}

}  // namespace vakt::report
