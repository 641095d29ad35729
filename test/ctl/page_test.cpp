// SPDX-License-Identifier: Apache-2.0
#include "ctl/page.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::ctl;

namespace {

std::string row(std::size_t width, const std::vector<Piece>& pieces,
                std::string_view label = "ab") {
    Page page({.width = width, .colour = false});
    page.row(label, pieces);
    return page.text();
}

}  // namespace

TEST_GROUP(Page){};

TEST(Page, pieces_stand_two_blanks_apart_behind_ten_columns_of_label) {
    STRCMP_EQUAL("ab        one  two\n", row(80, {{"one"}, {"two"}}).c_str());
    STRCMP_EQUAL("ab        one\n", row(80, {{"one"}, {""}}).c_str());
}

TEST(Page, a_line_that_is_just_full_is_not_broken_and_one_column_more_is) {
    const std::vector<Piece> pieces{{std::string(60, 'x')}, {"12345678"}};
    STRCMP_EQUAL(("ab        " + std::string(60, 'x') + "  12345678\n").c_str(),
                 row(80, pieces).c_str());
    STRCMP_EQUAL(("ab        " + std::string(60, 'x') + "\n          12345678\n").c_str(),
                 row(79, pieces).c_str());
}

TEST(Page, on_a_narrow_terminal_what_follows_a_break_is_indented_less) {
    STRCMP_EQUAL("ab        one two\n    three\n", row(20, {{"one two"}, {"three"}}).c_str());
}

TEST(Page, a_piece_that_alone_is_too_long_is_broken_at_its_blanks_or_where_it_must) {
    STRCMP_EQUAL("ab        aaaa bbbb\n    cccc dddd eeee f\n    g\n",
                 row(20, {{"aaaa bbbb cccc dddd eeee f g"}}).c_str());
    STRCMP_EQUAL("ab        \n    0123456789abcdef\n    ghij\n",
                 row(20, {{"0123456789abcdefghij"}}).c_str());
}

TEST(Page, a_label_longer_than_the_page_does_no_harm) {
    const auto text = row(20, {{"one"}}, std::string(40, 'l'));
    CHECK_TRUE(text.find("one") != std::string::npos);
}

TEST(Page, colour_is_there_only_when_it_is_wanted) {
    CHECK_TRUE(row(80, {{"x", Tone::alarm}}).find('\x1b') == std::string::npos);
    Page page({.width = 80, .colour = true});
    page.row("", {{"x", Tone::alarm}, {"y"}});
    STRCMP_EQUAL("          \x1b[1;31mx\x1b[0m  y\n", page.text().c_str());
}
