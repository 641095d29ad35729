// SPDX-License-Identifier: Apache-2.0
#include "syslog/message.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt::syslog;

namespace {

// 2026-11-21T18:04:15Z
constexpr std::int64_t kThen = 1795284255LL * 1'000'000'000;

}  // namespace

TEST_GROUP(Message) {
    Context now{kThen, 0};

    /// "form pri time? host|app|pid|msgid|structured|text[!]", "!" for malformed.
    [[nodiscard]] std::string read(std::string_view bytes) const {
        const auto record = read_message(bytes, now);
        const char* const forms[] = {"plain", "3164", "5424", "kmsg", "journal"};
        auto words = std::string(forms[static_cast<int>(record.form)]) + " " +
                     (record.pri ? std::to_string(record.pri->number()) : "-") + " " +
                     (record.time_ns ? std::to_string((*record.time_ns - kThen) / 1000000) : "-");
        words += " ";
        for (const auto part :
             {record.host, record.app, record.pid, record.msgid, record.structured})
            words += std::string(part) + "|";
        words += record.text;
        if (record.utf8) words += " utf8";
        if (record.malformed) words += "!";
        return words;
    }
};

#define READS(as, bytes) STRCMP_EQUAL(as, read(bytes).c_str())

TEST(Message, OfRfc5424HasAllItsFields) {
    READS("5424 34 0 host|su|77|ID47|[sd@1 k=\"v\"]|text here",
          "<34>1 2026-11-21T18:04:15Z host su 77 ID47 [sd@1 k=\"v\"] text here");
    READS("5424 34 250 |||||", "<34>1 2026-11-21T18:04:15.25Z - - - - -");
    READS("5424 34 - |||||x", "<34>1 - - - - - - x");
    READS("5424 34 0 h|a||||text utf8", "<34>1 2026-11-21T18:04:15Z h a - - - \xEF\xBB\xBFtext");
    READS("5424 34 0 h|a|||[a][b]|", "<34>1 2026-11-21T18:04:15Z h a - - [a][b]");
}

TEST(Message, OfRfc5424IsTextWhereItsHeaderIsNotItsForm) {
    for (const auto* bytes :
         {"1 2026-11-21T18:04:15 h a - - - x", "1 2026-11-21T18:04:15Z h a -", "1 -",
          "1 2026-11-21T18:04:15Z  a - - - x", "1 Nov 21 18:04:15 h a: x"})
        STRCMP_EQUAL(("plain 34 - |||||" + std::string(bytes) + "!").c_str(),
                     read("<34>" + std::string(bytes)).c_str());
}

TEST(Message, OfRfc5424KeepsWhatStandsInPlaceOfStructuredData) {
    READS("5424 34 0 h|a||||[open text!", "<34>1 2026-11-21T18:04:15Z h a - - [open text");
    READS("5424 34 0 h|a|||[a]|text!", "<34>1 2026-11-21T18:04:15Z h a - - [a]text");
    READS("5424 34 0 h|a||||text!", "<34>1 2026-11-21T18:04:15Z h a - - text");
}

TEST(Message, OfRfc5424MarksAFieldThatIsTooLongAndTakesIt) {
    for (const auto& [place, longest] : {std::pair{0, 255U}, {1, 48U}, {2, 128U}, {3, 32U}}) {
        for (const auto size : {longest, longest + 1}) {
            std::string bytes = "<34>1 -";
            for (int field = 0; field < 4; ++field)
                bytes += " " + (field == place ? std::string(size, 'x') : std::string("y"));
            const auto record = read_message(bytes += " - t", now);
            CHECK(record.text == "t");
            CHECK_EQUAL(size > longest, record.malformed);
        }
    }
    READS("5424 34 - h\x01|a||||t!", "<34>1 - h\x01 a - - - t");
}

TEST(Message, OfAnotherVersionIsNotRfc5424) {
    READS("3164 34 - |||||2 - - - - - - x", "<34>2 - - - - - - x");
}

TEST(Message, OfRfc3164IsReadAsTheDaemonsWriteIt) {
    READS("3164 13 0 host|app|77|||text", "<13>Nov 21 18:04:15 host app[77]: text");
    READS("3164 13 0 host|app||||text", "<13>Nov 21 18:04:15 host app: text");
    READS("3164 13 539 host|app|77|||text", "<13>2026-11-21T18:04:15.539+00:00 host app[77]: text");
    READS("3164 - 0 host|app|77|||text", "Nov 21 18:04:15 host app[77]: text");
    READS("3164 6 0 host|app||||text", "Nov 21 18:04:15 host kern.info app: text");
    READS("3164 5 0 host|app|7|702911||text",
          "Nov 21 18:04:15 host app[7]: [ID 702911 kern.notice] text");
    READS("3164 13 0 10.0.0.1|app||||text", "<13>Nov 21 18:04:15: 10.0.0.1 app: text");
}

TEST(Message, FromSyslog3HasNoHost) {
    READS("3164 13 0 |app|77|||text", "<13>Nov 21 18:04:15 app[77]: text");
    READS("3164 13 0 |app||||text", "<13>Nov 21 18:04:15 app: text");
    READS("3164 13 - |app|77|||text", "<13>app[77]: text");
    READS("3164 13 - |||||just text", "<13>just text");
    READS("3164 13 - |||||", "<13>");
}

TEST(Message, TakesNoAddressAndNoUrlForATag) {
    READS("3164 13 - |||||http://x is down", "<13>http://x is down");
    READS("3164 13 - |||||fe80::1 is down", "<13>fe80::1 is down");
    READS("3164 13 0 fe80::1|app||||text", "<13>Nov 21 18:04:15 fe80::1 app: text");
    READS("3164 13 - |||||[x]: y", "<13>[x]: y");
}

// Found by the differential test with rsyslog's parsers.
TEST(Message, KnowsATagByItsBracketsWhateverStandsBehindTheColon) {
    READS("3164 13 - |a|7|||x", "<13>a[7]:x");
    READS("3164 13 - |a||||y", "<13>a[]: y");
    READS("3164 13 - |a|7|||", "<13>a[7]");
    READS("3164 13 - |||||a[7]x", "<13>a[7]x");
    READS("3164 13 - |||||a[7 8]: x", "<13>a[7 8]: x");
    READS("3164 13 - |||||a:b", "<13>a:b");
}

TEST(Message, TakesJsonAndListsForNoTag) {
    READS("3164 13 - |||||{\"a\": 1}", "<13>{\"a\": 1}");
    READS("3164 13 - |||||a=1: x", "<13>a=1: x");
    READS("3164 13 - |||||<14>a: x", "<13><14>a: x");
}

TEST(Message, TakesBytesOver127InATag) {
    READS("3164 13 - |\xC3\xBC|1|||x", "<13>\xC3\xBC[1]: x");
    READS("3164 13 0 h|\xC3\xBC||||x", "<13>Nov 21 18:04:15 h \xC3\xBC: x");
}

TEST(Message, TakesAColonAloneForAnEmptyTag) {
    READS("3164 13 0 asa|||||%ASA-6-1: x", "<13>Nov 21 18:04:15 asa : %ASA-6-1: x");
    READS("3164 13 - |||||", "<13>:");
    READS("3164 13 - |||||:x", "<13>:x");
}

TEST(Message, WithoutPriAndTimeIsTextAndMarked) {
    READS("plain - - |||||hello!", "hello");
    READS("plain - - |||||!", "");
    READS("plain - - |||||<192>x!", "<192>x");
    READS("plain - - |||||1 - - - - - - x!", "1 - - - - - - x");
}

TEST(Message, LosesTheNulsAndNewlinesThatSendersAdd) {
    READS("3164 13 - |a||||x", std::string_view("<13>a: x\n\0", 10));
    READS("3164 13 - |a||||x\ny", "<13>a: x\ny");
}

TEST(Message, IsPartsOfItsBytesWhateverTheyAre) {
    // Every prefix of every form, with a byte changed: each view lies within the bytes.
    const std::string forms[] = {
        "<34>1 2026-11-21T18:04:15.1Z host su 77 ID47 [a x=\"1\\\"\"][b] \xEF\xBB\xBFtext",
        "<13>Nov 21 18:04:15 host kern.info app[77]: [ID 7 kern.notice] text",
        "<13>2026-11-21T18:04:15.539+00:00 host app[77]: text"};
    std::size_t views = 0;
    for (const auto& form : forms)
        for (std::size_t size = 0; size <= form.size(); ++size)
            for (const char c : {'\0', ' ', ']', '"', '\\', ':', '9'}) {
                auto bytes = form.substr(0, size);
                if (size > 0) bytes[(size * 7) % size] = c;
                const auto record = read_message(bytes, now);
                for (const auto part : {record.host, record.app, record.pid, record.msgid,
                                        record.structured, record.text}) {
                    if (part.empty()) continue;
                    ++views;
                    CHECK(part.data() >= bytes.data() &&
                          part.data() + part.size() <= bytes.data() + bytes.size());
                }
            }
    CHECK(views > 1000);
}
