// SPDX-License-Identifier: Apache-2.0
#include "syslog/structured.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace vakt::syslog;

TEST_GROUP(Structured){
    static std::string taken(std::string_view text){const auto structured = take_structured(text);
return structured ? std::string(*structured) + "|" + std::string(text) : "none";
}
static std::string walked(std::string_view text) {
    std::string words;
    SdReader reader(text);
    while (const auto part = reader.next())
        words += part->name.empty()
                     ? "{" + std::string(part->id) + "}"
                     : std::string(part->name) + "=" + std::string(part->value) + ";";
    return words;
}
}
;

TEST(Structured, IsADashOrElementsWithoutAnythingBetween) {
    STRCMP_EQUAL("|", taken("-").c_str());
    STRCMP_EQUAL("| text", taken("- text").c_str());
    STRCMP_EQUAL("[a]|", taken("[a]").c_str());
    STRCMP_EQUAL("[a][b]| text", taken("[a][b] text").c_str());
    STRCMP_EQUAL("[a]| [b] text", taken("[a] [b] text").c_str());
    STRCMP_EQUAL("[a x=\"1\" y=\"\"]| t", taken("[a x=\"1\" y=\"\"] t").c_str());
}

TEST(Structured, EndsAValueAtItsFirstQuoteWithoutABackslash) {
    STRCMP_EQUAL(R"([a x="q\"\]\\"]|)", taken(R"([a x="q\"\]\\"])").c_str());
    STRCMP_EQUAL(R"([a x="]"]|)", taken(R"([a x="]"])").c_str());
}

TEST(Structured, IsRefusedWhenItDoesNotEnd) {
    for (const auto* text : {"", "text", "-text", "[", "[]", "[a", "[a ]", "[a x]", "[a x=]",
                             "[a x=1]", "[a x=\"1]", "[a x=\"1\"", "[a x=\"1\\\"]", "[a  x=\"1\"]",
                             "[a][", "[a][]", "[a\tx=\"1\"]", "[a=b]", "[a\"b]"})
        STRCMP_EQUAL_TEXT("none", taken(text).c_str(), text);
}

TEST(Structured, IsWalkedElementByElement) {
    STRCMP_EQUAL("{a@1}x=1;y=;{b}{c}z=q\\\";", walked(R"([a@1 x="1" y=""][b][c z="q\""])").c_str());
    STRCMP_EQUAL("", walked("").c_str());
}

TEST(Structured, UnescapesWhatTheStandardEscapesAndNothingElse) {
    const std::string value = R"(a\"b\]c\\d\ne\)";
    std::vector<char> room(value.size());
    const auto plain = unescape_sd(value, room);
    STRCMP_EQUAL(R"(a"b]c\d\ne\)", std::string(plain).c_str());
}
