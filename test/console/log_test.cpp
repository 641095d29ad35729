// SPDX-License-Identifier: Apache-2.0
#include "console/log.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::console;
using namespace std::chrono_literals;
using vakt::Instant;

TEST_GROUP(Log) {
    LogSettings settings;
    std::tm time{};

    void setup() override {
        time.tm_year = 126;
        time.tm_mon = 10;
        time.tm_mday = 2;
        time.tm_wday = 1;
        time.tm_hour = 3;
        time.tm_zone = "GMT";
    }
};

TEST(Log, the_time_is_in_the_format_of_the_settings) {
    STRCMP_EQUAL("Mon Nov  2 03:00:00 GMT 2026", log_time(settings, time).c_str());
    settings.format = "%Y";
    STRCMP_EQUAL("2026", log_time(settings, time).c_str());
}

TEST(Log, a_time_has_at_most_255_bytes) {
    settings.format = std::string(255, 'x');
    CHECK_EQUAL(255, log_time(settings, time).size());
    settings.format = std::string(256, 'x');
    STRCMP_EQUAL("(could not format time in 256 positions with current format string.)",
                 log_time(settings, time).c_str());
}

TEST(Log, an_empty_format_gives_no_time) {
    settings.format = "";
    STRCMP_EQUAL("(could not format time in 256 positions with current format string.)",
                 log_time(settings, time).c_str());
}

TEST(Log, what_we_write_is_what_otps_writes) {
    STRCMP_EQUAL("\n=====\n===== LOGGING STARTED T\n=====\n", logging_started("T").c_str());
    STRCMP_EQUAL("\n===== T\n", after_silence("T").c_str());
    STRCMP_EQUAL("\n===== ALIVE T\n", still_alive("T").c_str());
}

TEST(Log, what_is_not_logged_is_counted_in_its_place) {
    STRCMP_EQUAL("\n===== NOT LOGGED: 17 bytes (No space left on device) T\n",
                 not_logged(17, "No space left on device", "T").c_str());
}

TEST(Log, a_file_may_be_as_large_as_the_settings_say) {
    settings.max_size = 1000;
    CHECK_FALSE(wants_next_log(990, 10, settings));
    CHECK_TRUE(wants_next_log(990, 11, settings));
    CHECK_TRUE(wants_next_log(1001, 0, settings));
}

TEST_GROUP(Silence) {
    Instant start{1h};
    Silence silence{LogSettings{}, start};
};

TEST(Silence, what_comes_after_more_than_5_minutes_gets_a_time) {
    CHECK(silence.on_activity(start + 5min) == Silence::Says::none);
    CHECK(silence.on_activity(start + 10min + 1ns) == Silence::Says::after_silence);
    CHECK(silence.on_activity(start + 10min + 2ns) == Silence::Says::none);
}

TEST(Silence, after_15_minutes_we_are_alive) {
    CHECK(silence.wake_at() == start + 15min);
    CHECK(silence.on_wake(start + 15min - 1ns) == Silence::Says::none);
    CHECK(silence.on_wake(start + 15min) == Silence::Says::still_alive);
    CHECK(silence.wake_at() == start + 30min);
}

TEST(Silence, being_alive_begins_the_silence_anew) {
    CHECK(silence.on_wake(start + 15min) == Silence::Says::still_alive);
    CHECK(silence.on_activity(start + 20min) == Silence::Says::none);
    CHECK(silence.wake_at() == start + 35min);
}

TEST(Silence, what_comes_when_we_are_late_to_be_alive_gets_a_time) {
    CHECK(silence.on_activity(start + 16min) == Silence::Says::after_silence);
    CHECK(silence.on_wake(start + 16min) == Silence::Says::none);
}
