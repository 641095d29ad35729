// SPDX-License-Identifier: Apache-2.0
// Whatever comes, in whatever order, heart keeps its promises. A failure prints its seed;
// VAKT_SEED=N runs that board alone, VAKT_BOARDS=N so many.
#include "test/heart/heart_random.h"

#include <CppUTest/TestHarness.h>

#include <cstdio>
#include <cstdlib>

using vakt::heart::Board;

namespace {

long number_from(const char* name, long otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtol(text, nullptr, 10);
}

}  // namespace

TEST_GROUP(HeartAtRandom){};

TEST(HeartAtRandom, no_board_breaks_a_promise) {
    const long boards = number_from("VAKT_BOARDS", 10000);
    const auto first = static_cast<unsigned long>(number_from("VAKT_SEED", -1));
    if (first != static_cast<unsigned long>(-1)) {
        STRCMP_EQUAL("", Board(first).run().c_str());
        return;
    }
    const unsigned long base = std::random_device{}();
    std::printf("\n%ld boards from seed %lu ", boards, base);
    for (long i = 0; i < boards; ++i)
        STRCMP_EQUAL("", Board(base + static_cast<unsigned long>(i)).run().c_str());
}
