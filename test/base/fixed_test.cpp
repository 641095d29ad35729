// SPDX-License-Identifier: Apache-2.0
#include <CppUTest/TestHarness.h>

#include "base/byte_stream.h"
#include "base/crc32.h"
#include "base/fixed_line.h"
#include "base/fixed_list.h"
#include "base/fixed_text.h"

using namespace vakt;

TEST_GROUP(FixedList){};

TEST(FixedList, takes_as_many_as_it_has_room_for_and_refuses_the_next) {
    FixedList<int, 2> list;
    CHECK_TRUE(list.push_back(1));
    CHECK_TRUE(list.push_back(2));
    CHECK_FALSE(list.push_back(3));
    CHECK_FALSE(list.insert(0, 3));
    CHECK_TRUE((list == FixedList<int, 2>{1, 2}));
}

TEST(FixedList, inserts_at_the_front_in_the_middle_and_at_the_end) {
    FixedList<int, 4> list{2};
    CHECK_TRUE(list.insert(0, 1));
    CHECK_TRUE(list.insert(2, 4));
    CHECK_TRUE(list.insert(2, 3));
    CHECK_TRUE((list == FixedList<int, 4>{1, 2, 3, 4}));
}

TEST_GROUP(FixedText){};

TEST(FixedText, keeps_what_fits_and_cuts_the_rest) {
    CHECK_TRUE(FixedText<4>("abcd").view() == "abcd");
    CHECK_TRUE(FixedText<4>("abcde").view() == "abcd");
    CHECK_TRUE(FixedText<4>("ab") == FixedText<4>("ab"));
    CHECK_FALSE(FixedText<4>("ab") == FixedText<4>("abc"));
}

TEST_GROUP(FixedLine){};

TEST(FixedLine, grows_piece_by_piece_and_cuts_off_what_does_not_fit) {
    FixedLine<8> line;
    CHECK_TRUE(line.view().empty());
    line.put("ab ");
    line.put(std::uint64_t{1234});
    CHECK_TRUE(line.view() == "ab 1234");
    line.put(std::uint64_t{56});
    CHECK_TRUE(line.view() == "ab 12345");
    line.put("c");
    CHECK_TRUE(line.view() == "ab 12345");
}

TEST(FixedLine, holds_the_largest_number_there_is) {
    FixedLine<20> line;
    line.put(~std::uint64_t{0});
    CHECK_TRUE(line.view() == "18446744073709551615");
}

TEST_GROUP(Crc32){};

TEST(Crc32, has_the_check_value_of_its_standard) {
    const std::uint8_t digits[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
    CHECK_EQUAL(0xCBF43926U, crc32(digits));
    CHECK_EQUAL(0xCBF43926U, crc32("123456789"));
    CHECK_EQUAL(0U, crc32(""));
}

TEST_GROUP(ByteStream){};

TEST(ByteStream, nothing_is_written_beyond_the_end_and_nothing_after_that) {
    std::uint8_t bytes[4] = {9, 9, 9, 9};
    ByteWriter writer{std::span(bytes).first(3)};
    writer.number(std::uint16_t{0x0102});
    writer.number(std::uint16_t{0x0304});
    writer.number(std::uint8_t{5});
    CHECK_FALSE(writer.fits());
    CHECK_EQUAL(2U, writer.size());
    CHECK_EQUAL(9, bytes[2]);
}

TEST(ByteStream, past_the_end_everything_is_zero_and_said_to_be_bad) {
    const std::uint8_t bytes[] = {1, 2, 3};
    ByteReader reader(bytes);
    CHECK_EQUAL(0x0102U, reader.number<std::uint16_t>());
    CHECK_TRUE(reader.good());
    CHECK_FALSE(reader.all_read());
    CHECK_EQUAL(0U, reader.number<std::uint16_t>());
    CHECK_FALSE(reader.good());
    CHECK_TRUE(reader.bytes(1).empty());
}
