// SPDX-License-Identifier: Apache-2.0
// Messages from one thread to another without a lock: a thread of the emulator never waits here.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vakt::beam {

/// One writer, one reader, each any thread. A message is put whole or, where it does not fit (its
/// length and two bytes), not at all.
template <std::size_t kSize>
class ByteRing {
 public:
    static constexpr std::size_t kLongest = 0xffff;
    static_assert((kSize & (kSize - 1)) == 0, "a power of two");

    /// The writer's. False: there is no room.
    [[nodiscard]] bool put(std::string_view message) {
        const auto tail = tail_.load(std::memory_order_relaxed);
        const auto used = tail - head_.load(std::memory_order_acquire);
        if (message.size() > kLongest || kSize - used < message.size() + 2) return false;
        at(tail) = static_cast<char>(message.size() >> 8);
        at(tail + 1) = static_cast<char>(message.size() & 0xff);
        for (std::size_t i = 0; i < message.size(); ++i) at(tail + 2 + i) = message[i];
        tail_.store(tail + 2 + message.size(), std::memory_order_release);
        return true;
    }

    /// The reader's. nullopt: nothing is there.
    [[nodiscard]] std::optional<std::string> take() {
        const auto head = head_.load(std::memory_order_relaxed);
        if (head == tail_.load(std::memory_order_acquire)) return std::nullopt;
        const auto size = (static_cast<std::size_t>(static_cast<unsigned char>(at(head))) << 8) |
                          static_cast<unsigned char>(at(head + 1));
        std::string message(size, '\0');
        for (std::size_t i = 0; i < size; ++i) message[i] = at(head + 2 + i);
        head_.store(head + 2 + size, std::memory_order_release);
        return message;
    }

 private:
    char& at(std::size_t place) { return bytes_[place & (kSize - 1)]; }

    std::array<char, kSize> bytes_{};
    std::atomic<std::size_t> head_{0};
    std::atomic<std::size_t> tail_{0};
};

}  // namespace vakt::beam
