// SPDX-License-Identifier: Apache-2.0
#include "test/sim/bridge_world.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::sim;

// As test/sim/bridge_sim.cpp has them by thousands; these run under sanitizers too.
TEST_GROUP(BridgeWorlds){};

TEST(BridgeWorlds, twelve_bridges_keep_every_invariant_at_every_step) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        BridgeWorld world(seed, BridgeMutant::none);
        const auto fault = world.run(300);
        STRCMP_EQUAL("none", kBridgeFaults[static_cast<std::size_t>(fault)].data());
    }
}

TEST(BridgeWorlds, a_bridge_that_counts_one_more_in_a_gap_is_caught) {
    BridgeWorld world(1, BridgeMutant::counts_one_more);
    CHECK_TRUE(world.run(300) == BridgeFault::wrong_bytes);
}
