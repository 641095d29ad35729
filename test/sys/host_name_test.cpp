// SPDX-License-Identifier: Apache-2.0
#include "sys/host_name.h"

#include <CppUTest/TestHarness.h>
#include <sched.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace vakt;

namespace {

/// In a process whose machine's name is its own; 77 where that is not allowed.
int in_own_namespace(bool (*holds)()) {
    const auto child = ::fork();
    if (child == 0) {
        if (::unshare(CLONE_NEWUTS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWUTS) != 0)
            ::_exit(77);
        ::_exit(holds() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

}  // namespace

TEST_GROUP(MachineName){};

TEST(MachineName, is_what_uname_says) {
    struct utsname machine {};
    CHECK_EQUAL(0, ::uname(&machine));
    STRCMP_EQUAL(machine.nodename, sys::host_name().c_str());
}

TEST(MachineName, the_longest_name_is_given_and_told_whole) {
    const auto status = in_own_namespace([] {
        const std::string longest(64, 'n');  // __NEW_UTS_LEN
        return sys::name_host(longest) && sys::host_name() == longest;
    });
    CHECK(status == 0 || status == 77);
}

TEST(MachineName, one_byte_more_is_refused_and_changes_nothing) {
    const auto status = in_own_namespace([] {
        const auto before = sys::host_name();
        const auto named = sys::name_host(std::string(65, 'n'));
        return !named && named.error().code == std::errc::invalid_argument &&
               sys::host_name() == before;
    });
    CHECK(status == 0 || status == 77);
}

TEST(MachineName, an_ordinary_user_may_not_give_one) {
    const auto child = ::fork();
    if (child == 0) {
        if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
        const auto named = sys::name_host("mine");
        ::_exit(!named && named.error().code == std::errc::operation_not_permitted ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK_EQUAL(0, status);
}
