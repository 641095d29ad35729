// SPDX-License-Identifier: Apache-2.0
#include "release/args_file.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace vakt;
using namespace vakt::release;

namespace {

using Words = std::vector<std::string>;

Words split(std::string_view text, bool comments = true) {
    Words words;
    for (const auto& word : split_arguments(text, comments).words) words.push_back(word.text);
    return words;
}

/// Files by name; what is not there is ENOENT.
struct Files {
    std::vector<std::pair<std::string, std::string>> all;
    Result<std::string> operator()(const std::string& name) const {
        for (const auto& [file, text] : all)
            if (file == name) return text;
        return Error{"open " + name, std::make_error_code(std::errc::no_such_file_or_directory)};
    }
};

Result<Expanded> expand(const Words& line, const ErlFlags& flags, const Files& files) {
    return expand_arguments(line, flags, files);
}
Words flags_of(const Result<Expanded>& expanded) { return expanded ? expanded->flags : Words{"?"}; }
std::string fault_of(const Result<Expanded>& expanded) {
    return expanded ? "none" : describe(expanded.error());
}

}  // namespace

TEST_GROUP(ArgsFile){};

TEST(ArgsFile, words_are_parted_by_any_white_space) {
    CHECK_TRUE((split(" a\tb\nc\r\nd\f\ve ") == Words{"a", "b", "c", "d", "e"}));
    CHECK_TRUE(split(" \n").empty());
}

TEST(ArgsFile, quotes_hold_all_but_their_own_end) {
    CHECK_TRUE((split("'a b' \"c 'd' #\" e'f'\"g\"h") == Words{"a b", "c 'd' #", "efgh"}));
    CHECK_TRUE((split("'' a") == Words{"", "a"}));
    CHECK_TRUE((split("'a\\' \"b\\\"") == Words{"a\\", "b\\"}));
}

TEST(ArgsFile, a_backslash_outside_takes_the_next_byte_as_it_is) {
    CHECK_TRUE((split("a\\ b \\# \\\\ \\\"") == Words{"a b", "#", "\\", "\""}));
    CHECK_TRUE((split("a\\") == Words{"a"}));
}

TEST(ArgsFile, a_comment_goes_to_the_end_of_its_line_and_ends_a_word) {
    CHECK_TRUE((split("# all of it 'x\n-a b#c\nd # end") == Words{"-a", "b", "d"}));
    CHECK_TRUE((split("a#b # c", false) == Words{"a#b", "#", "c"}));
}

TEST(ArgsFile, an_open_quote_and_a_byte_of_zero_are_told) {
    const auto open = split_arguments("a\n'b\nc", true);
    CHECK_EQUAL(2U, open.open_quote);
    CHECK_EQUAL(2U, open.words.size());
    CHECK_FALSE(open.cut_off);
    CHECK_EQUAL(0U, split_arguments("'b'", true).open_quote);
    const auto cut = split_arguments(std::string_view("a\0b", 3), true);
    CHECK_TRUE(cut.cut_off);
    CHECK_EQUAL(1U, cut.words.size());
}

TEST(ArgsFile, lines_are_counted_in_quotes_and_comments_too) {
    const auto split = split_arguments("'a\nb' # c\n\\\nd e", true);
    CHECK_EQUAL(1U, split.words[0].line);
    CHECK_EQUAL(3U, split.words[1].line);
    CHECK_EQUAL(4U, split.words[2].line);
}

TEST(ArgsFile, a_command_line_alone_stays_as_it_is) {
    CHECK_TRUE((flags_of(expand({"-a", "-extra", "-args_file", "x"}, {}, {})) ==
                Words{"-a", "-extra", "-args_file", "x"}));
}

TEST(ArgsFile, a_file_stands_in_its_place_files_in_files_too) {
    const Files files{{{"outer", "-b -args_file inner -d"}, {"inner", "-c # no more\n"}}};
    CHECK_TRUE((flags_of(expand({"-a", "-args_file", "outer", "-e"}, {}, files)) ==
                Words{"-a", "-b", "-c", "--", "-d", "--", "-e", "--"}));
}

TEST(ArgsFile, an_empty_file_leaves_nothing) {
    const Files files{{{"empty", "# nothing\n"}}};
    CHECK_TRUE((flags_of(expand({"-a", "-args_file", "empty"}, {}, files)) == Words{"-a", "--"}));
}

TEST(ArgsFile, the_environment_stands_around_the_command_line) {
    CHECK_TRUE((flags_of(expand({"-b"}, {"-a 'x y'", "-c", "-d#"}, {})) ==
                Words{"-a", "x y", "--", "-b", "--", "-c", "--", "-d#", "--"}));
}

TEST(ArgsFile, what_stands_behind_extra_goes_to_the_end) {
    const Files files{{{"f", "-b -extra x"}}};
    CHECK_TRUE((flags_of(expand({"-args_file", "f", "-c", "-extra", "y"}, {}, files)) ==
                Words{"-b", "-c", "--", "-extra", "x", "--", "y"}));
}

TEST(ArgsFile, a_file_that_cannot_be_read_is_an_error_with_its_place) {
    const Files files{{{"f", "-a\n-args_file g"}}};
    STRCMP_EQUAL("the flags: -args_file f: open f: No such file or directory",
                 fault_of(expand({"-args_file", "f"}, {}, {})).c_str());
    STRCMP_EQUAL("the flags: f:2: -args_file g: open g: No such file or directory",
                 fault_of(expand({"-args_file", "f"}, {}, files)).c_str());
    STRCMP_EQUAL("ERL_ZFLAGS: -args_file h: open h: No such file or directory",
                 fault_of(expand({}, {"", "", "-args_file h"}, files)).c_str());
}

TEST(ArgsFile, a_file_without_a_name_is_an_error) {
    const Files files{{{"f", "-a\n -args_file\n"}}};
    STRCMP_EQUAL("the flags: f:2: -args_file without the name of a file",
                 fault_of(expand({"-args_file", "f"}, {}, files)).c_str());
    STRCMP_EQUAL("the flags: -args_file without the name of a file",
                 fault_of(expand({"-args_file"}, {}, files)).c_str());
}

TEST(ArgsFile, files_in_a_circle_are_an_error) {
    const Files files{{{"f", "-args_file g"}, {"g", "\n-args_file f"}}};
    STRCMP_EQUAL("the flags: f:1: g:2: -args_file f: the files go round in a circle",
                 fault_of(expand({"-args_file", "f"}, {}, files)).c_str());
}

TEST(ArgsFile, what_erlexec_passes_over_is_a_warning) {
    const Files files{{{"f", "-a 'b"}}};
    const auto expanded = expand({"-args_file", "f"}, {}, files);
    CHECK_TRUE(expanded && expanded->warnings == Words{"f:1: a quote that is never closed"});
}

TEST(ArgsFile, from_erts_15_on_each_part_ends_with_a_separator_of_its_own) {
    const Files files{{{"f", "-c -extra x"}, {"g", "-d"}}};
    CHECK_TRUE((flags_of(expand({"-a"}, {.erts = 14}, files)) == Words{"-a"}));
    CHECK_TRUE((flags_of(expand({"-a"}, {.erts = 15}, files)) == Words{"-a", "--"}));
    CHECK_TRUE((flags_of(expand({"-a", "-extra", "y"}, {.erts = 15}, files)) ==
                Words{"-a", "--", "--", "-extra", "y"}));
    CHECK_TRUE((flags_of(expand({"-args_file", "f", "-args_file", "g"},
                                {.before = "-b -extra z", .erts = 15}, files)) ==
                Words{"-b", "--", "-c", "-d", "--", "--", "-extra", "z", "x"}));
}

TEST(ArgsFile, from_erts_15_on_a_call_of_the_command_line_goes_to_the_end) {
    const Words line{"-a", "-S", "m", "--", "-extra", "b"};
    CHECK_TRUE((flags_of(expand(line, {.after = "-c", .erts = 15}, {})) ==
                Words{"-a", "--", "--", "-c", "--", "++S", "m", "\\--", "-extra", "b"}));
    CHECK_TRUE((flags_of(expand({"-a"}, {.after = "-S m", .erts = 15}, {})) ==
                Words{"-a", "--", "-S", "m", "--"}));
}

TEST(ArgsFile, a_version_of_erts_has_a_major_number) {
    LONGS_EQUAL(15, major_of("15.2.7"));
    LONGS_EQUAL(0, major_of("x"));
}
