// SPDX-License-Identifier: Apache-2.0
#include "ctl/account_rows.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::ctl;

namespace {

constexpr const char* kGood =
    "ring size=1048576 begin=10 next=25 kept=12 urgent=2 other=10 dropped=3\n"
    "source fifo kind=fifo received=10 accepted=7 folded=1 held_back=0 withheld=2 lost=0\n"
    "source dev\\x20log kind=socket received=0 accepted=0 folded=0 held_back=0 withheld=0\n"
    "client 3 name=- pid=42 offered=9 delivered=4 filtered=1 dropped=2 queued=2 credit=8 "
    "granted=13 acked=0 gaps=1\n"
    "feed /etc/syslog.otp written=1 refused=0\n"
    "process pid=7\n";

/// kGood with one piece in the place of another.
std::string with(const std::string& from, const std::string& to) {
    std::string text = kGood;
    return text.replace(text.find(from), from.size(), to);
}
std::string broken(const std::string& text) {
    std::string all;
    for (const auto& words : broken_sums(account_rows(text))) all += words + "\n";
    return all;
}

}  // namespace

TEST_GROUP(AccountRows){};

TEST(AccountRows, a_row_is_a_word_perhaps_a_name_and_cells) {
    const auto rows = account_rows("source fifo kind=fifo a=b=c\n\nprocess pid=7");
    CHECK_EQUAL(2U, rows.size());
    CHECK_TRUE(rows[0] == (AccountRow{"source", "fifo", {{"kind", "fifo"}, {"a", "b=c"}}}));
    CHECK_TRUE(rows[1] == (AccountRow{"process", "", {{"pid", "7"}}}));
}

TEST(AccountRows, sums_that_hold_are_not_spoken_of) { STRCMP_EQUAL("", broken(kGood).c_str()); }

TEST(AccountRows, each_sum_that_does_not_hold_is_told) {
    STRCMP_EQUAL(
        "source fifo: received is 11, but accepted + folded + held_back + withheld is 10\n",
        broken(with("received=10", "received=11")).c_str());
    STRCMP_EQUAL("ring: next - begin is 16, but kept + dropped is 15\n",
                 broken(with("next=25", "next=26")).c_str());
    STRCMP_EQUAL("ring: kept is 12, but urgent + other is 13\n",
                 broken(with("urgent=2", "urgent=3")).c_str());
    STRCMP_EQUAL("client 3: offered is 9, but delivered + filtered + dropped + queued is 8\n",
                 broken(with("filtered=1", "filtered=0")).c_str());
    STRCMP_EQUAL("client 3: granted is 13, but credit + delivered + gaps is 14\n",
                 broken(with("credit=8", "credit=9")).c_str());
}

TEST(AccountRows, a_sum_of_which_a_number_is_missing_is_not_asked_about) {
    STRCMP_EQUAL("", broken(with(" gaps=1", "")).c_str());
    STRCMP_EQUAL("", broken(with("received=10", "received=many")).c_str());
}

TEST(AccountRows, json_says_which_sums_do_not_hold) {
    const auto rows =
        account_rows("source fifo kind=fifo received=10\nclient 3 name=- gaps=01\nprocess \"=\"");
    STRCMP_EQUAL(R"({"version":1,"sums_hold":true,"broken":[],"rows":[)"
                 R"({"row":"source","name":"fifo","kind":"fifo","received":10},)"
                 R"({"row":"client","number":"3","name":"-","gaps":1},)"
                 R"({"row":"process","\"":"\""}]})"
                 "\n",
                 account_json(rows, {}).c_str());
    STRCMP_CONTAINS("\"sums_hold\":false,\"broken\":[\"x\"]", account_json(rows, {"x"}).c_str());
}

TEST(AccountRows, text_has_a_row_each_with_what_was_lost_in_colour) {
    const auto text = account_text(account_rows("source fifo lost=3 received=4\n"),
                                   {.width = 80, .colour = false});
    STRCMP_EQUAL("source    fifo  lost 3  received 4\n", text.c_str());
    const auto coloured = account_text(account_rows("source fifo lost=3 refused=0 \x1b=1\n"),
                                       {.width = 80, .colour = true});
    STRCMP_CONTAINS("\x1b[33mlost 3\x1b[0m  refused 0  ? 1", coloured.c_str());
}
