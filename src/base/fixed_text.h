// SPDX-License-Identifier: Apache-2.0
// A short text with a fixed capacity and no heap.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vakt {

/// Up to N bytes of text in place; what is beyond N is cut off.
template <std::size_t N>
class FixedText {
    static_assert(N <= 255);

 public:
    constexpr FixedText() = default;
    constexpr FixedText(std::string_view text) {
        for (const char c : text.substr(0, N)) bytes_[size_++] = c;
    }
    constexpr FixedText(const char* text) : FixedText(std::string_view(text)) {}

    [[nodiscard]] constexpr std::string_view view() const { return {bytes_.data(), size_}; }
    [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
    [[nodiscard]] static constexpr std::size_t capacity() { return N; }

    constexpr bool operator==(const FixedText& other) const { return view() == other.view(); }

 private:
    std::uint8_t size_ = 0;
    std::array<char, N> bytes_{};
};

}  // namespace vakt
