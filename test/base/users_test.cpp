// SPDX-License-Identifier: Apache-2.0
#include "base/users.h"

#include <CppUTest/TestHarness.h>

using namespace vakt;

TEST_GROUP(Users) {
    const char* passwd =
        "root:x:0:0:root:/root:/bin/sh\n"
        "\n"
        "broken\n"
        "otp:x:\n"
        "otp:x:-1:100::/:\n"
        "otp:x:1000:100::/:\n"
        "otp:x:1001:100::/:\n"
        "nobody2:x:4294967295:1::/:\n"
        "last:x:7";
};

TEST(Users, a_user_is_found_by_its_whole_name) {
    CHECK_EQUAL(0U, find_id(passwd, "root").value());
    CHECK_EQUAL(7U, find_id(passwd, "last").value());
    CHECK_FALSE(find_id(passwd, "roo").has_value());
    CHECK_FALSE(find_id(passwd, "x").has_value());
    CHECK_FALSE(find_id(passwd, "").has_value());
    CHECK_FALSE(find_id("", "root").has_value());
}

TEST(Users, a_line_without_a_number_is_passed_over_and_the_first_good_one_counts) {
    CHECK_EQUAL(1000U, find_id(passwd, "otp").value());
}

TEST(Users, the_number_that_means_nobody_is_none) {
    CHECK_FALSE(find_id(passwd, "nobody2").has_value());
    CHECK_EQUAL(4294967294U, find_id("a:x:4294967294:", "a").value());
}

TEST(Users, a_group_is_found_in_the_same_way) {
    const char* group = "root:x:0:\nadm:x:4:syslog,otp\nvakt:x:990:otp\n";
    CHECK_EQUAL(990U, find_id(group, "vakt").value());
    CHECK_FALSE(find_id(group, "otp").has_value());
}
