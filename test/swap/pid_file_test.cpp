// SPDX-License-Identifier: Apache-2.0
#include "swap/pid_file.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::swap;

TEST_GROUP(PidFile){};

TEST(PidFile, a_number_with_at_most_one_newline_or_blank_is_a_pid) {
    CHECK(parse_pid_file("123") == 123);
    CHECK(parse_pid_file("123\n") == 123);
    CHECK(parse_pid_file("123 ") == 123);
}

TEST(PidFile, anything_more_is_refused) {
    for (const auto* bad : {"", "\n", "123\n\n", "123 \n", " 123", "+123", "-123", "0x7b", "12 3",
                            "123\n456", "12a", "1e3", "0123", "99999999999999999999"})
        CHECK_TEXT(!parse_pid_file(bad), bad);
}

TEST(PidFile, groups_and_init_are_never_meant) {
    CHECK(!parse_pid_file("0"));
    CHECK(!parse_pid_file("-1"));
    CHECK(!parse_pid_file("1"));
    CHECK(parse_pid_file("2") == 2);
}

TEST(PidFile, the_kernels_largest_pid_is_the_limit) {
    CHECK(parse_pid_file("4194304") == 4194304);
    CHECK(!parse_pid_file("4194305"));
}
