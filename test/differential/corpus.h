// SPDX-License-Identifier: Apache-2.0
// Syslog messages for the differential test: recorded ones, and as many made of parts as are asked
// for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vakt::differential {

/// The same numbers everywhere and always (splitmix64).
class Dice {
 public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15U;
        auto z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }
    bool one_in(std::size_t n) { return below(n) == 0; }
    template <class T>
    const T& of(const std::vector<T>& all) {
        return all[below(all.size())];
    }

 private:
    std::uint64_t state_;
};

/// What real programs and daemons wrote, and the examples of the RFCs.
[[nodiscard]] const std::vector<std::string>& recorded();

/// The recorded ones, then `made` that are made of parts or are such with a few bytes changed. None
/// is empty or longer than 8 KiB.
[[nodiscard]] std::vector<std::string> corpus(std::uint64_t seed, std::size_t made);

}  // namespace vakt::differential
