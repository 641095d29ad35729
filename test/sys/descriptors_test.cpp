// SPDX-License-Identifier: Apache-2.0
#include "sys/descriptors.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace vakt;

TEST_GROUP(Descriptors){};

TEST(Descriptors, everything_from_there_on_is_closed_and_nothing_below) {
    const auto child = ::fork();
    if (child == 0) {
        constexpr int kHigh = 200;
        ::dup2(0, kHigh);
        ::dup2(0, 5);
        const rlimit few{32, 32};
        ::setrlimit(RLIMIT_NOFILE, &few);  // a limit that was lowered later hides nothing
        sys::close_from(6);
        const bool kept = ::fcntl(5, F_GETFD) >= 0;
        ::_exit(kept && ::fcntl(6, F_GETFD) < 0 && ::fcntl(kHigh, F_GETFD) < 0 ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK_EQUAL(0, status);
}
