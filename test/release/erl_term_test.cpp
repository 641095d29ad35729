// SPDX-License-Identifier: Apache-2.0
#include "release/erl_term.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt;
using namespace vakt::release;

namespace {

Term read(std::string_view text) {
    auto term = read_term(text, "t");
    CHECK_TRUE_TEXT(static_cast<bool>(term), std::string(text).c_str());
    return term ? *term : Term{};
}
bool refused(std::string_view text) { return !read_term(text, "t"); }

}  // namespace

TEST_GROUP(ErlTerm){};

TEST(ErlTerm, atoms_are_plain_or_quoted) {
    STRCMP_EQUAL("a_B@1", read("a_B@1.").text.c_str());
    STRCMP_EQUAL("Erlang/OTP", read("'Erlang/OTP'.").text.c_str());
    CHECK_TRUE(refused("Abc."));
}

TEST(ErlTerm, a_string_has_escapes_and_may_go_on_on_the_next_line) {
    STRCMP_EQUAL("a\nb\"c\\d", read("\"a\\nb\\\"\" %\n \"c\\\\d\".").text.c_str());
    STRCMP_EQUAL("AB\xC3\xA4\x07 C", read("\"\\x41\\x{42}\\xe4\\^g\\s\\103\".").text.c_str());
    CHECK_TRUE(refused("\"\\x{110000}\"."));
    CHECK_TRUE(refused("\"\\x\"."));
    CHECK_TRUE(refused("\"a."));
}

TEST(ErlTerm, tuples_and_lists_hold_terms_and_no_stray_commas) {
    const auto term = read("{a,[],{},[b , \"c\"], -12}.");
    CHECK_TRUE(term.is_tuple(5));
    CHECK_TRUE(term.items[1].is_list() && term.items[1].is_string());
    CHECK_EQUAL(2U, term.items[3].items.size());
    STRCMP_EQUAL("-12", term.items[4].text.c_str());
    CHECK_TRUE(refused("{a,}."));
    CHECK_TRUE(refused("[a b]."));
    CHECK_TRUE(refused("{a]."));
    CHECK_TRUE(refused("-."));
}

TEST(ErlTerm, terms_know_their_line) {
    const auto term = read("% one\n[a,\n b].");
    CHECK_EQUAL(2U, term.line);
    CHECK_EQUAL(3U, term.items[1].line);
}

TEST(ErlTerm, what_is_no_term_of_release_files_is_walked_over) {
    for (const auto* const text : {"1.5", "-2.5e-3", "16#fF", "#{a => 1, {b} => [c]}", "#{}",
                                   "<<>>", "<<\"a>>b\"/utf8, 1:8, x>>", "fun m:f/1", "[a | b]"}) {
        const auto term = read("{" + std::string(text) + ", last}.");
        CHECK_TRUE_TEXT(term.is_tuple(2) && term.items[0].kind == Term::Kind::other, text);
    }
    for (const auto* const text :
         {"#{a}.", "#{a => }.", "<<1.", "<<(.", "fun (X) -> X end.", "[a | b, c].", "<a>."})
        CHECK_TRUE_TEXT(refused(text), text);
}

TEST(ErlTerm, a_character_is_a_number) {
    STRCMP_EQUAL("97", read("$a.").text.c_str());
    STRCMP_EQUAL("10", read("$\\n.").text.c_str());
    STRCMP_EQUAL("1000", read("1_000.").text.c_str());
}

TEST(ErlTerm, a_file_of_terms_has_as_many_as_full_stops) {
    const auto terms = read_terms("{a, 1}. % one\n\nb.\n", "t");
    CHECK_TRUE(terms && terms->size() == 2);
    CHECK_TRUE(read_terms(" % nothing\n", "t")->empty());
    CHECK_FALSE(static_cast<bool>(read_terms("a. b", "t")));
}
