// SPDX-License-Identifier: Apache-2.0
#include "settings/conf_text.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::settings;

TEST_GROUP(ConfText){
    static void taken(const char* out, const std::string& text){Complaints complaints;
const auto screened = screen(text, complaints);
CHECK_TEXT(complaints.empty(), complaints.empty() ? "" : complaints[0].words.c_str());
STRCMP_EQUAL((std::string(out) + "\n").c_str(), screened.c_str());
}
static void refused(int line, const char* words, const std::string& text) {
    Complaints complaints;
    (void)screen(text, complaints);
    CHECK_EQUAL_TEXT(1U, complaints.size(), text.c_str());
    CHECK_EQUAL_TEXT(line, complaints[0].line, complaints[0].words.c_str());
    STRCMP_CONTAINS(words, complaints[0].words.c_str());
}
}
;

TEST(ConfText, every_integer_leaves_as_a_64_bit_one) {
    taken("a = 5L; b=-5L, +5L [1L,2L]", "a = 5; b=-5, +5 [1,2L]");
    taken("a = 0x10L; b = 0XffL;", "a = 0x10; b = 0XffLL;");
}

TEST(ConfText, numbers_with_a_fraction_or_an_exponent_stay) {
    taken("a = 1.5; b = -.5; c = 1e3; d = 2.5E-1;", "a = 1.5; b = -.5; c = 1e3; d = 2.5E-1;");
}

TEST(ConfText, digits_in_names_texts_and_comments_are_no_numbers) {
    const char* text =
        "a1 = \"12 // # /* @include\"; # 12 @include \"x\"\n/* 12\n@include */ b-2 : \"\\\" 3\"; "
        "// 4";
    taken(text, text);
}

TEST(ConfText, a_byte_order_mark_is_left_out) {
    taken("a = \"b\";",
          "\xef\xbb\xbf"
          "a = \"b\";");
}

TEST(ConfText, an_integer_fits_64_bits_or_is_refused) {
    taken("a = 9223372036854775807L", "a = 9223372036854775807");
    refused(1, "'9223372036854775808'", "a = 9223372036854775808");
    taken("a = 0x7FFFFFFFFFFFFFFFL", "a = 0x7FFFFFFFFFFFFFFF");
    refused(1, "no number", "a = 0x8000000000000000");
    taken("a = 4294967356L", "a = 4294967356");
}

TEST(ConfText, what_only_begins_like_a_number_is_refused) {
    for (const char* text : {"a = 12x", "a = -", "a = .", "a = 0x", "a = 1.2.3", "a = 5LLL",
                             "a = 1e400", "a = -0x10", "a = 60s"})
        refused(1, "no number that can be used", text);
}

TEST(ConfText, includes_are_refused_with_their_line) {
    refused(2, "@include", "a = 1;\n  @include \"/etc/passwd\"\n");
}

TEST(ConfText, a_comment_that_nobody_ends_is_refused_where_it_begins) {
    refused(2, "never ended", "a = 1;\n/* b = 2;\nc = 3;\n");
    refused(1, "never ended", "/*/");
}

TEST(ConfText, a_text_ends_on_its_line) {
    refused(2, "no closing", "a = 1;\nb = \"x;\nc = 3;\n");
    refused(1, "no closing", "b = \"x");
    refused(1, "no closing", "b = \"x\\");
    refused(1, "no closing", "b = \"x\\\"");
}

TEST(ConfText, a_text_contains_no_nul_however_it_is_written) {
    refused(1, "\\x00", "a = \"x\\x00y\";");
    taken("a = \"x\\\\x00y\";", "a = \"x\\\\x00y\";");
    refused(1, "control character", std::string("a = \"x\0y\";", 10));
}

TEST(ConfText, control_characters_are_refused_and_tabs_are_not) {
    taken("a\t=\t\"b\";\r\n", "a\t=\t\"b\";\r\n");
    refused(1, "control character", "a = \"\x1b[1m\";");
    refused(1, "control character", "a \x7f");
}

TEST(ConfText, brackets_match) {
    taken("a = ( { b = [1L]; } );", "a = ( { b = [1]; } );");
    refused(2, "'}' does not close the '(' of line 1", "a = (\n}\n");
    refused(2, "')' closes nothing", "a = 1;\n)");
    refused(1, "'{' is never closed", "a : {\nb = 1;\n");
}

TEST(ConfText, eight_brackets_deep_is_taken_and_nine_is_not) {
    taken("(((((((())))))))", "(((((((())))))))");
    refused(1, "too deep", "((((((((()))))))))");
}

TEST(ConfText, a_file_of_rubbish_is_not_worth_a_thousand_complaints) {
    std::string text;
    for (int line = 0; line < 1000; ++line) text += "@\n";
    Complaints complaints;
    (void)screen(text, complaints);
    CHECK_EQUAL(20U, complaints.size());
}
