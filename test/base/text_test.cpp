// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <CppUTest/TestHarness.h>

#include <cstdint>

using namespace vakt;

TEST_GROUP(Text){};

TEST(Text, a_decimal_at_the_limit_of_its_type_is_read) {
    CHECK(parse_decimal<std::uint8_t>("255") == 255);
    CHECK(parse_decimal<std::uint32_t>("4294967295") == 4294967295U);
}

TEST(Text, a_decimal_one_past_the_limit_is_refused) {
    CHECK(!parse_decimal<std::uint8_t>("256"));
    CHECK(!parse_decimal<std::uint32_t>("4294967296"));
    CHECK(!parse_decimal<std::uint32_t>("99999999999999999999999"));
}

TEST(Text, a_decimal_with_anything_else_about_it_is_refused) {
    for (const auto* bad : {"", " 1", "1 ", "+1", "-1", "1x", "0x1", "1\n"})
        CHECK(!parse_decimal<std::uint32_t>(bad));
}

TEST(Text, lines_come_off_one_by_one_and_the_last_needs_no_newline) {
    std::string_view text = "one\n\ntwo";
    CHECK(take_line(text) == "one");
    CHECK(take_line(text).empty());
    CHECK(take_line(text) == "two");
    CHECK(text.empty());
}

TEST(Text, words_are_parted_by_any_number_of_blanks) {
    const auto words = split_words(" \ta\t bc  ");
    CHECK_EQUAL(2U, words.size());
    CHECK(words[0] == "a");
    CHECK(words[1] == "bc");
    CHECK(split_words(" \t ").empty());
}
