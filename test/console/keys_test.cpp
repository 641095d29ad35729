// SPDX-License-Identifier: Apache-2.0
#include "console/keys.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::console;

TEST_GROUP(ConsoleKeys){};

TEST(ConsoleKeys, what_was_typed_before_leaving_is_for_the_node) {
    const auto keys = take_keys("q().\r\x04more", false);
    STRCMP_EQUAL("q().\r", keys.text.c_str());
    CHECK_TRUE(keys.leave);
}

TEST(ConsoleKeys, holding_and_going_on_are_for_nobody_else) {
    const auto held = take_keys(
        "a\x13"
        "b",
        false);
    STRCMP_EQUAL("ab", held.text.c_str());
    CHECK_TRUE(held.held);
    CHECK_FALSE(held.leave);
    CHECK_TRUE(take_keys("c", true).held);
    CHECK_FALSE(take_keys("\x11", true).held);
    CHECK_FALSE(take_keys("\x13\x11", false).held);
}

TEST(ConsoleKeys, every_other_byte_is_for_the_node) {
    for (int code = 0; code < 256; ++code) {
        const auto c = static_cast<char>(code);
        const bool ours = c == '\x04' || c == '\x13' || c == '\x11';
        CHECK_EQUAL(ours ? 0U : 1U, take_keys(std::string_view(&c, 1), false).text.size());
    }
}
