// SPDX-License-Identifier: Apache-2.0
#include "syslog/lines.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using vakt::syslog::Line;
using vakt::syslog::Lines;

TEST_GROUP(Lines) {
    std::vector<std::string> given;
    std::size_t cut_lines = 0;

    void feed(Lines & lines, std::string_view bytes) {
        lines.feed(bytes, [this](const Line& line) { take(line); });
    }
    void flush(Lines & lines) {
        lines.flush([this](const Line& line) { take(line); });
    }
    void take(const Line& line) {
        given.emplace_back(line.text);
        if (line.cut) ++cut_lines;
    }
    void given_are(const std::vector<std::string>& wanted) {
        CHECK_EQUAL(wanted.size(), given.size());
        for (std::size_t i = 0; i < wanted.size(); ++i)
            STRCMP_EQUAL(wanted[i].c_str(), given[i].c_str());
    }
};

TEST(Lines, one_piece_with_two_lines_gives_both) {
    Lines lines;
    feed(lines, "one\ntwo\n");
    given_are({"one", "two"});
    CHECK_FALSE(lines.partial());
}

TEST(Lines, a_line_in_single_bytes_is_given_once_its_newline_comes) {
    Lines lines;
    for (const char c : std::string("ab\n")) feed(lines, {&c, 1});
    given_are({"ab"});
}

TEST(Lines, an_unfinished_line_is_held_and_not_given) {
    Lines lines;
    feed(lines, "one\ntw");
    given_are({"one"});
    CHECK_TRUE(lines.partial());
    CHECK_EQUAL(1u, lines.counts().read);
    CHECK_EQUAL(6u, lines.counts().bytes);
}

TEST(Lines, empty_lines_are_counted_and_not_given) {
    Lines lines;
    feed(lines, "\n\na\n\n");
    given_are({"a"});
    CHECK_EQUAL(4u, lines.counts().read);
    CHECK_EQUAL(3u, lines.counts().empty);
}

TEST(Lines, one_carriage_return_at_the_end_is_part_of_the_end) {
    Lines lines;
    feed(lines, "a\r\nb\r\r\nc\rd\n\r\n");
    given_are({"a", "b\r", "c\rd"});
    CHECK_EQUAL(1u, lines.counts().empty);
}

TEST(Lines, a_carriage_return_and_its_newline_may_come_apart) {
    Lines lines;
    feed(lines, "a\r");
    feed(lines, "\n");
    given_are({"a"});
}

TEST(Lines, nul_control_and_high_bytes_are_given_as_they_came) {
    Lines lines;
    const std::string odd("a\0b\x01\x1b[31m\xff\xc3\x28\t", 13);
    feed(lines, odd + "\n");
    CHECK_EQUAL(1u, given.size());
    CHECK_TRUE(given[0] == odd);
}

TEST(Lines, a_line_of_the_longest_size_is_whole) {
    Lines lines;
    feed(lines, std::string(65535, 'x') + "\n");
    CHECK_EQUAL(65535u, given.at(0).size());
    CHECK_EQUAL(0u, cut_lines);
}

TEST(Lines, a_line_of_the_longest_size_and_a_carriage_return_is_whole) {
    Lines lines;
    feed(lines, std::string(65535, 'x') + "\r");
    feed(lines, "\n");
    CHECK_EQUAL(65535u, given.at(0).size());
    CHECK_EQUAL(0u, lines.counts().cut);
}

TEST(Lines, one_byte_more_is_cut_to_the_longest_size_with_the_mark) {
    Lines lines;
    feed(lines, std::string(65536, 'x') + "\nnext\n");
    CHECK_EQUAL(2u, given.size());
    CHECK_EQUAL(65535u, given[0].size());
    CHECK_TRUE(given[0].ends_with("xx [cut]"));
    STRCMP_EQUAL("next", given[1].c_str());
    CHECK_EQUAL(1u, lines.counts().cut);
    CHECK_EQUAL(2u, lines.counts().read);
}

TEST(Lines, one_byte_more_in_two_pieces_is_cut_too) {
    Lines lines;
    feed(lines, std::string(65535, 'x'));
    feed(lines, "x");
    feed(lines, "\nnext\n");
    CHECK_EQUAL(2u, given.size());
    CHECK_TRUE(given[0].ends_with(" [cut]"));
    STRCMP_EQUAL("next", given[1].c_str());
}

TEST(Lines, a_cut_line_is_given_at_once_and_its_rest_is_thrown_away) {
    Lines lines(10);
    feed(lines, "0123456789abc");
    given_are({"0123 [cut]"});
    CHECK_FALSE(lines.partial());
    feed(lines, "still the same line");
    feed(lines, " end\nnext\n");
    given_are({"0123 [cut]", "next"});
    CHECK_EQUAL(1u, cut_lines);
}

TEST(Lines, a_flush_gives_the_unfinished_line) {
    Lines lines;
    feed(lines, "half");
    flush(lines);
    given_are({"half"});
    CHECK_FALSE(lines.partial());
    CHECK_EQUAL(1u, lines.counts().read);
}

TEST(Lines, a_flush_without_an_unfinished_line_gives_nothing) {
    Lines lines;
    feed(lines, "whole\n");
    flush(lines);
    given_are({"whole"});
    CHECK_EQUAL(1u, lines.counts().read);
}

TEST(Lines, the_newline_of_a_flushed_line_is_no_empty_line) {
    Lines lines;
    feed(lines, "half");
    flush(lines);
    feed(lines, "\nnext\n");
    given_are({"half", "next"});
    CHECK_EQUAL(0u, lines.counts().empty);
}

TEST(Lines, what_comes_of_a_flushed_line_is_a_line_of_its_own) {
    Lines lines;
    feed(lines, "half");
    flush(lines);
    feed(lines, "other\n\n");
    given_are({"half", "other"});
    CHECK_EQUAL(1u, lines.counts().empty);
}

TEST(Lines, a_flush_of_a_line_one_byte_too_long_cuts_it_and_skips_its_rest) {
    Lines lines(10);
    feed(lines, "0123456789a");
    flush(lines);
    feed(lines, "bc\nnext\n");
    given_are({"0123 [cut]", "next"});
}

TEST(Lines, a_flush_takes_the_carriage_return_off_too) {
    Lines lines;
    feed(lines, "half\r");
    flush(lines);
    given_are({"half"});
}

TEST(Lines, another_goes_on_with_an_unfinished_line) {
    Lines first;
    feed(first, "one\nha");
    Lines second;
    second.go_on(first.place());
    feed(second, "lf\nnext\n");
    given_are({"one", "half", "next"});
}

TEST(Lines, another_goes_on_with_a_line_that_was_given_cut_or_unfinished) {
    Lines first(10);
    feed(first, "0123456789abc");
    Lines second(10);
    second.go_on(first.place());
    feed(second, "def\nnext\nhalf");
    flush(second);
    Lines third(10);
    third.go_on(second.place());
    feed(third, "\nlast\n");
    given_are({"0123 [cut]", "next", "half", "last"});
    CHECK_EQUAL(0u, third.counts().empty);
}
