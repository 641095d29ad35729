// SPDX-License-Identifier: Apache-2.0
#include "base/said_before.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt;

TEST_GROUP(SaidBefore){};

TEST(SaidBefore, what_lasts_is_said_once) {
    SaidBefore said;
    CHECK_TRUE(said.is_news("set timeout: I/O error"));
    CHECK_FALSE(said.is_news("set timeout: I/O error"));
}

TEST(SaidBefore, of_causes_that_take_turns_each_is_said_once) {
    SaidBefore said;
    for (int round = 0; round < 3; ++round)
        for (const auto* text : {"open", "set timeout", "keepalive", "disarm"})
            CHECK_EQUAL(round == 0, said.is_news(text));
}

TEST(SaidBefore, the_oldest_is_forgotten_for_a_fifth) {
    SaidBefore said;
    for (const auto* text : {"1", "2", "3", "4", "5"}) CHECK_TRUE(said.is_news(text));
    for (const auto* text : {"2", "3", "4", "5"}) CHECK_FALSE(said.is_news(text));
    CHECK_TRUE(said.is_news("1"));
}

TEST(SaidBefore, after_it_was_mended_everything_is_news) {
    SaidBefore said;
    CHECK_TRUE(said.is_news("open"));
    said.forget();
    CHECK_TRUE(said.is_news("open"));
}

TEST(SaidBefore, texts_with_one_beginning_are_one) {
    SaidBefore said;
    CHECK_TRUE(said.is_news(std::string(160, 'x') + "a"));
    CHECK_FALSE(said.is_news(std::string(160, 'x') + "b"));
}
