// SPDX-License-Identifier: Apache-2.0
// usage: bridge_sim [--seed N] [--runs M] [--steps S] [--mutant NAME]
//        bridge_sim --mutants [--runs M]
// Runs M bridges from seed N on (seed of run i: N + i) and stops at the first broken invariant.
// --mutants runs every broken bridge until it is caught by the invariant that is there for it.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "test/sim/bridge_world.h"

namespace {

using namespace vakt::sim;

struct Counts {
    std::uint64_t runs = 0, taken = 0, given = 0, deaths = 0, unclear = 0;
    unsigned line = 0;
};

BridgeFault run_bridges(std::uint64_t seed, std::uint64_t runs, unsigned steps, BridgeMutant mutant,
                        BridgeFault wanted, Counts& counts) {
    for (std::uint64_t n = 0; n < runs; ++n) {
        BridgeWorld world(seed + n, mutant);
        const auto fault = world.run(steps);
        ++counts.runs;
        counts.taken += world.taken();
        counts.given += world.given();
        counts.deaths += world.deaths();
        counts.line = world.line();
        counts.unclear += world.unclear() ? 1U : 0U;
        if (fault != BridgeFault::none && (wanted == BridgeFault::none || fault == wanted))
            return fault;
    }
    return BridgeFault::none;
}

int all_mutants(std::uint64_t seed, std::uint64_t runs, unsigned steps) {
    int missed = 0;
    for (std::size_t n = 1; n < kBridgeMutants.size(); ++n) {
        Counts counts;
        const auto fault = run_bridges(seed, runs, steps, static_cast<BridgeMutant>(n),
                                       kBridgeMutants[n].caught_by, counts);
        if (fault == BridgeFault::none) ++missed;
        std::printf("%s: %s in %llu runs\n", kBridgeMutants[n].name.data(),
                    fault == BridgeFault::none
                        ? "NOT caught"
                        : kBridgeFaults[static_cast<std::size_t>(fault)].data(),
                    static_cast<unsigned long long>(counts.runs));
    }
    return missed == 0 ? 0 : 1;
}

int play(int argc, char** argv) {
    std::uint64_t seed = 1;
    std::uint64_t runs = 100;
    unsigned steps = 300;
    auto mutant = BridgeMutant::none;
    bool every_mutant = false;
    for (int n = 1; n < argc; ++n) {
        const std::string_view argument = argv[n];
        if (argument == "--mutants") {
            every_mutant = true;
            continue;
        }
        const char* value = n + 1 < argc ? argv[++n] : "";
        if (argument == "--seed") {
            seed = std::strtoull(value, nullptr, 10);
        } else if (argument == "--runs") {
            runs = std::strtoull(value, nullptr, 10);
        } else if (argument == "--steps") {
            steps = static_cast<unsigned>(std::strtoul(value, nullptr, 10));
        } else if (argument == "--mutant") {
            for (std::size_t m = 0; m < kBridgeMutants.size(); ++m)
                if (kBridgeMutants[m].name == value) mutant = static_cast<BridgeMutant>(m);
        } else {
            std::fprintf(stderr, "bridge_sim: what is %s?\n", argument.data());
            return 2;
        }
    }
    if (every_mutant) return all_mutants(seed, runs, steps);
    Counts counts;
    const auto fault = run_bridges(seed, runs, steps, mutant, BridgeFault::none, counts);
    std::printf(
        "%llu bridges from seed %llu: %llu entries taken, %llu records given, %llu deaths, "
        "%llu left early\n",
        static_cast<unsigned long long>(counts.runs), static_cast<unsigned long long>(seed),
        static_cast<unsigned long long>(counts.taken),
        static_cast<unsigned long long>(counts.given),
        static_cast<unsigned long long>(counts.deaths),
        static_cast<unsigned long long>(counts.unclear));
    if (fault == BridgeFault::none) return 0;
    std::printf("BROKEN, %s (bridge_world.h:%u): replay with --seed %llu --runs 1\n",
                kBridgeFaults[static_cast<std::size_t>(fault)].data(), counts.line,
                static_cast<unsigned long long>(seed + counts.runs - 1));
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
