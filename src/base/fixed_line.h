// SPDX-License-Identifier: Apache-2.0
// A text put together piece by piece, with a fixed capacity and no heap.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vakt {

/// Up to N bytes; what is beyond N is cut off.
template <std::size_t N>
class FixedLine {
 public:
    void put(std::string_view words) {
        for (const char c : words)
            if (size_ < N) bytes_[size_++] = c;
    }
    void put(std::uint64_t number) {
        std::array<char, 20> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
        put({digits.data(), static_cast<std::size_t>(end.ptr - digits.data())});
    }
    [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }

 private:
    std::array<char, N> bytes_{};
    std::size_t size_ = 0;
};

}  // namespace vakt
