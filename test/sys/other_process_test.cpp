// SPDX-License-Identifier: Apache-2.0
#include "sys/other_process.h"

#include <CppUTest/TestHarness.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using vakt::sys::OtherProcess;

namespace {

pid_t sleeper() {
    const pid_t child = ::fork();
    if (child == 0)
        for (;;) ::pause();
    return child;
}
// Until it has ended, without collecting it.
void wait_for_zombie(pid_t pid) {
    siginfo_t info;
    ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
}

}  // namespace

TEST_GROUP(OtherProcess) {
    pid_t child = sleeper();

    void teardown() override {
        if (child > 0) {
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
        }
    }
    void lives_then_ends(OtherProcess::How how) {
        auto held = OtherProcess::hold(child, how);
        CHECK_TRUE(static_cast<bool>(held));
        CHECK_FALSE(held->ended());
        CHECK_TRUE(static_cast<bool>(held->signal(SIGKILL)));
        wait_for_zombie(child);
        CHECK_TRUE(held->ended());  // a zombie
        ::waitpid(child, nullptr, 0);
        child = 0;
        CHECK_TRUE(held->ended());
        const auto again = held->signal(SIGKILL);
        CHECK_FALSE(static_cast<bool>(again));
        CHECK(again.error().code == std::errc::no_such_process);
    }
};

TEST(OtherProcess, has_ended_once_it_is_a_zombie) { lives_then_ends(OtherProcess::How::best); }

TEST(OtherProcess, has_ended_once_it_is_a_zombie_without_pidfds_too) {
    lives_then_ends(OtherProcess::How::by_start_time);
}

TEST(OtherProcess, the_signal_that_ended_it_is_known_until_it_is_waited_for) {
    for (const auto how : {OtherProcess::How::best, OtherProcess::How::by_start_time}) {
        const auto held = OtherProcess::hold(child, how);
        LONGS_EQUAL(0, held->ending_signal());
        ::kill(child, SIGUSR2);
        wait_for_zombie(child);
        LONGS_EQUAL(SIGUSR2, held->ending_signal());
        ::waitpid(child, nullptr, 0);
        LONGS_EQUAL(0, held->ending_signal());
        child = sleeper();
    }
}

TEST(OtherProcess, one_that_ended_by_itself_has_no_signal) {
    const pid_t ends = ::fork();
    if (ends == 0) ::_exit(9);
    const auto held = OtherProcess::hold(ends);
    wait_for_zombie(ends);
    LONGS_EQUAL(0, held->ending_signal());
    ::waitpid(ends, nullptr, 0);
}

TEST(OtherProcess, one_that_is_not_there_cannot_be_held) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    for (const auto how : {OtherProcess::How::best, OtherProcess::How::by_start_time}) {
        const auto held = OtherProcess::hold(child, how);
        CHECK_FALSE(static_cast<bool>(held));
        CHECK(held.error().code == std::errc::no_such_process);
    }
    child = 0;
}

TEST(OtherProcess, the_descriptor_is_readable_when_it_has_ended) {
    auto held = OtherProcess::hold(child);
    pollfd wait = {held->descriptor(), POLLIN, 0};
    LONGS_EQUAL(0, ::poll(&wait, 1, 0));
    ::kill(child, SIGKILL);
    LONGS_EQUAL(1, ::poll(&wait, 1, 5000));
}

TEST(OtherProcess, a_signal_by_name_is_not_sent_to_one_that_has_ended) {
    auto held = OtherProcess::hold(child);
    CHECK_TRUE(static_cast<bool>(held->signal(SIGKILL, true)));
    wait_for_zombie(child);
    CHECK_FALSE(static_cast<bool>(held->signal(SIGKILL, true)));
}

TEST(OtherProcess, a_held_process_is_signalled_and_its_end_is_noticed) {
    const auto held = OtherProcess::hold(child);
    CHECK_TRUE(static_cast<bool>(held->signal(0)));
    CHECK_TRUE(static_cast<bool>(held->signal(SIGKILL)));
    int status = 0;
    ::waitpid(child, &status, 0);
    child = 0;
    CHECK_TRUE(WIFSIGNALED(status));
    CHECK(held->signal(SIGHUP).error().code == std::errc::no_such_process);
}
