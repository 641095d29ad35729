// SPDX-License-Identifier: Apache-2.0
#include "syslog/pipe_line.h"

#include <CppUTest/TestHarness.h>

#include <array>
#include <string>

#include "syslog/message.h"

using namespace vakt::syslog;

TEST_GROUP(PipeLine) {
    Entry entry;
    std::array<char, 4096> room{};
    const LineDefaults defaults{"board", 1'763'779'360'123'456'789};

    void setup() override {
        entry.record.pri = Pri(3);
        entry.record.time_ns = 1'763'779'360'000'000'000;
        entry.record.host = "h";
        entry.record.app = "app";
        entry.record.text = "words";
    }
    std::string line(std::size_t size = 4096) {
        return std::string(put_pipe_line(entry, defaults, std::span(room).first(size)).text);
    }
};

TEST(PipeLine, a_record_stands_as_rsyslogd_writes_it) {
    STRCMP_EQUAL("<3>2025-11-22T02:42:40.000000+00:00 h app: words\n", line().c_str());
    entry.record.pid = "42";
    STRCMP_EQUAL("<3>2025-11-22T02:42:40.000000+00:00 h app[42]: words\n", line().c_str());
    entry.record.app = "";  // a pid of nobody is none
    STRCMP_EQUAL("<3>2025-11-22T02:42:40.000000+00:00 h words\n", line().c_str());
}

TEST(PipeLine, what_a_record_does_not_say_is_filled_in) {
    entry.record.pri.reset();
    entry.record.time_ns.reset();
    entry.record.host = "";
    STRCMP_EQUAL("<13>2025-11-22T02:42:40.123456+00:00 board app: words\n", line().c_str());
}

TEST(PipeLine, a_pri_has_no_leading_zeros) {
    for (const int number : {0, 9, 10, 99, 100, 191}) {
        entry.record.pri = Pri(static_cast<std::uint8_t>(number));
        CHECK(line().starts_with("<" + std::to_string(number) + ">2025"));
    }
}

TEST(PipeLine, a_time_before_1970_and_the_last_microsecond_of_a_year_are_written) {
    entry.record.time_ns = -1;
    CHECK(line().starts_with("<3>1969-12-31T23:59:59.999999+00:00 "));
    entry.record.time_ns = INT64_MIN;
    CHECK(line().starts_with("<3>1677-09-21T"));
    entry.record.time_ns = INT64_MAX;
    CHECK(line().starts_with("<3>2262-04-11T23:47:16.854775+00:00 "));
}

TEST(PipeLine, no_text_makes_a_second_line_and_newlines_at_its_end_go) {
    using namespace std::string_literals;
    const auto hostile = "a\nvakt[bridge]: 5 lines lost\r\t\0\x1b\x7f\xc3\xa5 b\n\n"s;
    entry.record.text = hostile;
    STRCMP_EQUAL(
        "<3>2025-11-22T02:42:40.000000+00:00 h app: "
        "a#012vakt[bridge]: 5 lines lost#015#011#000#033#177\xc3\xa5 b\n",
        line().c_str());
}

TEST(PipeLine, a_word_of_the_head_cannot_end_it) {
    entry.record.host = "a b\n";
    entry.record.app = "x y";
    entry.record.pid = "1\t2";
    STRCMP_EQUAL("<3>2025-11-22T02:42:40.000000+00:00 a_b_ x_y[1_2]: words\n", line().c_str());
    const std::string wide(200, 'w');
    entry.record.host = entry.record.app = entry.record.pid = wide;
    const auto cut = std::string(64, 'w');
    STRCMP_EQUAL(("<3>2025-11-22T02:42:40.000000+00:00 " + cut + " " + cut + "[" +
                  std::string(32, 'w') + "]: words\n")
                     .c_str(),
                 line().c_str());
}

TEST(PipeLine, a_line_that_just_fits_is_whole_and_one_byte_more_is_cut) {
    const std::size_t head = line().size() - 6;
    const std::size_t fits = 256 - PipeLine::kCut.size() - head;
    const std::string text(fits + 1, 'x');
    entry.record.text = std::string_view(text).substr(1);
    auto put = put_pipe_line(entry, defaults, std::span(room).first(256));
    CHECK_FALSE(put.cut);
    CHECK_EQUAL(256 - PipeLine::kCut.size() + 1, put.text.size());
    entry.record.text = text;
    put = put_pipe_line(entry, defaults, std::span(room).first(256));
    CHECK_TRUE(put.cut);
    CHECK_EQUAL(256U, put.text.size());
    CHECK(put.text.ends_with("xxx [cut]\n"));
}

TEST(PipeLine, a_cut_parts_no_character_and_no_escape) {
    const std::size_t head = line().size() - 6;
    const std::size_t fits = 256 - PipeLine::kCut.size() - head;
    for (const auto* end : {"\xc3\xa5", "\xe2\x82\xac", "\x01"}) {
        const auto text = std::string(fits - 1, 'x') + end + "more";
        entry.record.text = text;
        const auto got = line(256);
        CHECK_TEXT(got.ends_with("x [cut]\n"), got.c_str());
    }
}

TEST(PipeLine, it_is_read_as_what_it_was_written_from) {
    entry.record.pid = "7";
    const auto text = line();
    const auto read = read_message(std::string_view(text).substr(0, text.size() - 1), Context{});
    CHECK(read.pri == entry.record.pri);
    CHECK(read.time_ns == entry.record.time_ns);
    CHECK(read.host == "h");
    CHECK(read.app == "app");
    CHECK(read.pid == "7");
    CHECK(read.text == "words");
}
