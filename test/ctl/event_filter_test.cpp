// SPDX-License-Identifier: Apache-2.0
#include "ctl/event_filter.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt;
using ctl::EventFilter;

TEST_GROUP(EventFilter) {
    EventFilter words;

    void take(const char* option, std::string_view value) {
        CHECK_TRUE(EventFilter::knows(option));
        const auto taken = words.take(option, value);
        if (!taken) FAIL(describe(taken.error()).c_str());
    }
    void refused(const char* option, std::string_view value, const char* part) {
        const auto taken = words.take(option, value);
        CHECK_FALSE(static_cast<bool>(taken));
        STRCMP_CONTAINS(part, describe(taken.error()).c_str());
    }
};

TEST(EventFilter, nothing_said_is_everything) {
    CHECK_TRUE(words.filter() == relay::Filter{});
    CHECK_FALSE(EventFilter::knows("--json"));
}

TEST(EventFilter, what_is_said_is_wanted_and_nothing_else) {
    take("--severity", "err");
    take("--facility", "daemon");
    take("--source", "kmsg");
    take("--app", "sshd");
    take("--unit", "ssh.service");
    take("--text", "session");
    CHECK_TRUE(words.filter() == (relay::Filter{.strict = true,
                                                .any_of = {{.least_severe = 3,
                                                            .facilities = 1U << 3,
                                                            .sources = 1U << 2,
                                                            .apps = {"sshd"},
                                                            .units = {"ssh.service"},
                                                            .texts = {"session"}}}}));
}

TEST(EventFilter, the_same_twice_is_one_of_them) {
    for (const char* word : {"err", "warn", "crit"}) take("--severity", word);
    for (const char* word : {"mail", "local7", "none"}) take("--facility", word);
    for (const char* word : {"fifo", "udp"}) take("--source", word);
    for (const char* word : {"a", "b"}) take("--app", word);
    const auto filter = words.filter();
    const auto& condition = filter.any_of.at(0);
    CHECK_EQUAL(4, condition.least_severe);
    CHECK_EQUAL(1U << 2 | 1U << 23 | relay::Condition::kNoPri, condition.facilities);
    CHECK_EQUAL(1 << 1 | 1 << 6, condition.sources);
    CHECK_EQUAL(2U, condition.apps.size());
}

TEST(EventFilter, names_that_are_none_are_refused_with_those_that_are) {
    refused("--severity", "loud", "wants one of emerg alert crit err warning notice info debug");
    refused("--facility", "loud", "local7 none, not 'loud'");
    refused("--source", "pipe", "bridge fifo kmsg journal socket forward udp, not 'pipe'");
    refused("--source", "\x1b[2J", "not '?[2J'");
}

TEST(EventFilter, words_have_1_to_255_bytes_and_there_are_at_most_16) {
    take("--text", std::string(255, 'x'));
    refused("--text", std::string(256, 'x'), "1 to 255 bytes");
    refused("--app", "", "1 to 255 bytes");
    for (int n = 0; n < 16; ++n) take("--unit", "u");
    refused("--unit", "u", "16 times");
}
