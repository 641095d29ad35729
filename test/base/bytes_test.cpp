// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <CppUTest/TestHarness.h>

TEST_GROUP(BigEndian){};

TEST(BigEndian, the_most_significant_byte_is_first) {
    unsigned char bytes[4] = {9, 9, 9, 9};
    vakt::put_big_endian(bytes, 2, 0x1234);
    CHECK_EQUAL(0x12, bytes[0]);
    CHECK_EQUAL(0x34, bytes[1]);
    CHECK_EQUAL(9, bytes[2]);
}

TEST(BigEndian, what_is_put_is_got_in_every_width) {
    for (std::size_t width = 1; width <= 8; ++width) {
        const auto most = ~std::uint64_t{0} >> (64 - 8 * width);
        for (const auto value : {std::uint64_t{0}, std::uint64_t{0x7f}, most - 1, most}) {
            unsigned char bytes[8];
            vakt::put_big_endian(bytes, width, value);
            CHECK_EQUAL(value, vakt::get_big_endian(bytes, width));
        }
    }
}

TEST(BigEndian, numbers_of_a_known_width_are_the_same_in_network_order) {
    unsigned char bytes[8] = {};
    vakt::put_number(bytes, std::uint64_t{0x0102030405060708});
    for (unsigned i = 0; i < 8; ++i) CHECK_EQUAL(i + 1, bytes[i]);
    CHECK_TRUE(vakt::get_number<std::uint64_t>(bytes) == 0x0102030405060708);
    CHECK_TRUE(vakt::get_number<std::uint16_t>(bytes + 6) == 0x0708);
    vakt::put_number(bytes, std::uint8_t{0xff});
    CHECK_TRUE(vakt::get_number<std::uint32_t>(bytes) == 0xff020304);
}
