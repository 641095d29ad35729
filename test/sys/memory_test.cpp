// SPDX-License-Identifier: Apache-2.0
#include "sys/memory.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::sys;

TEST_GROUP(MemoryAside){};

TEST(MemoryAside, what_is_there_is_taken) { CHECK_TRUE(set_memory_aside(1U << 20U)); }

#ifndef __SANITIZE_ADDRESS__  // which ends the program instead
TEST(MemoryAside, what_is_not_there_is_refused) {
    CHECK_FALSE(set_memory_aside(~std::size_t{0} / 2 + 1));
}
#endif
