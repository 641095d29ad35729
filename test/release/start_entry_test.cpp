// SPDX-License-Identifier: Apache-2.0
#include "release/start_entry.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace vakt;
using namespace vakt::release;

namespace {

constexpr const char* kText = "1.0-rc1 13.1.5 kept 4711.123456 00c0ffee:3p";

report::Entry entry(std::uint8_t id, report::Kind kind, const std::string& text = "") {
    report::Entry made;
    made.kind = kind;
    made.boot_id[0] = id;
    made.text = std::string_view(text);
    made.healthy = kind == report::Kind::healthy;
    made.ended = kind == report::Kind::clean;
    return made;
}

}  // namespace

TEST_GROUP(StartEntry){};

TEST(StartEntry, its_text_is_as_the_header_says) {
    const StartEntry start{
        {"13.1.5", "1.0-rc1"}, Origin::kept, 4711, 123456, {0x00c0ffee, 3, true}};
    STRCMP_EQUAL(kText, text_of(start).c_str());
    CHECK_TRUE(read_start_entry(kText) == start);
}

TEST(StartEntry, the_longest_fits_an_entry_of_the_ledger) {
    const StartEntry start{{std::string(kLongestErts, '1'), std::string(kLongestVsn, '2')},
                           Origin::listed,
                           0xFFFFFFFF,
                           0xFFFFFFFFFFFFFFFF,
                           {0xFFFFFFFF, 99999, true}};
    const auto text = text_of(start);
    CHECK_TRUE(text.size() <= decltype(report::Entry::text)::capacity());
    CHECK_TRUE(read_start_entry(text) == start);
}

TEST(StartEntry, anything_else_is_none) {
    const std::string text(kText);
    for (std::size_t size = 0; size + 3 < text.size(); ++size)
        CHECK_FALSE(read_start_entry(text.substr(0, size)).has_value());
    for (const char* bad :
         {"1.0 13 other 1.1 00000000:0", "1.0 13 data 11 00000000:0", "1.0 13 data 1.1 0:0",
          "1.0 13 data 1.1 0000000g:0", "1.0 13 data 1.1 00000000:x", "1/0 13 data 1.1 00000000:0",
          "1.0 13 data 1.1 00000000:0 more"})
        CHECK_FALSE(read_start_entry(bad).has_value());
}

TEST(StartEntry, starts_come_with_what_became_of_them) {
    using report::Kind;
    const std::string text(kText);
    const std::vector<report::Entry> entries = {
        entry(9, Kind::healthy),  // its beginning has been overwritten
        entry(1, Kind::boot, text), entry(1, Kind::healthy),    entry(2, Kind::boot, text),
        entry(2, Kind::clean),      entry(3, Kind::boot, text), entry(4, Kind::boot, "no start"),
        entry(4, Kind::healthy),
    };
    const auto starts = starts_of(entries);
    CHECK_EQUAL(3U, starts.size());
    CHECK_TRUE(starts[0].outcome == Outcome::healthy);
    CHECK_TRUE(starts[1].outcome == Outcome::ended);
    CHECK_TRUE(starts[2].outcome == Outcome::failed);
    CHECK_TRUE((starts[2].release == Release{"13.1.5", "1.0-rc1"}));
    CHECK_TRUE(starts[2].origin == Origin::kept);
    CHECK_EQUAL(3U, starts[2].memory.failures);
}

TEST(StartEntry, its_boot_is_of_its_birth_and_an_older_ones_is_not_known) {
    CHECK_EQUAL(0x12345678U, boot_of(0x12345678'0000ffff));
    const auto starts =
        starts_of({entry(1, report::Kind::boot, kText),
                   entry(2, report::Kind::boot,
                         "1.0 13 data 7." + std::to_string(0x12345678'0000ffff) + " 00000000:0")});
    CHECK_EQUAL(kBootUnknown, starts[0].boot);
    CHECK_EQUAL(0x12345678U, starts[1].boot);
}

TEST(StartEntry, one_that_was_healthy_and_then_ended_in_order_was_healthy) {
    auto ended = entry(1, report::Kind::clean);
    ended.healthy = true;
    const auto starts = starts_of({entry(1, report::Kind::boot, kText), ended});
    CHECK_TRUE(starts[0].outcome == Outcome::healthy);
}
