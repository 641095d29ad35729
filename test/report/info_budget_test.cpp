// SPDX-License-Identifier: Apache-2.0
#include "report/info_budget.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt::report;

TEST_GROUP(InfoBudget) {
    InfoBudget budget;
    Entry last;

    bool take(std::uint64_t at, Kind kind = Kind::snoozed) {
        last = Entry{};
        last.kind = kind;
        last.uptime_ms = at;
        last.text = "words";
        return budget.take(last);
    }
    std::string text() const { return std::string(last.text.view()); }
};

TEST(InfoBudget, a_quarter_of_the_slots_at_once_and_then_one_a_minute) {
    for (std::uint32_t i = 0; i < InfoBudget::kAtOnce; ++i) CHECK_TRUE(take(1000));
    CHECK_FALSE(take(1000));
    CHECK_FALSE(take(59'999));
    CHECK_TRUE(take(60'000));
    CHECK_FALSE(take(60'000));
    CHECK_FALSE(take(119'999));
    CHECK_TRUE(take(120'000));
}

TEST(InfoBudget, it_does_not_grow_beyond_its_beginning) {
    CHECK_TRUE(take(1'000'000'000));
    for (std::uint32_t i = 1; i < InfoBudget::kAtOnce; ++i) CHECK_TRUE(take(1'000'000'000));
    CHECK_FALSE(take(1'000'000'000));
}

TEST(InfoBudget, what_judges_is_always_written) {
    while (take(0)) {
    }
    for (const auto kind :
         {Kind::boot, Kind::healthy, Kind::note, Kind::recovered, Kind::clean, Kind::reported})
        CHECK_TRUE(take(0, kind));
    STRCMP_EQUAL("words", text().c_str());
    CHECK_FALSE(take(0, Kind::info));
}

TEST(InfoBudget, what_was_left_out_is_said_once) {
    while (take(0)) {
    }
    CHECK_FALSE(take(0));
    CHECK_TRUE(take(60'000));
    STRCMP_EQUAL("words (before it 2 more, not written)", text().c_str());
    CHECK_TRUE(take(120'000));
    STRCMP_EQUAL("words", text().c_str());
}

TEST(InfoBudget, a_clock_that_goes_back_earns_nothing) {
    CHECK_TRUE(take(600'000));
    while (take(600'000)) {
    }
    CHECK_FALSE(take(0));
    CHECK_FALSE(take(~std::uint64_t{0} - 1) && !take(~std::uint64_t{0} - 1));
}
