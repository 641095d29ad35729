// SPDX-License-Identifier: Apache-2.0
// How soon any heart has heard a beat, and judges silence: for benches that set one beside another.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

#include "test/support/simulated_board.h"

namespace vakt::test {

/// What a heart says on its standard error, and when.
class HeartsWords {
 public:
    HeartsWords() {
        if (::pipe2(ends_, O_CLOEXEC) != 0) std::_Exit(1);
    }
    /// For the heart to say it to.
    [[nodiscard]] int descriptor() const { return ends_[1]; }

    /// When `text` is heard that was not heard before; none after `limit`.
    [[nodiscard]] std::optional<SimulatedBoard::Clock::time_point> heard(
        const std::string& text, SimulatedBoard::Clock::duration limit) {
        using Millis = std::chrono::milliseconds;
        const auto until = SimulatedBoard::Clock::now() + limit;
        for (;;) {
            const auto left = std::chrono::ceil<Millis>(until - SimulatedBoard::Clock::now());
            pollfd ready = {ends_[0], POLLIN, 0};
            if (left < Millis(0) || ::poll(&ready, 1, static_cast<int>(left.count())) != 1)
                return std::nullopt;
            char buffer[4096];
            const auto n = ::read(ends_[0], buffer, sizeof buffer);
            const auto now = SimulatedBoard::Clock::now();
            if (n > 0) all_.append(buffer, static_cast<std::size_t>(n));
            const auto at = all_.find(text);
            if (at == std::string::npos) continue;
            all_.erase(0, at + text.size());
            return now;
        }
    }

 private:
    int ends_[2] = {-1, -1};
    std::string all_;
};

/// Prints, in seconds, from before the last beat to the heart's word that there was no more, with
/// -ht 11; -1: it did not come. Takes 11 s.
inline void measure_silence(HeartsWords& words, const std::function<void()>& beat) {
    const auto began = SimulatedBoard::Clock::now();
    beat();
    const auto said = words.heard("no activity", std::chrono::seconds(15));
    const std::chrono::duration<double> took = said ? *said - began : std::chrono::seconds(-1);
    std::printf("verdict %.9f\n", took.count());
}

/// Prints how long a beat and a question behind it take, there and back, ns: the mean of `count`.
/// What answers is what pets, in a rhythm of its own (keeper/petting.h): with the answer it has
/// heard the beat, and its next pet is by the new deadline.
inline void measure_answers(int count, const std::function<void()>& beat,
                            const std::function<void()>& ask) {
    std::chrono::nanoseconds in_beat{};
    std::chrono::nanoseconds longest{};
    std::chrono::nanoseconds there_and_back{};
    using Clock = SimulatedBoard::Clock;
    for (int i = 0; i < count; ++i) {
        const auto began = Clock::now();
        beat();
        const auto took = Clock::now() - began;
        in_beat += took;
        longest = std::max<std::chrono::nanoseconds>(longest, took);
        const auto asked = Clock::now();
        ask();
        there_and_back += Clock::now() - asked;
    }
    std::printf("output %lld ns, longest %lld ns, there and back %lld ns\n",
                static_cast<long long>(in_beat.count() / count),
                static_cast<long long>(longest.count()),
                static_cast<long long>(there_and_back.count() / count));
}

}  // namespace vakt::test
