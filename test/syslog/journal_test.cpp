// SPDX-License-Identifier: Apache-2.0
#include "syslog/journal.h"

#include <CppUTest/TestHarness.h>

#include <string>

#include "syslog/structured.h"
#include "test/support/allocations.h"

using namespace vakt::syslog;

namespace {

constexpr std::string_view kCursor =
    "s=d7507904a4bd42bca2c3dbdd5c397f66;i=ff;b=719c9ca601c84ac3b87daebd2aaf535d;m=6223773de;"
    "t=660d470def642;x=2fa6b5a160b99828";
std::string cursor(const std::string& sequence, const std::string& number,
                   const std::string& place) {
    return "s=" + sequence + ";i=" + number + ";b=" + place;
}

}  // namespace

TEST_GROUP(JournalFields) {
    JournalFields fields;

    void setup() override { fields.begin(5'000, 7'000); }
    void add(std::initializer_list<std::string_view> all) {
        for (const auto field : all) fields.add(field);
    }
    [[nodiscard]] std::string structured() const {
        return std::string(fields.entry().record.structured);
    }
};

TEST(JournalFields, a_message_through_dev_log_has_all_its_parts) {
    add({"_UID=1000", "_HOSTNAME=board", "_TRANSPORT=syslog", "PRIORITY=3", "SYSLOG_FACILITY=16",
         "SYSLOG_IDENTIFIER=app", "SYSLOG_PID=12", "SYSLOG_TIMESTAMP=Nov 22 02:43:23 ", "_PID=77",
         "_COMM=logger", "_SYSTEMD_UNIT=app.service", "MESSAGE=hello",
         "_SOURCE_REALTIME_TIMESTAMP=1795315403257386"});
    Entry wanted;
    wanted.record.form = Form::journal;
    wanted.record.pri = Pri(16, Severity::err);
    wanted.record.time_ns = 1'795'315'403'257'386'000;
    wanted.record.host = "board";
    wanted.record.app = "app";
    wanted.record.pid = "12";
    wanted.record.structured = R"([journal@0 _TRANSPORT="syslog"])";
    wanted.record.text = "hello";
    wanted.source = Source::journal;
    wanted.mono_ns = 7'000;
    wanted.sender = Sender{77, 1000};
    wanted.unit = "app.service";
    CHECK_TRUE(fields.entry() == wanted);
}

TEST(JournalFields, what_the_sender_did_not_say_is_taken_from_journald) {
    add({"MESSAGE=x", "_PID=77", "_COMM=worker"});
    const auto entry = fields.entry();
    CHECK_TRUE(entry.record.app == "worker");
    CHECK_TRUE(entry.record.pid == "77");
    CHECK_TRUE(entry.record.time_ns == 5'000);
    CHECK_FALSE(entry.record.pri.has_value());
    CHECK_FALSE(entry.sender.has_value());  // without a uid
    CHECK_FALSE(entry.record.malformed);
}

TEST(JournalFields, priority_alone_is_of_user_and_facility_alone_is_info) {
    fields.add("PRIORITY=2");
    CHECK_TRUE(fields.entry().record.pri == Pri(1, Severity::crit));
    fields.begin(0, 0);
    fields.add("SYSLOG_FACILITY=0");
    CHECK_TRUE(fields.entry().record.pri == Pri(0, Severity::info));
}

TEST(JournalFields, a_number_that_is_none_marks_the_entry) {
    for (const auto bad :
         {"PRIORITY=8", "PRIORITY=", "PRIORITY=-1", "SYSLOG_FACILITY=24", "_UID=4294967296",
          "_PID=x", "_SOURCE_REALTIME_TIMESTAMP=", "_SOURCE_REALTIME_TIMESTAMP=9223372036854776",
          "no sign", "=no name", "lower=x", "A]=x", "\xFF=x"}) {
        fields.begin(5'000, 0);
        add({"MESSAGE=x", bad});
        CHECK_TRUE_TEXT(fields.entry().record.malformed, bad);
        CHECK_TRUE(fields.entry().record.time_ns == 5'000);
    }
    for (const auto good : {"PRIORITY=7", "SYSLOG_FACILITY=23", "_UID=4294967295",
                            "_SOURCE_REALTIME_TIMESTAMP=9223372036854775"}) {
        fields.begin(5'000, 0);
        add({"MESSAGE=x", good});
        CHECK_FALSE_TEXT(fields.entry().record.malformed, good);
    }
}

TEST(JournalFields, an_entry_without_a_message_is_marked_and_an_empty_message_is_one) {
    fields.add("PRIORITY=6");
    CHECK_TRUE(fields.entry().record.malformed);
    fields.add("MESSAGE=");
    CHECK_FALSE(fields.entry().record.malformed);
}

TEST(JournalFields, other_fields_are_structured_data_that_reads_back) {
    add({"CODE_FILE=a.c", "ODD=q\"b\\s]e", "_EXE=/bin/x", "CODE_LINE=7", "MESSAGE=m", "EMPTY="});
    STRCMP_EQUAL(R"([journal@0 CODE_FILE="a.c" ODD="q\"b\\s\]e" CODE_LINE="7" EMPTY=""])",
                 structured().c_str());
    auto text = fields.entry().record.structured;
    CHECK_TRUE(take_structured(text) == structured());
    CHECK_TRUE(text.empty());
}

TEST(JournalFields, a_second_value_is_structured_data) {
    add({"MESSAGE=one", "MESSAGE=two", "SYSLOG_IDENTIFIER=a", "SYSLOG_IDENTIFIER=b"});
    CHECK_TRUE(fields.entry().record.text == "one");
    CHECK_TRUE(fields.entry().record.app == "a");
    STRCMP_EQUAL(R"([journal@0 MESSAGE="two" SYSLOG_IDENTIFIER="b"])", structured().c_str());
}

TEST(JournalFields, unit_is_the_one_that_systemd_speaks_of_and_nobody_elses_word) {
    add({"_PID=1", "_SYSTEMD_UNIT=init.scope", "UNIT=a.service", "MESSAGE=Started."});
    CHECK_TRUE(fields.entry().unit == "a.service");
    fields.begin(0, 0);
    add({"_PID=2", "_SYSTEMD_UNIT=b.service", "UNIT=a.service", "MESSAGE=liar"});
    CHECK_TRUE(fields.entry().unit == "b.service");
}

TEST(JournalFields, binary_text_of_the_longest_size_is_whole_and_a_byte_more_is_cut) {
    std::string text(JournalFields::kLongestText, '\n');
    text[7] = '\0';
    fields.add("MESSAGE=" + text);
    CHECK_TRUE(fields.entry().record.text == text);
    CHECK_FALSE(fields.entry().cut);
    fields.begin(0, 0);
    fields.add("MESSAGE=" + text + "x");
    CHECK_TRUE(fields.entry().record.text == text);
    CHECK_TRUE(fields.entry().cut);
}

TEST(JournalFields, structured_data_fill_their_room_and_what_does_not_fit_is_left_out) {
    const std::string around = R"([journal@0 F=""])";
    const std::string value(JournalFields::kLongestStructured - around.size(), 'v');
    fields.add("F=" + value);
    CHECK_EQUAL(JournalFields::kLongestStructured, structured().size());
    CHECK_FALSE(fields.entry().cut);
    fields.add("G=");
    CHECK_TRUE(fields.entry().cut);
    CHECK_EQUAL(JournalFields::kLongestStructured, structured().size());
    fields.begin(0, 0);
    fields.add("F=" + value + "v");
    CHECK_TRUE(fields.entry().cut);
    CHECK_TRUE(structured().empty());
    fields.begin(0, 0);
    fields.add("F=\\" + value.substr(1));  // escaped it is a byte too long
    CHECK_TRUE(structured().empty());
    fields.add("G=still fits");
    STRCMP_EQUAL(R"([journal@0 G="still fits"])", structured().c_str());
}

TEST(JournalFields, a_part_is_cut_at_its_limit) {
    const std::string name(JournalFields::kLongestField, 'a');
    fields.add("SYSLOG_IDENTIFIER=" + name);
    CHECK_TRUE(fields.entry().record.app == name);
    CHECK_FALSE(fields.entry().cut);
    fields.begin(0, 0);
    fields.add("SYSLOG_IDENTIFIER=" + name + "a");
    CHECK_TRUE(fields.entry().record.app == name);
    CHECK_TRUE(fields.entry().cut);
}

TEST(JournalFields, nothing_is_allocated_for_an_entry) {
    const vakt::fake::Allocations allocations;
    fields.begin(1, 1);
    add({"MESSAGE=a text that is longer than any string keeps in place", "A=b", "_PID=1"});
    static_cast<void>(fields.entry());
    CHECK_EQUAL(0, allocations.count());
}

TEST_GROUP(JournalCursor){};

TEST(JournalCursor, is_taken_apart) {
    const auto read = read_journal_cursor(kCursor);
    CHECK_TRUE(read.has_value());
    CHECK_TRUE(read->sequence_id == "d7507904a4bd42bca2c3dbdd5c397f66");
    CHECK_EQUAL(0xff, read->number);
    CHECK_TRUE(read->place.starts_with("b=719c"));
}

TEST(JournalCursor, of_another_form_tells_nothing) {
    for (const auto text : {"", "s=a", "s=a;i=1;", "s=a;i=;b=c", "s=;i=1;b=c", "s=a;i=G;b=c",
                            "i=1;b=c", "s=a;i=12345678901234567;b=c"})
        CHECK_FALSE_TEXT(read_journal_cursor(text).has_value(), text);
}

TEST(JournalCursor, numbers_of_one_sequence_tell_how_many_are_missing) {
    CHECK_TRUE(missing_between(cursor("a", "9", "x"), cursor("a", "a", "y")) == 0U);
    CHECK_TRUE(missing_between(cursor("a", "9", "x"), cursor("a", "c", "y")) == 2U);
    CHECK_TRUE(missing_between(cursor("a", "9", "x"), cursor("a", "9", "x")) == 0U);
    CHECK_TRUE(missing_between(cursor("a", "9", "x"), cursor("a", "1", "y")) == 0U);
    CHECK_FALSE(missing_between(cursor("a", "9", "x"), cursor("b", "c", "y")).has_value());
    CHECK_FALSE(missing_between("odd", cursor("b", "c", "y")).has_value());
}

TEST(JournalCursor, of_a_copy_in_another_file_is_the_same_entry) {
    CHECK_TRUE(same_entry(cursor("a", "9", "x"), cursor("b", "c", "x")));
    CHECK_FALSE(same_entry(cursor("a", "9", "x"), cursor("a", "9", "y")));
    CHECK_TRUE(same_entry("odd", "odd"));
    CHECK_FALSE(same_entry("odd", "even"));
}
