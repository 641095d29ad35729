// SPDX-License-Identifier: Apache-2.0
#include "report/last_lines.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::report;

namespace {

constexpr BootId kBoot{1};
constexpr std::uint8_t kCrit = 26;
constexpr std::uint8_t kErr = 27;
constexpr std::uint8_t kWarning = 28;
constexpr std::uint8_t kDebug = 31;
constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

TEST_GROUP(LastLines) {
    std::vector<BlackBoxLine> lines;
    std::uint64_t next = 1;

    void add(std::uint8_t pri, std::int64_t second, int times = 1) {
        for (; times > 0; --times)
            lines.push_back({.boot_id = kBoot,
                             .sequence = next++,
                             .wall_ns = second * kSecond,
                             .text = "x",
                             .pri = pri});
    }
    std::vector<std::uint64_t> chosen(std::size_t most) const {
        std::vector<std::uint64_t> numbers;
        for (const auto& line : last_lines(lines, kBoot, most)) numbers.push_back(line.sequence);
        return numbers;
    }
};

TEST(LastLines, the_newest_of_the_boot_alone_are_told_in_their_order) {
    add(kDebug, 5, 4);
    std::swap(lines[0], lines[3]);
    lines[1].boot_id = BootId{2};
    CHECK((chosen(2) == std::vector<std::uint64_t>{3, 4}));
    CHECK((chosen(3) == std::vector<std::uint64_t>{1, 3, 4}));
    CHECK((chosen(9) == std::vector<std::uint64_t>{1, 3, 4}));
    CHECK_TRUE(chosen(0).empty());
}

TEST(LastLines, chatter_does_not_push_out_an_error_of_the_last_minute) {
    add(kErr, 100);
    add(kDebug, 160, 50);
    CHECK((chosen(3) == std::vector<std::uint64_t>{1, 50, 51}));
}

TEST(LastLines, errors_do_not_push_out_what_is_worse) {
    add(kCrit, 100);
    add(kErr, 160, 50);
    add(kDebug, 160, 50);
    CHECK((chosen(3) == std::vector<std::uint64_t>{1, 50, 51}));
}

TEST(LastLines, an_error_older_than_a_minute_goes_as_any_line) {
    add(kErr, 99);
    add(kDebug, 160, 50);
    CHECK((chosen(3) == std::vector<std::uint64_t>{49, 50, 51}));
}

TEST(LastLines, what_is_less_than_an_error_is_chatter) {
    add(kWarning, 159);
    add(kNoPri, 160, 5);
    CHECK((chosen(2) == std::vector<std::uint64_t>{5, 6}));
}

TEST(LastLines, of_more_errors_than_there_is_room_for_the_newest_are_told) {
    add(kErr, 160, 5);
    add(kDebug, 160);
    CHECK((chosen(2) == std::vector<std::uint64_t>{4, 5}));
}

TEST(LastLines, a_line_that_was_written_twice_is_told_once_as_it_was_last) {
    add(kErr, 1, 2);
    lines.push_back(lines[0]);
    lines.back().repeats = 7;
    const auto told = last_lines(lines, kBoot, 9);
    CHECK_EQUAL(2U, told.size());
    CHECK_EQUAL(7U, told[0].repeats);
}

TEST(LastLines, clocks_at_their_ends_do_no_harm) {
    add(kErr, 0);
    add(kDebug, 0, 3);
    lines[0].wall_ns = INT64_MIN;
    lines[1].wall_ns = lines[2].wall_ns = lines[3].wall_ns = INT64_MIN + 5;
    CHECK((chosen(2) == std::vector<std::uint64_t>{1, 4}));
    lines[3].wall_ns = INT64_MAX;
    CHECK((chosen(2) == std::vector<std::uint64_t>{3, 4}));
}

TEST(LastLines, words_say_severity_and_repeats) {
    STRCMP_EQUAL("x?y", line_words({.text = "x\x1by"}).c_str());
    STRCMP_EQUAL("<err> x (3 times more)",
                 line_words({.text = "x", .pri = kErr, .repeats = 3}).c_str());
}
