// SPDX-License-Identifier: Apache-2.0
#include "base/complaints.h"

#include <CppUTest/TestHarness.h>

using namespace vakt;

TEST_GROUP(Complaints){};

TEST(Complaints, lines_come_in_the_order_of_the_file_and_the_file_as_a_whole_first) {
    STRCMP_EQUAL("F: c\nF:2: b\nF:3: a", in_lines({{3, "a"}, {2, "b"}, {0, "c"}}, "F").c_str());
}

TEST(Complaints, thirty_two_are_shown_and_of_more_the_last_line_is_a_count) {
    vakt::Complaints many(32, {1, "x"});
    STRCMP_CONTAINS("F:1: x", in_lines(many, "F").substr(31 * std::string::size_type{7}).c_str());
    many.push_back({1, "x"});
    STRCMP_EQUAL("F: and 2 more",
                 in_lines(many, "F").substr(31 * std::string::size_type{7}).c_str());
}

TEST(Complaints, nothing_that_a_terminal_would_obey_is_shown) {
    STRCMP_EQUAL("F:1: a?[2Jb", in_lines({{1, "a\x1b[2Jb"}}, "F").c_str());
    STRCMP_EQUAL("'a?b'", quoted("a\nb").c_str());
}

TEST(Complaints, a_long_text_is_quoted_to_40_bytes) {
    STRCMP_EQUAL(("'" + std::string(40, 'a') + "'").c_str(), quoted(std::string(40, 'a')).c_str());
    STRCMP_EQUAL(("'" + std::string(40, 'a') + "...'").c_str(),
                 quoted(std::string(41, 'a')).c_str());
}
