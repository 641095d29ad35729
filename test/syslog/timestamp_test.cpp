// SPDX-License-Identifier: Apache-2.0
#include "syslog/timestamp.h"

#include <CppUTest/TestHarness.h>

#include <ctime>
#include <string>

using namespace vakt::syslog;

namespace {

constexpr std::int64_t kNano = 1'000'000'000;

/// The system's calendar, to compare with.
std::int64_t seconds_of(int year, int month, int day, int hour, int minute, int second) {
    std::tm parts{};
    parts.tm_year = year - 1900;
    parts.tm_mon = month - 1;
    parts.tm_mday = day;
    parts.tm_hour = hour;
    parts.tm_min = minute;
    parts.tm_sec = second;
    return ::timegm(&parts);
}

}  // namespace

TEST_GROUP(Timestamp) {
    Context at{seconds_of(2026, 11, 21, 18, 0, 0) * kNano, 0};

    static void reads(const std::string& text, std::int64_t ns) {
        std::string_view rest = text;
        const auto time = take_rfc3339(rest);
        CHECK_TEXT(time.has_value(), text.c_str());
        CHECK_EQUAL_TEXT(ns, *time, text.c_str());
        CHECK(rest.empty());
    }
    static void refuses(const std::string& text) {
        std::string_view rest = text;
        CHECK_TEXT(!take_rfc3339(rest).has_value(), text.c_str());
        CHECK(rest == text);
    }
    void old_reads(const std::string& text, std::int64_t ns) const {
        std::string_view rest = text;
        const auto time = take_rfc3164_time(rest, at);
        CHECK_TEXT(time.has_value(), text.c_str());
        CHECK_EQUAL_TEXT(ns, *time, text.c_str());
        CHECK(rest.empty());
    }
    void old_refuses(const std::string& text) const {
        std::string_view rest = text;
        CHECK_TEXT(!take_rfc3164_time(rest, at).has_value(), text.c_str());
        CHECK(rest == text);
    }
};

TEST(Timestamp, AgreesWithTheSystemsCalendarOnEveryDayOfEightHundredYears) {
    for (std::int64_t day = -146097; day < 146097; ++day) {
        const std::time_t seconds = day * 86400;
        std::tm parts{};
        ::gmtime_r(&seconds, &parts);
        CHECK_EQUAL(day,
                    days_since_1970(parts.tm_year + 1900, static_cast<unsigned>(parts.tm_mon) + 1,
                                    static_cast<unsigned>(parts.tm_mday)));
    }
}

TEST(Timestamp, HasZonesAndFractions) {
    const auto whole = seconds_of(2026, 11, 21, 18, 4, 3) * kNano;
    reads("2026-11-21T18:04:03Z", whole);
    reads("2026-11-21t18:04:03z", whole);
    reads("2026-11-21T18:04:03.5Z", whole + kNano / 2);
    reads("2026-11-21T18:04:03.962539+00:00", whole + 962539000);
    reads("2026-11-21T18:04:03.1234567891234Z", whole + 123456789);
    reads("2026-11-21T19:04:03+01:00", whole);
    reads("2026-11-21T12:34:03-05:30", whole);
    reads("2026-11-21T18:04:60Z", seconds_of(2026, 11, 21, 18, 5, 0) * kNano);
}

TEST(Timestamp, ReachesAsFarAsANumberOfNanosecondsCan) {
    reads("1678-01-01T00:00:00+23:59", (seconds_of(1678, 1, 1, 0, 0, 0) - 86340) * kNano);
    reads("2261-12-31T23:59:59.999999999-23:59",
          (seconds_of(2261, 12, 31, 23, 59, 59) + 86340) * kNano + 999999999);
    refuses("1677-12-31T23:59:59Z");
    refuses("2262-01-01T00:00:00Z");
}

TEST(Timestamp, IsRefusedWhenAnyPartIsNotItsForm) {
    for (const auto* text :
         {"", "2026", "2026-11-21", "2026-11-21 18:04:03Z", "2026-13-01T00:00:00Z",
          "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
          "2026-11-00T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T18:60:03Z",
          "2026-11-21T18:04:61Z", "2026-11-21T18:04:03", "2026-11-21T18:04:03.Z",
          "2026-11-21T18:04:03+0100", "2026-11-21T18:04:03+24:00", "2026-11-21T18:04:03+01:60",
          "26-11-21T18:04:03Z", "2026-1-21T18:04:03Z"})
        refuses(text);
    reads("2028-02-29T00:00:00Z", seconds_of(2028, 2, 29, 0, 0, 0) * kNano);
}

TEST(Timestamp, OfRfc3164TakesTheNearestYear) {
    old_reads("Nov 21 18:04:15", seconds_of(2026, 11, 21, 18, 4, 15) * kNano);
    old_reads("Jan  1 00:00:00", seconds_of(2027, 1, 1, 0, 0, 0) * kNano);
    old_reads("Dec 31 23:59:59", seconds_of(2026, 12, 31, 23, 59, 59) * kNano);
    old_reads("May 24 00:00:00", seconds_of(2026, 5, 24, 0, 0, 0) * kNano);
    old_reads("May 23 00:00:00", seconds_of(2027, 5, 23, 0, 0, 0) * kNano);
    at.now_ns = seconds_of(2027, 1, 1, 0, 0, 5) * kNano;
    old_reads("Dec 31 23:59:59", seconds_of(2026, 12, 31, 23, 59, 59) * kNano);
    old_reads("Feb 29 12:00:00", seconds_of(2028, 2, 29, 12, 0, 0) * kNano);
    at.now_ns = seconds_of(2100, 6, 1, 0, 0, 0) * kNano;
    old_reads("Feb 29 12:00:00", seconds_of(2104, 2, 29, 12, 0, 0) * kNano);
}

TEST(Timestamp, OfRfc3164IsLocalTime) {
    at.utc_offset = 3600;
    old_reads("Nov 21 19:04:15", seconds_of(2026, 11, 21, 18, 4, 15) * kNano);
    at.utc_offset = -36000;
    old_reads("Nov 21 08:04:15", seconds_of(2026, 11, 21, 18, 4, 15) * kNano);
}

TEST(Timestamp, OfRfc3164IsReadAsItIsInTheWild) {
    const auto whole = seconds_of(2026, 11, 1, 18, 4, 15) * kNano;
    for (const auto* text :
         {"Nov  1 18:04:15", "Nov 01 18:04:15", "Nov 1 18:04:15", "Nov  1 2026 18:04:15"})
        old_reads(text, whole);
    old_reads("Nov  1 18:04:15.250", whole + kNano / 4);
    old_reads("Nov  1 1999 18:04:15", seconds_of(1999, 11, 1, 18, 4, 15) * kNano);
}

TEST(Timestamp, OfRfc3164IsRefusedWhenAnyPartIsNotItsForm) {
    for (const auto* text :
         {"", "Nov", "nov 21 18:04:15", "Nov 32 18:04:15", "Nov  0 18:04:15", "Feb 30 18:04:15",
          "Nov 21 24:04:15", "Nov 21 18:04", "Nov 21 1:04:15", "Nov 21 18:04:15.", "Nov21 18:04:15",
          "Nov   1 18:04:15", "Feb 29 2026 18:04:15", "Nov 21 1969 18:04:15"})
        old_refuses(text);
}
