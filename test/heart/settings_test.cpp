// SPDX-License-Identifier: Apache-2.0
#include "heart/settings.h"

#include <CppUTest/TestHarness.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace vakt::heart;

namespace {

Arguments read(const std::vector<const char*>& words) { return read_arguments(words); }

Settings settings_of(const std::vector<std::pair<const char*, const char*>>& environment,
                     std::vector<std::string>& said, const Arguments& arguments = {}) {
    const Lookup lookup = [&](const char* name) -> const char* {
        for (const auto& [known, value] : environment)
            if (std::strcmp(known, name) == 0) return value;
        return nullptr;
    };
    return read_settings(arguments, lookup, said);
}

}  // namespace

TEST_GROUP(HeartArguments){};

TEST(HeartArguments, the_beat_timeout_is_above_10_and_at_most_65535) {
    CHECK_FALSE(read({"-ht", "10"}).beat_timeout.has_value());
    LONGS_EQUAL(11, *read({"-ht", "11"}).beat_timeout);
    LONGS_EQUAL(65535, *read({"-ht", "65535"}).beat_timeout);
    CHECK_FALSE(read({"-ht", "65536"}).beat_timeout.has_value());
    CHECK_FALSE(read({"-ht", "-11"}).beat_timeout.has_value());
    CHECK_FALSE(read({"-ht", "99999999999999999999999"}).beat_timeout.has_value());
    CHECK_FALSE(read({"-ht", "4294967307"}).beat_timeout.has_value());  // 11 in 32 bits
}

TEST(HeartArguments, numbers_are_read_as_scanf_reads_them) {
    LONGS_EQUAL(32, *read({"-ht", "0x20"}).beat_timeout);
    LONGS_EQUAL(16, *read({"-ht", "020"}).beat_timeout);
    LONGS_EQUAL(12, *read({"-ht", " +12 seconds"}).beat_timeout);
    CHECK_FALSE(read({"-ht", ""}).beat_timeout.has_value());
    CHECK_FALSE(read({"-ht", "x"}).beat_timeout.has_value());
}

TEST(HeartArguments, what_is_refused_is_looked_at_as_a_name_again) {
    const auto read_ = read({"-ht", "-pid", "7"});
    CHECK_FALSE(read_.beat_timeout.has_value());
    LONGS_EQUAL(7, read_.pid);
}

TEST(HeartArguments, what_is_accepted_is_said_in_the_words_of_OTP) {
    const auto read_ = read({"-pid", "42", "-ht", "11", "-wt", "12"});
    CHECK(read_.said ==
          (std::vector<std::string>{"heart_beat_kill_pid = 42\n", "heart_beat_timeout = 11\n",
                                    "heart_beat_boot_delay = 12\n"}));
    LONGS_EQUAL(12, *read_.boot_delay);
}

TEST(HeartArguments, a_name_without_its_number_is_refused_in_words) {
    for (const char* name : {"-ht", "-wt", "-pid"}) {
        const auto read_ = read({name});
        LONGS_EQUAL(1, read_.said.size());
        CHECK(read_.said[0].find(name) != std::string::npos);
    }
}

TEST(HeartArguments, what_is_unknown_is_passed_over) {
    const auto read_ = read({"", "-", "-shutdown", "-h", "11", "ht", "-ht", "13"});
    LONGS_EQUAL(13, *read_.beat_timeout);
    LONGS_EQUAL(1, read_.said.size());
}

TEST_GROUP(HeartSettings) { std::vector<std::string> said; };

TEST(HeartSettings, nothing_set_is_OTPs_default) {
    const auto settings = settings_of({}, said);
    CHECK(settings.beat_timeout == 60s);
    CHECK(settings.boot_delay == 60s);
    CHECK_TRUE(settings.may_kill);
    CHECK_FALSE(settings.abort_instead);
    CHECK_FALSE(settings.crash_dump_seconds.has_value());
    CHECK_FALSE(settings.command.has_value());
    CHECK_TRUE(said.empty());
}

TEST(HeartSettings, NO_KILL_is_TRUE_and_nothing_else) {
    CHECK_FALSE(settings_of({{"HEART_NO_KILL", "TRUE"}}, said).may_kill);
    CHECK_TRUE(settings_of({{"HEART_NO_KILL", "1"}}, said).may_kill);
    CHECK_TRUE(settings_of({{"HEART_NO_KILL", "true"}}, said).may_kill);
    CHECK_TRUE(settings_of({{"HEART_NO_KILL", "TRUE "}}, said).may_kill);
}

TEST(HeartSettings, KILL_SIGNAL_is_SIGABRT_and_nothing_else) {
    CHECK_TRUE(settings_of({{"HEART_KILL_SIGNAL", "SIGABRT"}}, said).abort_instead);
    CHECK_FALSE(settings_of({{"HEART_KILL_SIGNAL", "ABRT"}}, said).abort_instead);
    CHECK_FALSE(settings_of({{"HEART_KILL_SIGNAL", "SIGTERM"}}, said).abort_instead);
}

TEST(HeartSettings, crash_dump_seconds_are_a_number_or_nought) {
    LONGS_EQUAL(3, *settings_of({{"ERL_CRASH_DUMP_SECONDS", "3"}}, said).crash_dump_seconds);
    LONGS_EQUAL(-1, *settings_of({{"ERL_CRASH_DUMP_SECONDS", "-1"}}, said).crash_dump_seconds);
    LONGS_EQUAL(0, *settings_of({{"ERL_CRASH_DUMP_SECONDS", "long"}}, said).crash_dump_seconds);
    LONGS_EQUAL(0, *settings_of({{"ERL_CRASH_DUMP_SECONDS", ""}}, said).crash_dump_seconds);
}

TEST(HeartSettings, an_empty_command_is_a_command) {
    const auto settings = settings_of({{"HEART_COMMAND", ""}}, said);
    CHECK_TRUE(settings.command.has_value());
    STRCMP_EQUAL("", settings.command->c_str());
}

TEST(HeartSettings, the_boot_delay_is_wt_before_the_environment) {
    CHECK(settings_of({{"HEART_BEAT_BOOT_DELAY", "11"}}, said).boot_delay == 11s);
    CHECK(settings_of({{"HEART_BEAT_BOOT_DELAY", "11"}}, said, read({"-wt", "30"})).boot_delay ==
          30s);
    CHECK_TRUE(said.empty());
}

TEST(HeartSettings, a_boot_delay_out_of_range_is_said_and_not_used) {
    CHECK(settings_of({{"HEART_BEAT_BOOT_DELAY", "10"}}, said).boot_delay == 60s);
    LONGS_EQUAL(1, said.size());
    CHECK(said[0].find("HEART_BEAT_BOOT_DELAY 10 ") != std::string::npos);
}
