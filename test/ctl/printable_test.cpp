// SPDX-License-Identifier: Apache-2.0
#include "ctl/printable.h"

#include <CppUTest/TestHarness.h>

using namespace vakt;
using namespace vakt::ctl;
using namespace std::chrono_literals;

TEST_GROUP(Printable){};

TEST(Printable, text_stays_and_what_a_terminal_obeys_becomes_question_marks) {
    STRCMP_EQUAL("a caf\xc3\xa9 \xc2\xa0", printable("a caf\xc3\xa9 \xc2\xa0").c_str());
    STRCMP_EQUAL("?[31m?", printable("\x1b[31m\x7f").c_str());
    STRCMP_EQUAL("a??b", printable("a\r\nb").c_str());
    STRCMP_EQUAL("??31m", printable("\xc2\x9b"
                                    "31m")
                              .c_str());
    STRCMP_EQUAL("??x", printable("\xff\xc3x").c_str());
}

TEST(Printable, columns_count_characters_and_not_bytes) {
    CHECK_EQUAL(0U, columns(""));
    CHECK_EQUAL(4U, columns("caf\xc3\xa9"));
}

TEST(Printable, times_are_cut_off_and_change_their_units_at_the_limits) {
    STRCMP_EQUAL("0.0 s", in_words(99ms).c_str());
    STRCMP_EQUAL("10.9 s", in_words(10999ms).c_str());
    STRCMP_EQUAL("99.9 s", in_words(99999ms).c_str());
    STRCMP_EQUAL("1 min 40 s", in_words(100s).c_str());
    STRCMP_EQUAL("59 min 59 s", in_words(3599s).c_str());
    STRCMP_EQUAL("1 h 0 min", in_words(3600s).c_str());
    STRCMP_EQUAL("23 h 59 min", in_words(24h - 1s).c_str());
    STRCMP_EQUAL("1 d 0 h", in_words(24h).c_str());
}

TEST(Printable, what_is_past_has_its_sign_and_nothing_has_none) {
    STRCMP_EQUAL("-1.5 s", in_words(-1500ms).c_str());
    STRCMP_EQUAL("0.0 s", in_words(-99ms).c_str());
}

TEST(Printable, a_length_that_was_set_has_no_empty_tenth) {
    STRCMP_EQUAL("8 s", length_words(8s).c_str());
    STRCMP_EQUAL("1.7 s", length_words(1700ms).c_str());
    STRCMP_EQUAL("2 min 0 s", length_words(2min).c_str());
}

TEST(Printable, a_day_begins_at_midnight_utc_and_years_leap) {
    STRCMP_EQUAL("1970-01-01 00:00:00 UTC", utc(0).c_str());
    STRCMP_EQUAL("2024-02-29 23:59:59 UTC", utc(1'709'251'199'999'999'999).c_str());
    STRCMP_EQUAL("1969-12-31 23:59:59 UTC", utc(-1).c_str());
}
