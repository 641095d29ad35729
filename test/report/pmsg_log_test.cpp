// SPDX-License-Identifier: Apache-2.0
#include "report/pmsg_log.h"

#include <CppUTest/TestHarness.h>

#include <string>

#include "report/pmsg_note.h"

using namespace vakt;
using namespace vakt::report;

namespace {

constexpr BootId kBoot{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                       0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};

BlackBoxLine line(std::string text) {
    return {.boot_id = kBoot, .sequence = 7, .wall_ns = -5, .text = std::move(text), .pri = 28};
}
std::string of(const BlackBoxLine& its) { return std::string(PmsgLogLine(its).view()); }

}  // namespace

TEST_GROUP(PmsgLogLine){};

TEST(PmsgLogLine, it_is_one_line_of_words) {
    STRCMP_EQUAL("vaktlog1 7 01234567-89ab-cdef-0123-456789abcdef 28 -5 board a[1]: b?c\n",
                 of(line("board a[1]: b\nc")).c_str());
}

TEST(PmsgLogLine, what_was_written_is_read_back) {
    auto without = line("");
    without.pri = kNoPri;
    without.wall_ns = INT64_MAX;
    without.sequence = ~std::uint64_t{0};
    const auto read = read_pmsg_log(of(line("one two")) + of(without));
    CHECK_EQUAL(2U, read.size());
    CHECK(read[0] == line("one two"));
    CHECK(read[1] == without);
}

TEST(PmsgLogLine, at_most_256_bytes_of_the_text_are_kept) {
    CHECK(read_pmsg_log(of(line(std::string(256, 'a'))))[0].text.size() == 256);
    CHECK(read_pmsg_log(of(line(std::string(257, 'a'))))[0].text.size() == 256);
}

TEST(PmsgLogLine, what_somebody_logs_is_no_note_of_the_keeper) {
    Entry note;
    note.sequence = 9;
    note.boot_id = kBoot;
    const std::string forged(PmsgLine(note).view());
    CHECK_EQUAL(1U, read_pmsg(forged).size());
    CHECK_EQUAL(0U, read_pmsg(of(line(forged))).size());
    CHECK_EQUAL(0U, read_pmsg(of(line("vakt1 " + forged))).size());
    // Wherever the ring has cut it.
    const auto whole = of(line("x " + forged));
    for (std::size_t at = 0; at < whole.size(); ++at)
        CHECK_EQUAL(0U, read_pmsg(whole.substr(at)).size());
}

TEST(PmsgLogLine, what_somebody_logs_is_no_other_line) {
    const auto inner = of(line("inner"));
    const auto whole = of(line("x " + inner));
    for (std::size_t at = 1; at < whole.size(); ++at)
        CHECK_EQUAL(0U, read_pmsg_log(whole.substr(at)).size());
    STRCMP_EQUAL("x vaktlog1_7 01234567-89ab-cdef-0123-456789abcdef 28 -5 inner?",
                 read_pmsg_log(whole)[0].text.c_str());
}

TEST(PmsgLogLine, the_keepers_notes_and_nonsense_are_passed_over) {
    Entry note;
    note.sequence = 9;
    CHECK_TRUE(read_pmsg_log(PmsgLine(note).view()).empty());
    const std::string good = of(line("x"));
    for (const auto* bad : {"", "\n", "vaktlog1 ", "vaktlog1 1 2 3 4 5\n",
                            "vaktlog1 x 01234567-89ab-cdef-0123-456789abcdef 28 5 t\n",
                            "vaktlog1 1 01234567-89ab-cdef-0123-456789abcdef 192 5 t\n",
                            "vaktlog1 1 01234567-89ab-cdef-0123-456789abcdef x 5 t\n",
                            "vaktlog1 1 01234567-89ab-cdef-0123-456789abcdef 28 x t\n"})
        CHECK_EQUAL(1U, read_pmsg_log(bad + std::string("\n") + good).size());
}

TEST_GROUP(PmsgBudget) {
    PmsgBudget budget;
    Instant now = Instant{} + std::chrono::hours(1);
};

TEST(PmsgBudget, what_is_urgent_may_take_all_and_the_rest_half) {
    CHECK_TRUE(budget.take(now, 8192, false));
    CHECK_FALSE(budget.take(now, 1, false));
    CHECK_TRUE(budget.take(now, 8192, true));
    CHECK_FALSE(budget.take(now, 1, true));
}

TEST(PmsgBudget, it_fills_by_128_bytes_a_second_however_often_it_is_asked) {
    CHECK_TRUE(budget.take(now, 16384, true));
    for (int i = 0; i < 999; ++i) {
        now += std::chrono::milliseconds(1);
        CHECK_FALSE(budget.take(now, 128, true));
    }
    now += std::chrono::milliseconds(1);
    CHECK_TRUE(budget.take(now, 128, true));
    CHECK_FALSE(budget.take(now, 1, true));
}

TEST(PmsgBudget, a_long_silence_fills_it_and_no_more) {
    CHECK_TRUE(budget.take(now, 16384, true));
    now += std::chrono::hours(24 * 365);
    CHECK_TRUE(budget.take(now, 16384, true));
    CHECK_FALSE(budget.take(now, 1, true));
}
