// SPDX-License-Identifier: Apache-2.0
#include "console/tape.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt::console;

TEST_GROUP(Tape) {
    Tape tape{8};

    std::string all() const {
        std::string bytes;
        while (tape.begin() + bytes.size() < tape.end())
            bytes += tape.from(tape.begin() + bytes.size());
        return bytes;
    }
};

TEST(Tape, holds_as_much_as_it_may) {
    tape.append("12345678");
    STRCMP_EQUAL("12345678", all().c_str());
    UNSIGNED_LONGS_EQUAL(0, tape.begin());
    tape.append("9");
    STRCMP_EQUAL("23456789", all().c_str());
    UNSIGNED_LONGS_EQUAL(1, tape.begin());
    UNSIGNED_LONGS_EQUAL(9, tape.end());
}

TEST(Tape, of_too_much_at_once_the_end_stays) {
    tape.append("abc");
    tape.append("0123456789");
    STRCMP_EQUAL("23456789", all().c_str());
    UNSIGNED_LONGS_EQUAL(5, tape.begin());
    UNSIGNED_LONGS_EQUAL(13, tape.end());
}

TEST(Tape, goes_around_in_its_ring) {
    for (char c = 'a'; c <= 'z'; ++c) {
        const std::string three(3, c);
        tape.append(three);
    }
    STRCMP_EQUAL("xxyyyzzz", all().c_str());
    tape.forget_until(tape.end() - 2);
    STRCMP_EQUAL("zz", all().c_str());
    tape.append("123456");
    STRCMP_EQUAL("zz123456", all().c_str());
}

TEST(Tape, gives_its_memory_back_when_all_is_seen) {
    Tape large{1U << 20U};
    UNSIGNED_LONGS_EQUAL(0, large.room());
    large.append(std::string(100'000, 'x'));
    CHECK_TRUE(large.room() >= 100'000);
    large.append(std::string(100'000, 'y'));
    UNSIGNED_LONGS_EQUAL('x', static_cast<unsigned>(large.from(99'999).front()));
    UNSIGNED_LONGS_EQUAL('y', static_cast<unsigned>(large.from(100'000).front()));
    large.forget_until(large.end());
    UNSIGNED_LONGS_EQUAL(0, large.room());
    UNSIGNED_LONGS_EQUAL(200'000, large.end());
}

TEST_GROUP(LastLine) { LastLine line; };

TEST(LastLine, is_what_follows_the_last_end_of_a_line) {
    line.append("Eshell\n1");
    line.append("> ");
    STRCMP_EQUAL("1> ", std::string(line.text()).c_str());
    line.append("ok\n2> x\n");
    STRCMP_EQUAL("", std::string(line.text()).c_str());
}

TEST(LastLine, is_whole_or_not_there) {
    line.append(std::string(LastLine::kMost, 'x'));
    UNSIGNED_LONGS_EQUAL(LastLine::kMost, line.text().size());
    line.append("y");
    UNSIGNED_LONGS_EQUAL(0, line.text().size());
    line.append("z");
    UNSIGNED_LONGS_EQUAL(0, line.text().size());
    line.append("\n1> ");
    STRCMP_EQUAL("1> ", std::string(line.text()).c_str());
}

TEST_GROUP(Sight) {
    Tape tape{64};
    Sight sight{tape, "run_erl"};

    // What a viewer that takes so many bytes at once is shown.
    std::string take(std::size_t most) {
        const auto bytes = std::string(sight.next().substr(0, most));
        if (!bytes.empty()) sight.wrote(bytes.size());
        return bytes;
    }
    std::string take_all() {
        std::string seen;
        for (auto part = take(3); !part.empty(); part = take(3)) seen += part;
        return seen;
    }
};

TEST(Sight, shows_what_is_printed_from_its_beginning_on) {
    tape.append("before");
    sight.begin();
    STRCMP_EQUAL("", take_all().c_str());
    tape.append("after");
    STRCMP_EQUAL("after", take_all().c_str());
    UNSIGNED_LONGS_EQUAL(tape.end(), sight.place());
}

TEST(Sight, our_own_words_come_before_what_is_printed) {
    sight.begin();
    tape.append("1> ");
    sight.say("[run_erl v1-0]\n");
    STRCMP_EQUAL("[run_erl v1-0]\n1> ", take_all().c_str());
}

TEST(Sight, what_was_missed_is_counted_in_its_place) {
    sight.begin();
    tape.append("0123456789");
    STRCMP_EQUAL("01234", take(5).c_str());
    for (int i = 0; i < 16; ++i) tape.append("line...\n");  // 128 bytes: the last 64 stay
    STRCMP_EQUAL(
        "\r\n[run_erl: 109 bytes are not shown]\r\n"
        "line...\nline...\nline...\n",
        take_all().c_str());
    // 138 in all: 5 seen, 24 shown behind the notice
    UNSIGNED_LONGS_EQUAL(109, sight.missed());
}

TEST(Sight, nothing_is_told_of_what_can_still_be_shown) {
    sight.begin();
    tape.append(std::string(64, 'x'));
    STRCMP_EQUAL(std::string(64, 'x').c_str(), take_all().c_str());
    tape.append(std::string(65, 'y'));
    CHECK_TRUE(take_all().find("33 bytes are not shown") != std::string::npos);
}

TEST(Sight, a_notice_that_is_being_written_is_finished_first) {
    sight.begin();
    tape.append(std::string(100, 'x'));
    STRCMP_EQUAL("\r\n[run", take(6).c_str());
    tape.append(std::string(100, 'y'));
    const auto rest = take_all();
    CHECK_TRUE(rest.starts_with("_erl: 68 bytes are not shown]\r\n\r\n[run_erl: 100 bytes"));
    UNSIGNED_LONGS_EQUAL(168, sight.missed());
}
