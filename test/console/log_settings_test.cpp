// SPDX-License-Identifier: Apache-2.0
#include "console/log_settings.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::console;
using std::chrono::minutes;

TEST_GROUP(LogSettings) {
    std::vector<std::pair<std::string_view, std::string>> variables;

    void set(std::string_view name, std::string value) {
        std::erase_if(variables, [&](const auto& one) { return one.first == name; });
        variables.emplace_back(name, std::move(value));
    }

    LogSettingsRead read() {
        return read_log_settings([this](const char* name) -> std::optional<std::string_view> {
            for (const auto& [its_name, value] : variables)
                if (its_name == name) return value;
            return std::nullopt;
        });
    }
    LogSettings silently() {
        auto got = read();
        CHECK_EQUAL(0, got.complaints.size());
        return got.settings;
    }
    LogSettings complaining(const char* words) {
        auto got = read();
        CHECK_EQUAL(1, got.complaints.size());
        if (!got.complaints.empty()) STRCMP_EQUAL(words, got.complaints.front().c_str());
        return got.settings;
    }
};

TEST(LogSettings, without_variables_they_are_otps) {
    const auto settings = silently();
    CHECK_EQUAL(5, settings.generations);
    CHECK_EQUAL(100'000, settings.max_size);
    CHECK(settings.alive == minutes(15));
    CHECK(settings.activity == minutes(5));
    CHECK(settings.format == "%a %b %e %T %Z %Y");
    CHECK_FALSE(settings.utc);
    CHECK(settings.sync == std::chrono::seconds(2));
}

TEST(LogSettings, generations_are_2_to_1000) {
    set("RUN_ERL_LOG_GENERATIONS", "2");
    CHECK_EQUAL(2, silently().generations);
    set("RUN_ERL_LOG_GENERATIONS", "1000");
    CHECK_EQUAL(1000, silently().generations);
    set("RUN_ERL_LOG_GENERATIONS", "1");
    CHECK_EQUAL(2, complaining("Minimum RUN_ERL_LOG_GENERATIONS is 2").generations);
    set("RUN_ERL_LOG_GENERATIONS", "1001");
    CHECK_EQUAL(1000, complaining("Maximum RUN_ERL_LOG_GENERATIONS is 1000").generations);
}

TEST(LogSettings, a_file_is_at_least_1000_bytes) {
    set("RUN_ERL_LOG_MAXSIZE", "1000");
    CHECK_EQUAL(1000, silently().max_size);
    set("RUN_ERL_LOG_MAXSIZE", "999");
    CHECK_EQUAL(1000, complaining("Minimum RUN_ERL_LOG_MAXSIZE is 1000").max_size);
}

TEST(LogSettings, a_number_without_end_is_the_largest) {
    set("RUN_ERL_LOG_MAXSIZE", std::string(500, '9'));
    CHECK_EQUAL(std::uint64_t{1} << 40, silently().max_size);
    set("RUN_ERL_LOG_MAXSIZE", "-" + std::string(500, '9'));
    CHECK_EQUAL(1000, complaining("Minimum RUN_ERL_LOG_MAXSIZE is 1000").max_size);
}

TEST(LogSettings, numbers_are_read_as_atoi_reads_them) {
    set("RUN_ERL_LOG_GENERATIONS", " \t+12 of them");
    CHECK_EQUAL(12, silently().generations);
    set("RUN_ERL_LOG_GENERATIONS", "many");
    CHECK_EQUAL(2, complaining("Minimum RUN_ERL_LOG_GENERATIONS is 2").generations);
    set("RUN_ERL_LOG_GENERATIONS", "   ");
    CHECK_EQUAL(2, complaining("Minimum RUN_ERL_LOG_GENERATIONS is 2").generations);
}

TEST(LogSettings, activity_is_a_third_of_alive_and_at_least_a_minute) {
    set("RUN_ERL_LOG_ALIVE_MINUTES", "60");
    CHECK(silently().activity == minutes(20));
    set("RUN_ERL_LOG_ALIVE_MINUTES", "2");
    CHECK(silently().activity == minutes(1));
    set("RUN_ERL_LOG_ACTIVITY_MINUTES", "7");
    const auto settings = silently();
    CHECK(settings.activity == minutes(7));
    CHECK(settings.alive == minutes(2));
}

TEST(LogSettings, no_minutes_are_one) {
    set("RUN_ERL_LOG_ALIVE_MINUTES", "0");
    const auto settings =
        complaining("Minimum value for RUN_ERL_LOG_ALIVE_MINUTES is 1 (current value is 0)");
    CHECK(settings.alive == minutes(1));
    CHECK(settings.activity == minutes(1));
    variables.clear();
    set("RUN_ERL_LOG_ACTIVITY_MINUTES", "-3");
    CHECK(complaining("Minimum value for RUN_ERL_LOG_ACTIVITY_MINUTES is 1 (current value is -3)")
              .activity == minutes(1));
}

TEST(LogSettings, minutes_end_where_their_seconds_are_no_int_any_more) {
    set("RUN_ERL_LOG_ALIVE_MINUTES", "35791394");
    CHECK(silently().alive == minutes(35'791'394));
    set("RUN_ERL_LOG_ALIVE_MINUTES", "35791395");
    CHECK(complaining("Maximum value for RUN_ERL_LOG_ALIVE_MINUTES is 35791394 (current value is "
                      "35791395)")
              .alive == minutes(35'791'394));
}

TEST(LogSettings, a_format_has_at_most_256_bytes) {
    set("RUN_ERL_LOG_ALIVE_FORMAT", std::string(256, 'x'));
    CHECK_EQUAL(256, silently().format.size());
    set("RUN_ERL_LOG_ALIVE_FORMAT", std::string(257, 'x'));
    CHECK_EQUAL(256, complaining("RUN_ERL_LOG_ALIVE_FORMAT can contain a maximum of 256 characters")
                         .format.size());
}

TEST(LogSettings, utc_is_anything_but_0) {
    set("RUN_ERL_LOG_ALIVE_IN_UTC", "0");
    CHECK_FALSE(silently().utc);
    set("RUN_ERL_LOG_ALIVE_IN_UTC", "");
    CHECK_TRUE(silently().utc);
    set("RUN_ERL_LOG_ALIVE_IN_UTC", "00");
    CHECK_TRUE(silently().utc);
}

TEST(LogSettings, the_disk_is_1_second_to_an_hour_behind) {
    set("RUN_ERL_LOG_SYNC_SECONDS", "3600");
    CHECK(silently().sync == std::chrono::hours(1));
    set("RUN_ERL_LOG_SYNC_SECONDS", "0");
    CHECK(complaining("Minimum RUN_ERL_LOG_SYNC_SECONDS is 1").sync == std::chrono::seconds(1));
    set("RUN_ERL_LOG_SYNC_SECONDS", "3601");
    CHECK(complaining("Maximum RUN_ERL_LOG_SYNC_SECONDS is 3600").sync == std::chrono::hours(1));
}
