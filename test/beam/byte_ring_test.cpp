// SPDX-License-Identifier: Apache-2.0
#include "drivers/beam/byte_ring.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt::beam;

TEST_GROUP(ByteRing) { ByteRing<64> ring; };

TEST(ByteRing, gives_messages_whole_and_in_order) {
    CHECK_TRUE(ring.put("one"));
    CHECK_TRUE(ring.put(""));
    CHECK_TRUE(ring.put(std::string("\0two", 4)));
    CHECK_TRUE(ring.take() == "one");
    CHECK_TRUE(ring.take() == "");
    CHECK_TRUE(ring.take() == std::string("\0two", 4));
    CHECK_FALSE(ring.take().has_value());
}

TEST(ByteRing, takes_a_message_that_fits_to_the_last_byte_and_no_longer_one) {
    CHECK_FALSE(ring.put(std::string(63, 'x')));
    CHECK_TRUE(ring.put(std::string(62, 'x')));
    CHECK_FALSE(ring.put(""));
    CHECK_TRUE(ring.take() == std::string(62, 'x'));
    CHECK_TRUE(ring.put(""));
}

TEST(ByteRing, goes_round_and_round) {
    for (int i = 0; i < 1000; ++i) {
        const auto message = std::to_string(i) + std::string(static_cast<std::size_t>(i % 50), 'y');
        CHECK_TRUE(ring.put(message));
        CHECK_TRUE(ring.take() == message);
    }
}
