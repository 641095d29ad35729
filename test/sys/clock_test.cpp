// SPDX-License-Identifier: Apache-2.0
#include "sys/clock.h"

#include <CppUTest/TestHarness.h>

#include <cstdlib>
#include <string>

using namespace vakt;

namespace {

constexpr std::time_t kNewYear = 1767225600;  // 2026-01-01 00:00:00 UTC
constexpr std::time_t kSummer = 1782864000;   // 2026-07-01 00:00:00 UTC

}  // namespace

TEST_GROUP(UtcOffset) {
    void zone(const char* name) { ::setenv("TZ", name, 1); }
    void setup() override {
        const char* was = std::getenv("TZ");
        before = was == nullptr ? "" : was;
    }
    void teardown() override {
        if (before.empty())
            ::unsetenv("TZ");
        else
            zone(before.c_str());
        ::tzset();
    }
    std::string before;
};

TEST(UtcOffset, a_zone_is_as_far_from_utc_as_it_says) {
    zone("UTC0");
    CHECK_EQUAL(0, sys::utc_offset(kNewYear));
    zone("CET-1CEST,M3.5.0,M10.5.0/3");
    CHECK_EQUAL(3600, sys::utc_offset(kNewYear));
    CHECK_EQUAL(7200, sys::utc_offset(kSummer));
    zone("ABC-5:45");
    CHECK_EQUAL(20700, sys::utc_offset(kNewYear));
}

TEST(UtcOffset, a_day_or_a_year_between_both_times_changes_nothing) {
    zone("ABC+9:30");
    CHECK_EQUAL(-34200, sys::utc_offset(kNewYear));  // still the last year there
    CHECK_EQUAL(-34200, sys::utc_offset(kSummer));
    zone("ABC-14");
    CHECK_EQUAL(50400, sys::utc_offset(kNewYear - 1));  // the new year there already
    CHECK_EQUAL(50400, sys::utc_offset(kSummer - 1));
}
