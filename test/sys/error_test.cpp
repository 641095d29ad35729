// SPDX-License-Identifier: Apache-2.0
#include "sys/error.h"

#include <CppUTest/TestHarness.h>

#include <cerrno>

using namespace vakt;

TEST_GROUP(LastError){};

TEST(LastError, names_the_operation_the_subject_and_the_reason) {
    errno = ENOENT;
    STRCMP_EQUAL("open /no: No such file or directory",
                 describe(sys::last_error("open", "/no")).c_str());
}
