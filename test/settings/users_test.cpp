// SPDX-License-Identifier: Apache-2.0
#include "settings/users.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::settings;

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
    CHECK_EQUAL(0U, find_uid(passwd, "root").value());
    CHECK_EQUAL(7U, find_uid(passwd, "last").value());
    CHECK_FALSE(find_uid(passwd, "roo").has_value());
    CHECK_FALSE(find_uid(passwd, "x").has_value());
    CHECK_FALSE(find_uid(passwd, "").has_value());
    CHECK_FALSE(find_uid("", "root").has_value());
}

TEST(Users, a_line_without_a_number_is_passed_over_and_the_first_good_one_counts) {
    CHECK_EQUAL(1000U, find_uid(passwd, "otp").value());
}

TEST(Users, the_number_that_means_nobody_is_none) {
    CHECK_FALSE(find_uid(passwd, "nobody2").has_value());
    CHECK_EQUAL(4294967294U, find_uid("a:x:4294967294:", "a").value());
}
