// SPDX-License-Identifier: Apache-2.0
#include "ctl/json_value.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::ctl;

namespace {

bool reads(std::string_view text) { return read_json(text).has_value(); }
std::string text_of(std::string_view json) {
    const auto value = read_json(json);
    return value && value->text() != nullptr ? *value->text() : "(none)";
}

}  // namespace

TEST_GROUP(JsonValue){};

TEST(JsonValue, members_are_found_by_name_and_numbers_and_texts_by_type) {
    const auto value = read_json(R"( { "a" : [1, -2.5e3, "x", true, null], "b":{} } )");
    CHECK_TRUE(value.has_value());
    const auto* const a = value->member("a");
    CHECK_TRUE(a != nullptr && a->array() != nullptr);
    CHECK_EQUAL(5U, a->array()->size());
    CHECK_TRUE((*a->array())[0].whole() == 1);
    CHECK_FALSE((*a->array())[1].whole().has_value());
    CHECK_TRUE(*(*a->array())[2].text() == "x");
    CHECK_TRUE(value->member("c") == nullptr);
    CHECK_TRUE(a->member("a") == nullptr);
}

TEST(JsonValue, numbers_beyond_64_bits_are_read_and_are_no_whole_ones) {
    CHECK_TRUE(read_json("9223372036854775807")->whole() == INT64_MAX);
    CHECK_FALSE(read_json("9223372036854775808")->whole().has_value());
}

TEST(JsonValue, escapes_become_utf8) {
    STRCMP_EQUAL("\"\\/\b\f\n\r\t", text_of(R"("\"\\\/\b\f\n\r\t")").c_str());
    STRCMP_EQUAL("A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
                 text_of(R"("\u0041\u00e9\u20AC\ud83d\ude00")").c_str());
}

TEST(JsonValue, what_the_rfc_refuses_is_refused) {
    for (const char* bad : {"",
                            " ",
                            "{",
                            "[1,]",
                            "[,1]",
                            "{\"a\"}",
                            "{\"a\":1,}",
                            "{a:1}",
                            "01",
                            "-",
                            "1.",
                            ".5",
                            "1e",
                            "+1",
                            "nul",
                            "truex",
                            "'a'",
                            "\"a",
                            "\"\t\"",
                            "\"\\x\"",
                            "\"\\u12g4\"",
                            "\"\\u12\"",
                            "[1 2]",
                            "1 2",
                            "[1}",
                            "\"\\ud800\"",
                            "\"\\ud800\\u0041\"",
                            "\"\\udc00\"",
                            "\"\xff\"",
                            "{\"a\":1,\"a\":2}",
                            "\xef\xbb\xbf{}"})
        CHECK_FALSE_TEXT(reads(bad), bad);
    for (const char* good : {"0", "-0", "1E+5", "[]", "{}", " [ ] ", "\"\"", "null\n", "0.1e-2"})
        CHECK_TRUE_TEXT(reads(good), good);
}

TEST(JsonValue, nesting_is_read_to_a_depth_of_32_and_not_deeper) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + "1" + std::string(depth, ']');
    };
    CHECK_TRUE(reads(nested(32)));
    CHECK_FALSE(reads(nested(33)));
    CHECK_FALSE(reads(std::string(100'000, '[')));
}
