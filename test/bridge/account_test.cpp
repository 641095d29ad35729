// SPDX-License-Identifier: Apache-2.0
#include "bridge/account.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::bridge;

TEST_GROUP(BridgeAccount){};

TEST(BridgeAccount, names_become_one_word) {
    STRCMP_EQUAL("-", one_word("").c_str());
    STRCMP_EQUAL("vakt@host", one_word("vakt@host").c_str());
    STRCMP_EQUAL("a\\x20b\\x3dc\\x5c\\xff\\x7f", one_word("a b=c\\\xFF\x7F").c_str());
}

TEST(BridgeAccount, there_is_one_line_for_each) {
    Account account;
    account.ring = {.size = 1, .next = 9};
    auto& source = account.sources.emplace_back();
    source.name = "fifo";
    source.source = vakt::syslog::Source::fifo;
    source.open = true;
    source.figures.accepted = 1;
    source.figures.folded = 2;
    source.figures.held_back = 3;
    source.figures.withheld = 4;
    account.clients.push_back({.number = 3, .name = "vm", .credit = 5});
    STRCMP_EQUAL(
        "ring size=1 segments=0 boot=00000000-0000-0000-0000-000000000000 begin=0 oldest=0 next=9 "
        "kept=0 urgent=0 other=0 bytes=0 dropped=0 went_on=0\n"
        "source fifo kind=fifo received=10 accepted=1 folded=2 held_back=3 withheld=4 lost=0 "
        "unknown_gaps=0 malformed=0 bytes=0 repeats=0 gaps=0 open=1\n"
        "client 3 name=vm pid=0 uid=0 offered=0 delivered=0 filtered=0 dropped=0 queued=0 credit=5 "
        "granted=0 acked=0 gaps=0\n",
        account_text(account).c_str());
}
