// SPDX-License-Identifier: Apache-2.0
// What the two kinds of register window share.
#include "drivers/register_window.h"

namespace vakt::drivers {

void put(std::uint32_t value, wdt::ByteOrder order, std::span<std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto place = order == wdt::ByteOrder::little ? i : bytes.size() - 1 - i;
        bytes[i] = static_cast<std::byte>(value >> (8 * place));
    }
}

std::uint32_t get(wdt::ByteOrder order, std::span<const std::byte> bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto place = order == wdt::ByteOrder::little ? i : bytes.size() - 1 - i;
        value |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * place);
    }
    return value;
}

}  // namespace vakt::drivers
