// SPDX-License-Identifier: Apache-2.0
// usage: board_sim [--seed N] [--boards M] [--mutant NAME] [--talk]
//        board_sim --mutants [--boards M]
// Runs M boards from seed N on (seed of board i: N + i) and stops at the first broken invariant.
// --mutants runs every broken keeper until it is caught by the invariant that is there for it.
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "test/sim/board_run.h"

namespace {

using namespace vakt::sim;

struct Counts {
    std::uint64_t boards = 0, events = 0, resets = 0, given_up = 0;
};

/// The first broken invariant among `boards`, or the wanted one if it is not none.
Broken run_boards(std::uint64_t seed, std::uint64_t boards, Mutant mutant, Broken wanted,
                  bool talks, Counts& counts, std::uint64_t& found_at) {
    for (std::uint64_t n = 0; n < boards; ++n) {
        Board board(seed + n, mutant, talks);
        const auto broken = board.run();
        ++counts.boards;
        counts.events += board.events();
        counts.resets += board.reset() ? 1U : 0U;
        counts.given_up += board.gave_up() ? 1U : 0U;
        if (broken == Broken::none || (wanted != Broken::none && broken != wanted)) continue;
        found_at = seed + n;
        return broken;
    }
    return Broken::none;
}

int all_mutants(std::uint64_t seed, std::uint64_t boards) {
    int missed = 0;
    for (std::size_t n = 1; n < kMutants.size(); ++n) {
        Counts counts;
        std::uint64_t found_at = 0;
        const auto broken = run_boards(seed, boards, static_cast<Mutant>(n), kMutants[n].caught_by,
                                       false, counts, found_at);
        if (broken == Broken::none) {
            ++missed;
            std::printf("%s: NOT caught in %llu boards\n", kMutants[n].name.data(),
                        static_cast<unsigned long long>(counts.boards));
        } else {
            std::printf("%s: caught by %s on board %llu (--mutant %s --seed %llu --boards 1)\n",
                        kMutants[n].name.data(), kBrokenNames[static_cast<std::size_t>(broken)],
                        static_cast<unsigned long long>(counts.boards), kMutants[n].name.data(),
                        static_cast<unsigned long long>(found_at));
        }
    }
    return missed == 0 ? 0 : 1;
}

int play(int argc, char** argv) {
    std::uint64_t seed = 1;
    std::uint64_t boards = 1000;
    auto mutant = Mutant::none;
    bool talks = false;
    bool every_mutant = false;
    for (int n = 1; n < argc; ++n) {
        const std::string_view argument = argv[n];
        const char* value = n + 1 < argc ? argv[n + 1] : "";
        if (argument == "--talk") {
            talks = true;
        } else if (argument == "--mutants") {
            every_mutant = true;
        } else if (argument == "--seed") {
            seed = std::strtoull(value, nullptr, 10);
            ++n;
        } else if (argument == "--boards") {
            boards = std::strtoull(value, nullptr, 10);
            ++n;
        } else if (argument == "--mutant") {
            for (std::size_t m = 0; m < kMutants.size(); ++m)
                if (kMutants[m].name == value) mutant = static_cast<Mutant>(m);
            ++n;
        } else {
            std::fprintf(stderr, "board_sim: what is %s?\n", argv[n]);
            return 2;
        }
    }
    if (every_mutant) return all_mutants(seed, boards);
    Counts counts;
    std::uint64_t found_at = 0;
    const auto broken = run_boards(seed, boards, mutant, Broken::none, talks, counts, found_at);
    std::printf("%llu boards from seed %llu, %llu events, %llu reset, %llu with a VM given up\n",
                static_cast<unsigned long long>(counts.boards),
                static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(counts.events),
                static_cast<unsigned long long>(counts.resets),
                static_cast<unsigned long long>(counts.given_up));
    if (broken == Broken::none) return 0;
    std::printf("BROKEN %s: replay with --seed %llu --boards 1 --talk\n",
                kBrokenNames[static_cast<std::size_t>(broken)],
                static_cast<unsigned long long>(found_at));
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return play(argc, argv);
    } catch (...) {
        return 3;
    }
}
