// SPDX-License-Identifier: Apache-2.0
#include "syslog/priority.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt::syslog;

TEST_GROUP(Pri){static int number_of(std::string_view text){const auto pri = take_pri(text);
return pri ? pri->number() : -1;
}
}
;

TEST(Pri, RunsFrom0To191) {
    LONGS_EQUAL(0, number_of("<0>x"));
    LONGS_EQUAL(9, number_of("<9>"));
    LONGS_EQUAL(10, number_of("<10>x"));
    LONGS_EQUAL(191, number_of("<191>x"));
    LONGS_EQUAL(-1, number_of("<192>x"));
    LONGS_EQUAL(-1, number_of("<999>x"));
    LONGS_EQUAL(-1, number_of("<1000>x"));
}

TEST(Pri, HasNoLeadingZeroNoSignNoBlank) {
    for (const auto* text :
         {"<00>x", "<01>x", "<013>x", "<+1>x", "< 1>x", "<1 >x", "<>x", "<1", "1>", ""})
        LONGS_EQUAL(-1, number_of(text));
}

TEST(Pri, IsTakenOffTheFrontAndNothingElseIs) {
    std::string_view text = "<13>text";
    CHECK(take_pri(text).has_value());
    CHECK(text == "text");
    CHECK(!take_pri(text).has_value());
    CHECK(text == "text");
}

TEST(Pri, IsFacilityTimes8PlusSeverity) {
    const Pri pri(20, Severity::err);
    LONGS_EQUAL(163, pri.number());
    LONGS_EQUAL(20, pri.facility());
    CHECK(pri.severity() == Severity::err);
}

TEST(Pri, IsNamedAsInSyslogConf) {
    for (std::uint8_t number = 0; number <= Pri::kLargest; ++number) {
        const Pri pri(number);
        const auto words = std::string(kFacilityNames[pri.facility()]) + "." +
                           std::string(kSeverityNames[number % 8]) + " rest";
        std::string_view text = words;
        const auto found = take_named_pri(text);
        CHECK(found == pri);
        CHECK(text == " rest");
    }
}

TEST(Pri, HasOldNamesToo) {
    std::string_view text = "security.panic";
    CHECK(take_named_pri(text) == Pri(4, Severity::emerg));
    text = "kern.error";
    CHECK(take_named_pri(text) == Pri(0, Severity::err));
    text = "local7.warn";
    CHECK(take_named_pri(text) == Pri(23, Severity::warning));
}

TEST(Pri, IsNotNamedByHalfAName) {
    for (const auto* words :
         {"kern", "kern.", "ker.info", "kern.inf", "kern.infos", "Kern.info", ".info", ""}) {
        std::string_view text = words;
        CHECK(!take_named_pri(text).has_value());
        CHECK(text == words);
    }
}

TEST(Pri, names_have_numbers_the_old_ones_too) {
    CHECK_TRUE(severity_named("err") == 3 && severity_named("error") == 3);
    CHECK_TRUE(facility_named("local7") == 23 && facility_named("security") == 4);
    CHECK_FALSE(severity_named("").has_value() || severity_named("Err").has_value());
    CHECK_FALSE(facility_named("err").has_value());
}
