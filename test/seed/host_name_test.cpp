// SPDX-License-Identifier: Apache-2.0
#include "seed/host_name.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt::seed;

TEST_GROUP(HostName){};

TEST(HostName, the_whole_name_stands_first_on_the_machines_own_line) {
    STRCMP_EQUAL("cp1.example.org",
                 full_name("127.0.0.1 localhost\n127.0.1.1 cp1.example.org cp1\n").c_str());
}

TEST(HostName, a_name_without_a_domain_is_no_whole_one) {
    STRCMP_EQUAL("", full_name("127.0.0.1 localhost\n127.0.1.1 cp1\n").c_str());
    STRCMP_EQUAL("", full_name("127.0.1.1 -.b\n").c_str());
    STRCMP_EQUAL("", full_name("10.0.0.1 a.b\n").c_str());
}
