// SPDX-License-Identifier: Apache-2.0
#include "sys/clean_command.h"

#include <sys/wait.h>
#include <unistd.h>

#include "CppUTest/TestHarness.h"

using namespace vakt;

namespace {

int status_of(pid_t child) {
    int status = -1;
    CHECK_TRUE(child > 0);
    LONGS_EQUAL(child, ::waitpid(child, &status, 0));
    return status;
}

constexpr uid_t kNobody = 65534;

}  // namespace

TEST_GROUP(CleanCommand) {
    const char* environment[2] = {"WORD=seen", nullptr};
    sys::CommandOwner owner{::geteuid(), ::getegid(), {}, environment};
};

TEST(CleanCommand, has_the_environment_it_is_given_and_no_other) {
    LONGS_EQUAL(0, status_of(sys::start_clean_command_as(
                       owner, "test \"$WORD\" = seen && test -z \"$HOME\" && test \"$PWD\" = /")));
}

TEST(CleanCommand, is_its_owner_s_or_not_run_at_all) {
    owner.uid = owner.gid = kNobody;
    const int status =
        status_of(sys::start_clean_command_as(owner, "test \"$(id -u):$(id -g)\" = 65534:65534"));
    LONGS_EQUAL(::geteuid() == 0 ? 0 : 126 << 8, status);
}

TEST(CleanCommand, leads_a_session_of_its_own) {
    LONGS_EQUAL(0, status_of(sys::start_clean_command_as(
                       owner, "read -r _ _ _ _ _ session _ </proc/$$/stat; test $session = $$")));
}

TEST(CleanCommand, a_program_gets_its_argument_and_tells_its_end) {
    LONGS_EQUAL(0, status_of(sys::start_clean_program("/bin/true", "reboot")));
    LONGS_EQUAL(1 << 8, status_of(sys::start_clean_program("/bin/false", "reboot")));
    LONGS_EQUAL(127 << 8, status_of(sys::start_clean_program("/nowhere/at/all", "reboot")));
}
