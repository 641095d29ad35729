// SPDX-License-Identifier: Apache-2.0
#include "sys/kin.h"

#include <CppUTest/TestHarness.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace vakt;

TEST_GROUP(Kin){};

TEST(Kin, a_child_ends_with_its_parent_however_that_ends) {
    int ends[2] = {-1, -1};
    CHECK_EQUAL(0, ::pipe(ends));
    const auto parent = ::fork();
    if (parent == 0) {
        ::close(ends[0]);
        if (sys::fork_kin() == 0) {
            [[maybe_unused]] const auto n = ::write(ends[1], "k", 1);
            for (;;) ::pause();
        }
        for (;;) ::pause();
    }
    ::close(ends[1]);
    char byte = 0;
    CHECK_EQUAL(1, ::read(ends[0], &byte, 1));  // the child runs
    ::kill(parent, SIGKILL);
    CHECK_EQUAL(0, ::read(ends[0], &byte, 1));  // the end of file comes when both have ended
    ::close(ends[0]);
    ::waitpid(parent, nullptr, 0);
}
