// SPDX-License-Identifier: Apache-2.0
// Numbers that look random and follow from a seed alone (splitmix64).
#pragma once

#include <cstdint>

#include "base/instant.h"

namespace vakt::sim {

class Random {
 public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        auto z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31);
    }
    /// 0 to below `bound`.
    std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>((next() >> 32) * bound >> 32);
    }
    bool one_in(std::uint32_t n) { return below(n) == 0; }
    /// Anything from `least` to `most`, to the millisecond.
    Duration between(Duration least, Duration most) {
        const auto span = std::chrono::duration_cast<std::chrono::milliseconds>(most - least);
        if (span.count() <= 0) return least;
        const auto bound = static_cast<std::uint32_t>(span.count() + 1);
        return least + std::chrono::milliseconds(below(bound));
    }

 private:
    std::uint64_t state_;
};

}  // namespace vakt::sim
