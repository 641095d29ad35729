// SPDX-License-Identifier: Apache-2.0
#include "syslog/kmsg.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace vakt::syslog;

TEST_GROUP(Kmsg){};

TEST(Kmsg, HasPriorityNumberTimeTextAndDictionary) {
    const auto read =
        read_kmsg("4,1234,5000001,-,caller=T1;usb 1-1: reset\n SUBSYSTEM=usb\n DEVICE=c189:1\n");
    CHECK(read.has_value());
    CHECK(read->record.pri == Pri(0, Severity::warning));
    CHECK(read->record.form == Form::kmsg);
    CHECK(read->record.app == "kernel");
    CHECK(read->record.text == "usb 1-1: reset");
    CHECK(!read->record.malformed);
    CHECK_EQUAL(1234U, read->sequence);
    CHECK_EQUAL(5000001000U, read->monotonic_ns);
    CHECK(read->fragment == Fragment::none);
    CHECK(kmsg_value(read->dictionary, "SUBSYSTEM") == "usb");
    CHECK(kmsg_value(read->dictionary, "DEVICE") == "c189:1");
    CHECK(!kmsg_value(read->dictionary, "DEV").has_value());
    CHECK(!kmsg_value(read->dictionary, "SUBSYSTEM=usb").has_value());
}

TEST(Kmsg, OfAUserIsNotTheKernels) {
    const auto read = read_kmsg("12,1,2,-;hello\n");
    CHECK(read.has_value());
    CHECK(read->record.pri == Pri(1, Severity::warning));
    CHECK(read->record.app.empty());
}

TEST(Kmsg, KnowsAFragment) {
    CHECK(read_kmsg("6,1,2,c;x\n")->fragment == Fragment::first);
    CHECK(read_kmsg("6,1,2,+;x\n")->fragment == Fragment::more);
    CHECK(read_kmsg("6,1,2,-,caller=c+;x\n")->fragment == Fragment::none);
    CHECK(!read_kmsg("6,1,2;x\n").has_value());
}

TEST(Kmsg, KeepsTheSeverityOfAFacilityBeyondSyslogs) {
    const auto edge = read_kmsg("191,1,2,-;x\n");
    CHECK(edge->record.pri == Pri(191));
    CHECK(!edge->record.malformed);
    const auto beyond = read_kmsg("195,1,2,-;x\n");
    CHECK(beyond->record.pri == Pri(1, Severity::err));
    CHECK(beyond->record.malformed);
}

TEST(Kmsg, IsRefusedWhenItsHeadIsNotItsForm) {
    for (const auto* bytes : {"", "6,1,2,-", "6;x\n", "6,1;x\n", "a,1,2,-;x\n", "6,-1,2,-;x\n",
                              "6,1,,-;x\n", "6,1,18446744073709551,-x\n",
                              "6,18446744073709551616,2,-;x\n", "6,1,18446744073709552,-;x\n"})
        CHECK_TEXT(!read_kmsg(bytes).has_value(), bytes);
    CHECK(read_kmsg("6,18446744073709551615,18446744073709551,-;x").has_value());
}

TEST(Kmsg, UnescapesBytes) {
    const std::string text = R"(a\x0ab\x5cx\xc3\xa5\x0 \xZZ\)";
    std::vector<char> room(text.size());
    STRCMP_EQUAL("a\nb\\x\xc3\xa5\\x0 \\xZZ\\", std::string(unescape_kmsg(text, room)).c_str());
}
