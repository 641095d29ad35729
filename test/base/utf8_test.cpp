// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <CppUTest/TestHarness.h>

using namespace vakt;

TEST_GROUP(Utf8){};

TEST(Utf8, both_ends_of_every_length_are_sequences) {
    CHECK_EQUAL(1U, utf8_length(std::string_view("\0", 1)));
    CHECK_EQUAL(1U, utf8_length("\x7f"));
    CHECK_EQUAL(2U, utf8_length("\xc2\x80"));
    CHECK_EQUAL(2U, utf8_length("\xdf\xbf more"));
    CHECK_EQUAL(3U, utf8_length("\xe0\xa0\x80"));
    CHECK_EQUAL(3U, utf8_length("\xed\x9f\xbf"));
    CHECK_EQUAL(3U, utf8_length("\xee\x80\x80"));
    CHECK_EQUAL(3U, utf8_length("\xef\xbf\xbf"));
    CHECK_EQUAL(4U, utf8_length("\xf0\x90\x80\x80"));
    CHECK_EQUAL(4U, utf8_length("\xf4\x8f\xbf\xbf"));
}

TEST(Utf8, one_beyond_either_end_is_broken) {
    for (const auto* broken :
         {"", "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xdf\xc0",
          "\xe0\x9f\xbf", "\xe1\x80", "\xe1\x80\x7f", "\xed\xa0\x80", "\xed\xbf\xbf",
          "\xf0\x8f\xbf\xbf", "\xf1\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"})
        CHECK_EQUAL(0U, utf8_length(broken));
}
