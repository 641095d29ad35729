// SPDX-License-Identifier: Apache-2.0
// A list with a fixed capacity and no heap.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <new>
#include <type_traits>

namespace vakt {

/// Up to N values in place, for programs that allocate nothing once they have started. What is not
/// used is not initialised, so an empty list costs nothing.
template <class T, std::size_t N>
class FixedList {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
    FixedList() = default;
    FixedList(std::initializer_list<T> values) {
        for (const auto& value : values) push_back(value);
    }
    FixedList(const FixedList& other) : size_(other.size_) {
        std::memcpy(bytes_, other.bytes_, size_ * sizeof(T));
    }
    FixedList& operator=(const FixedList& other) {
        if (this == &other) return *this;
        size_ = other.size_;
        std::memcpy(bytes_, other.bytes_, size_ * sizeof(T));
        return *this;
    }
    ~FixedList() = default;

    /// False, and nothing changed, when it is full.
    bool push_back(const T& value) {
        if (size_ == N) return false;
        std::memcpy(bytes_ + size_ * sizeof(T), &value, sizeof(T));
        ++size_;
        return true;
    }
    /// The same, before the value at `place`.
    bool insert(std::size_t place, const T& value) {
        if (size_ == N || place > size_) return false;
        unsigned char* here = bytes_ + place * sizeof(T);
        std::memmove(here + sizeof(T), here, (size_ - place) * sizeof(T));
        std::memcpy(here, &value, sizeof(T));
        ++size_;
        return true;
    }
    void clear() { size_ = 0; }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] static constexpr std::size_t capacity() { return N; }

    T& operator[](std::size_t at) {
        assert(at < size_);
        return begin()[at];
    }
    const T& operator[](std::size_t at) const {
        assert(at < size_);
        return begin()[at];
    }
    T* begin() { return std::launder(reinterpret_cast<T*>(bytes_)); }
    T* end() { return begin() + size_; }
    const T* begin() const { return std::launder(reinterpret_cast<const T*>(bytes_)); }
    const T* end() const { return begin() + size_; }

    bool operator==(const FixedList& other) const {
        if (size_ != other.size_) return false;
        for (std::size_t at = 0; at < size_; ++at)
            if (!((*this)[at] == other[at])) return false;
        return true;
    }

 private:
    std::size_t size_ = 0;
    alignas(T) unsigned char bytes_[N * sizeof(T)];
};

}  // namespace vakt
