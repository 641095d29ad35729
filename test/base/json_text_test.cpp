// SPDX-License-Identifier: Apache-2.0
#include "base/json_text.h"

#include <CppUTest/TestHarness.h>

#include <cstdint>
#include <limits>

using vakt::JsonText;

namespace {
std::string text(std::string_view value) { return JsonText().value(value).text(); }
}  // namespace

TEST_GROUP(JsonText){};

TEST(JsonText, members_and_elements_are_parted_by_commas_and_nothing_else) {
    JsonText out;
    out.open('{').key("a").value(1).key("b").open('[').value("x").null().open('{').close('}');
    out.close(']').key("c").open('[').close(']').key("d").value(true).close('}');
    STRCMP_EQUAL(R"({"a":1,"b":["x",null,{}],"c":[],"d":true})", out.text().c_str());
}

TEST(JsonText, numbers_of_every_width_are_written_whole) {
    JsonText out;
    out.open('[')
        .value(std::numeric_limits<std::uint64_t>::max())
        .value(std::numeric_limits<std::int64_t>::min())
        .value(std::uint8_t{200})
        .close(']');
    STRCMP_EQUAL("[18446744073709551615,-9223372036854775808,200]", out.text().c_str());
}

TEST(JsonText, quotes_and_control_characters_are_escaped) {
    STRCMP_EQUAL(R"("a\"b\\c")", text("a\"b\\c").c_str());
    STRCMP_EQUAL(R"("\u0000\u001f\u007f ")", text({"\0\x1f\x7f ", 4}).c_str());
}

TEST(JsonText, a_c1_control_character_is_escaped_and_what_follows_them_is_not) {
    STRCMP_EQUAL(R"("\u0080\u009b\u009f")", text("\xc2\x80\xc2\x9b\xc2\x9f").c_str());
    STRCMP_EQUAL("\"\xc2\xa0\xc3\xa9\"", text("\xc2\xa0\xc3\xa9").c_str());
}

TEST(JsonText, broken_bytes_become_question_marks_one_by_one) {
    STRCMP_EQUAL("\"??x?\"", text("\xff\xc2x\xe2").c_str());
}
