// SPDX-License-Identifier: Apache-2.0
// usage: heart_sim [--seed N] [--boards M] [--mutant N] [--talk]
//        heart_sim --mutants [--boards M]
// Real hearts, links and keeper in virtual time (test/sim/heart_world.h): M boards from seed N on.
// --mutants runs every broken heart until something is wrong that is its own fault.
#include <array>
#include <cstdlib>
#include <string_view>

#include "test/sim/heart_world.h"

namespace {

using namespace vakt::sim;

struct MutantFacts {
    const char* name;
    Wrong caught_by;
};
constexpr std::array<MutantFacts, 8> kHeartMutants = {{
    {"none", Wrong::none},
    {"acts-at-once", Wrong::act_too_early},
    {"never-reopens", Wrong::good_board_reset},
    {"shuts-down-once", Wrong::good_board_reset},
    {"opens-once", Wrong::good_board_reset},
    {"beats-are-new", Wrong::late_reset},
    {"beats-by-itself", Wrong::late_reset},
    {"two-commands", Wrong::two_commands},
}};

struct Found {
    Wrong wrong = Wrong::none;
    std::uint64_t seed = 0;
    std::uint64_t boards = 0, events = 0, resets = 0;
};

Found search(std::uint64_t seed, std::uint64_t boards, std::size_t mutant, bool talks) {
    Found found;
    const auto wanted = kHeartMutants[mutant].caught_by;
    for (std::uint64_t n = 0; n < boards; ++n) {
        HeartWorld world(seed + n, static_cast<HeartMutant>(mutant), talks);
        const auto wrong = world.run();
        ++found.boards;
        found.events += world.events();
        found.resets += world.reset() ? 1U : 0U;
        if (wrong == Wrong::none || (wanted != Wrong::none && wrong != wanted)) continue;
        found.wrong = wrong;
        found.seed = seed + n;
        return found;
    }
    return found;
}

int every_mutant(std::uint64_t seed, std::uint64_t boards) {
    int missed = 0;
    for (std::size_t n = 1; n < kHeartMutants.size(); ++n) {
        const auto found = search(seed, boards, n, false);
        if (found.wrong == Wrong::none) {
            ++missed;
            std::printf("%s: NOT caught in %llu boards\n", kHeartMutants[n].name,
                        static_cast<unsigned long long>(found.boards));
        } else {
            std::printf("%s: caught by %s (--mutant %zu --seed %llu --boards 1)\n",
                        kHeartMutants[n].name, kWrongNames[static_cast<std::size_t>(found.wrong)],
                        n, static_cast<unsigned long long>(found.seed));
        }
    }
    return missed == 0 ? 0 : 1;
}

int play(int argc, char** argv) {
    std::uint64_t seed = 1;
    std::uint64_t boards = 1000;
    std::size_t mutant = 0;
    bool talks = false;
    bool all = false;
    for (int n = 1; n < argc; ++n) {
        const std::string_view word = argv[n];
        const auto number = [&] { return ++n < argc ? std::strtoull(argv[n], nullptr, 10) : 0; };
        if (word == "--talk") talks = true;
        if (word == "--mutants") all = true;
        if (word == "--seed") seed = number();
        if (word == "--boards") boards = number();
        if (word == "--mutant") mutant = number() % kHeartMutants.size();
    }
    if (all) return every_mutant(seed, boards);
    const auto found = search(seed, boards, mutant, talks);
    std::printf("%llu boards from seed %llu, %llu events, %llu reset\n",
                static_cast<unsigned long long>(found.boards),
                static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(found.events),
                static_cast<unsigned long long>(found.resets));
    if (found.wrong == Wrong::none) return 0;
    std::printf("WRONG %s: replay with --seed %llu --boards 1 --talk\n",
                kWrongNames[static_cast<std::size_t>(found.wrong)],
                static_cast<unsigned long long>(found.seed));
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return play(argc, argv);
    } catch (...) {
        return 2;
    }
}
