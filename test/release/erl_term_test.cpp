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
    CHECK_TRUE(refused("\"\\x41\"."));
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
