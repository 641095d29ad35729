// SPDX-License-Identifier: Apache-2.0
#include "become/become.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt;

TEST_GROUP(Become){};

TEST(Become, what_is_not_there_is_named) {
    const auto ended = become::execute("/none/such", {"x"});
    CHECK_FALSE(static_cast<bool>(ended));
    STRCMP_EQUAL("execute /none/such: No such file or directory", describe(ended.error()).c_str());
}

TEST(Become, a_program_that_is_linked_as_one_cannot_be_entered_here_and_the_loader_says_why) {
    const auto ended = become::enter("/proc/self/exe", {"x"});
    CHECK_FALSE(static_cast<bool>(ended));
    CHECK_TRUE(
        describe(ended.error()).starts_with("load: /proc/self/exe: cannot dynamically load "));
}
