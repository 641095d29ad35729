// SPDX-License-Identifier: Apache-2.0
#include "sys/process_handle.h"

#include <CppUTest/TestHarness.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

using namespace vakt::sys;

TEST_GROUP(ProcStat){};

TEST(ProcStat, fields_are_counted_behind_the_last_parenthesis) {
    const auto facts =
        parse_stat("42 (a) b (c) S 7 42 9 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 12345 9 9 9\n");
    CHECK_TRUE(facts.has_value());
    CHECK(facts->name == "a) b (c");
    CHECK_EQUAL('S', facts->state);
    CHECK_EQUAL(7, facts->parent);
    CHECK_EQUAL(9, facts->session);
    CHECK_EQUAL(12345U, facts->start);
}

TEST(ProcStat, anything_shorter_or_without_numbers_is_refused) {
    for (const auto* bad : {"", "42", "42 (a", "42 a) S 1 2 3", "42 )a( S 1",
                            "42 (a) S 7 42 9 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0",
                            "42 (a) SS 7 42 9 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 5",
                            "42 (a) S x 42 9 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 5"})
        CHECK_TEXT(!parse_stat(bad), bad);
}

TEST(ProcStat, a_name_longer_than_any_is_cut_and_the_rest_is_read) {
    const auto facts = parse_stat("1 (" + std::string(500, 'x') +
                                  ") R 7 42 9 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 12345");
    CHECK_EQUAL(64U, facts->name.view().size());
    CHECK_EQUAL(12345U, facts->start);
}

TEST(ProcStat, the_signal_that_ended_it_is_in_field_52) {
    const std::string until_51 = "42 (a) 52) Z 1" + [] {
        std::string zeros;
        for (int field = 5; field <= 51; ++field) zeros += " 0";
        return zeros;
    }();
    LONGS_EQUAL(9, parse_ending_signal(until_51 + " 9\n"));
    LONGS_EQUAL(11, parse_ending_signal(until_51 + " 139\n"));  // and a core was dumped
    LONGS_EQUAL(0, parse_ending_signal(until_51 + " 256\n"));   // exit(1)
    LONGS_EQUAL(0, parse_ending_signal(until_51 + " 4991\n"));  // stopped
    LONGS_EQUAL(0, parse_ending_signal(until_51 + " -9\n"));
    LONGS_EQUAL(0, parse_ending_signal(until_51 + "\n"));
    LONGS_EQUAL(0, parse_ending_signal(until_51.substr(0, until_51.size() - 2) + " 9\n"));
    LONGS_EQUAL(0, parse_ending_signal(""));
}

TEST_GROUP(ProcUids){};

TEST(ProcUids, real_and_effective_are_read_from_their_own_line) {
    const auto uids =
        parse_uids("Name:\tUid: 1 2\\nUid:\nUmask:\t0022\nUid:\t7\t8\t9\t10\nGid:\t1\n");
    CHECK_TRUE(uids.has_value());
    CHECK_EQUAL(7U, uids->real);
    CHECK_EQUAL(8U, uids->effective);
    for (const auto* bad : {"", "Uid:", "Uid:\t1\n", "Uid:\tx\ty\n", "uid:\t1\t2\n"})
        CHECK_TEXT(!parse_uids(bad), bad);
}

TEST_GROUP(ProcessHandle){};

TEST(ProcessHandle, a_process_that_has_ended_is_not_there) {
    const auto pid = ::fork();
    if (pid == 0) ::_exit(0);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
    CHECK_TRUE(facts_of(pid)->is_dead());  // a zombie
    CHECK_TRUE(has_ended(open_pidfd(pid)));
    ::waitpid(pid, nullptr, 0);
    CHECK_FALSE(facts_of(pid).has_value());
    CHECK_FALSE(static_cast<bool>(open_pidfd(pid)));
}
