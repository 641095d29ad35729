// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <CppUTest/TestHarness.h>

using namespace vakt;

TEST_GROUP(ResultOf){};

TEST(ResultOf, a_value_is_true_and_can_be_taken) {
    const Result<int> result = 7;
    CHECK_TRUE(static_cast<bool>(result));
    CHECK_EQUAL(7, *result);
}

TEST(ResultOf, an_error_is_false_and_says_what_was_tried_on_what_and_why) {
    const Status status = Error{"open /x", std::make_error_code(std::errc::permission_denied)};
    CHECK_FALSE(static_cast<bool>(status));
    STRCMP_EQUAL("open /x: Permission denied", describe(status.error()).c_str());
}

TEST(ResultOf, a_refusal_of_ours_needs_no_system_error) {
    STRCMP_EQUAL("line 3: no flavour", describe(refusal("line 3: no flavour")).c_str());
}
