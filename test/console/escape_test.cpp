// SPDX-License-Identifier: Apache-2.0
#include "console/escape.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace vakt::console;

namespace {

// Texts joined, commands in angle brackets.
std::string split(std::string_view bytes, std::size_t piece, bool give_up = false) {
    EscapeSplitter splitter;
    std::string seen;
    const auto text = [&](std::string_view part) {
        CHECK_FALSE(part.empty());
        seen += part;
    };
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        splitter.feed(bytes.substr(at, piece), text,
                      [&](std::string_view words) { seen.append("<").append(words).append(">"); });
    if (give_up) splitter.give_up(text);
    return seen;
}

std::string greet(std::string_view bytes, std::size_t piece, Greeting& greeting) {
    std::string shown;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        auto part = bytes.substr(at, piece);
        std::string before;
        greeting.feed(part, before);
        shown.append(before).append(part);
    }
    return shown;
}

}  // namespace

TEST_GROUP(EscapeSplitter){
    static void same_in_all_pieces(const std::string& expected, std::string_view bytes){
        for (std::size_t piece = 1; piece <= bytes.size(); ++piece)
            STRCMP_EQUAL(expected.c_str(), split(bytes, piece).c_str());
}
}
;

TEST(EscapeSplitter, a_command_is_no_text_wherever_it_is_split) {
    same_in_all_pieces("ab<winsize=80,24>cd", "ab\x1b_winsize=80,24\x1b\\cd");
}

TEST(EscapeSplitter, two_commands_may_follow_each_other) {
    same_in_all_pieces("<version=1><winsize=1,2>x", "\x1b_version=1\x1b\\\x1b_winsize=1,2\x1b\\x");
}

TEST(EscapeSplitter, other_escape_sequences_are_text) {
    same_in_all_pieces("\x1b[A\x1bOP\x1b\x1bq\x1b\\", "\x1b[A\x1bOP\x1b\x1bq\x1b\\");
}

TEST(EscapeSplitter, a_command_within_one_that_was_torn_is_found) {
    same_in_all_pieces("\x1b_vers<version=1>", "\x1b_vers\x1b_version=1\x1b\\");
}

TEST(EscapeSplitter, a_control_character_makes_it_text) {
    same_in_all_pieces("\x1b_ab\rc", "\x1b_ab\rc");
    same_in_all_pieces("\x1b_ab\x7f", "\x1b_ab\x7f");
}

TEST(EscapeSplitter, an_empty_command_is_one) { same_in_all_pieces("<>", "\x1b_\x1b\\"); }

TEST(EscapeSplitter, the_longest_command_is_one_and_a_longer_one_is_text) {
    const std::string words(EscapeSplitter::kLongest, 'x');
    same_in_all_pieces("<" + words + ">", "\x1b_" + words + "\x1b\\");
    same_in_all_pieces("\x1b_" + words + "y\x1b\\", "\x1b_" + words + "y\x1b\\");
}

TEST(EscapeSplitter, what_may_become_a_command_is_held_until_it_is_given_up) {
    STRCMP_EQUAL("a", split("a\x1b", 1).c_str());
    STRCMP_EQUAL("a\x1b", split("a\x1b", 1, true).c_str());
    STRCMP_EQUAL("\x1b_wins", split("\x1b_wins", 1, true).c_str());
    STRCMP_EQUAL("\x1b_x\x1b", split("\x1b_x\x1b", 1, true).c_str());
}

TEST(EscapeSplitter, a_lone_escape_is_no_command_yet) {
    EscapeSplitter splitter;
    const auto nothing = [](std::string_view) { FAIL("given"); };
    splitter.feed("\x1b", nothing, nothing);
    CHECK_FALSE(splitter.in_command());
    splitter.feed("_", nothing, nothing);
    CHECK_TRUE(splitter.in_command());
    splitter.forget();
    CHECK_TRUE(splitter.held().empty());
}

TEST_GROUP(EscapeCommand){};

TEST(EscapeCommand, each_is_read_as_it_is_written) {
    for (const Command& command : {Command(Version{1}), Command(WindowSize{65535, 1}),
                                   Command(Viewer{}), Command(ReadOnly{})}) {
        const auto bytes = command_bytes(command);
        CHECK_TRUE(parse_command(std::string_view(bytes).substr(2, bytes.size() - 4)) == command);
    }
}

TEST(EscapeCommand, its_bytes_are_those_of_otp) {
    STRCMP_EQUAL("\x1b_winsize=80,24\x1b\\", command_bytes(WindowSize{80, 24}).c_str());
    STRCMP_EQUAL("\x1b_version=1\x1b\\", command_bytes(Version{1}).c_str());
    STRCMP_EQUAL("[run_erl v1-0]\n", version_line().c_str());
}

TEST(EscapeCommand, what_is_not_exactly_one_is_unknown) {
    for (const auto* const words :
         {"", "winsize=80", "winsize=65536,1", "winsize=-1,1", "winsize=80,24,1",
          "version=", "version=x", "viewer=2", "readonly=0", "Version=1"})
        CHECK_TRUE(std::holds_alternative<Unknown>(parse_command(words)));
}

TEST_GROUP(Greeting){};

TEST(Greeting, the_version_line_is_not_shown_wherever_it_is_split) {
    const std::string_view bytes = "[run_erl v1-0]\nEshell";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        Greeting greeting;
        STRCMP_EQUAL("Eshell", greet(bytes, piece, greeting).c_str());
        CHECK_TRUE(greeting.known());
        CHECK_TRUE((greeting.versions() == Greeting::Versions{1, 0}));
    }
}

TEST(Greeting, anything_else_is_shown_whole) {
    for (const std::string_view bytes : {"1> ", "[run_erl v1-]\nx", "[run_erl v]\n", "[run_erx",
                                         "[run_erl v1-0\n", "[run_erl v99999999999-0]\n"}) {
        for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
            Greeting greeting;
            STRCMP_EQUAL(std::string(bytes).c_str(), greet(bytes, piece, greeting).c_str());
            CHECK_TRUE(greeting.known());
            CHECK_FALSE(greeting.versions().has_value());
        }
    }
}

TEST(Greeting, a_line_without_an_end_is_not_waited_for) {
    Greeting greeting;
    const std::string bytes = "[run_erl v" + std::string(60, '1');
    STRCMP_EQUAL(bytes.c_str(), greet(bytes, 1, greeting).c_str());
    CHECK_TRUE(greeting.known());
}
