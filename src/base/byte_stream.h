// SPDX-License-Identifier: Apache-2.0
// Numbers and texts as bytes, in network order, written and read within bounds.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace vakt {

/// Writes into a buffer it does not own. What no longer fits is not written, and fits() says so.
class ByteWriter {
 public:
    explicit ByteWriter(std::span<std::uint8_t> out) : out_(out) {}

    template <std::unsigned_integral T>
    void number(T value) {
        if (!room(sizeof(T))) return;
        put_big_endian(out_.data() + size_, sizeof(T), value);
        size_ += sizeof(T);
    }
    void bytes(std::string_view text) {
        if (!room(text.size())) return;
        for (const char c : text) out_[size_++] = static_cast<std::uint8_t>(c);
    }
    /// One byte of length, then the text. REQUIRES: at most 255 bytes.
    void text(std::string_view text) {
        number(static_cast<std::uint8_t>(text.size()));
        bytes(text);
    }

    [[nodiscard]] bool fits() const { return fits_; }
    [[nodiscard]] std::size_t size() const { return size_; }

 private:
    bool room(std::size_t size) {
        fits_ = fits_ && size <= out_.size() - size_;
        return fits_;
    }

    std::span<std::uint8_t> out_;
    std::size_t size_ = 0;
    bool fits_ = true;
};

/// Reads what may come from anyone. Past the end everything is zero and empty, and good() says so.
class ByteReader {
 public:
    explicit ByteReader(std::span<const std::uint8_t> in) : in_(in) {}

    template <std::unsigned_integral T>
    T number() {
        if (!there(sizeof(T))) return 0;
        at_ += sizeof(T);
        return static_cast<T>(get_big_endian(in_.data() + at_ - sizeof(T), sizeof(T)));
    }
    std::string_view bytes(std::size_t size) {
        if (!there(size)) return {};
        const auto* start = reinterpret_cast<const char*>(in_.data() + at_);
        at_ += size;
        return {start, size};
    }
    /// One byte of length, then the text, which is bad above `most` bytes.
    std::string_view text(std::size_t most) {
        const auto size = number<std::uint8_t>();
        good_ = good_ && size <= most;
        return bytes(size);
    }
    /// One byte that counts from 0 and is bad from `count` on.
    template <class Enum>
    Enum one_of(std::uint8_t count) {
        const auto value = number<std::uint8_t>();
        good_ = good_ && value < count;
        return static_cast<Enum>(good_ ? value : 0);
    }
    bool flag() { return one_of<std::uint8_t>(2) == 1; }

    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] std::size_t left() const { return in_.size() - at_; }
    /// Everything was there, and nothing more.
    [[nodiscard]] bool all_read() const { return good_ && left() == 0; }

 private:
    bool there(std::size_t size) {
        good_ = good_ && size <= left();
        return good_;
    }

    std::span<const std::uint8_t> in_;
    std::size_t at_ = 0;
    bool good_ = true;
};

}  // namespace vakt
