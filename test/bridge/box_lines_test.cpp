// SPDX-License-Identifier: Apache-2.0
#include "bridge/box_lines.h"

// clang-format off
#include <variant>  // does not bear CppUTest's own `new`
// clang-format on
#include <CppUTest/TestHarness.h>

#include <deque>
#include <string>

#include "wire/record_bytes.h"

using namespace vakt;
using namespace vakt::bridge;
using syslog::Severity;

namespace {

constexpr report::BootId kBoot{9};

}  // namespace

TEST_GROUP(BoxLines) {
    std::deque<std::string> bytes;
    std::vector<std::string_view> records;
    std::uint64_t seq = 100;
    BoxRules rules;

    void keep(std::string record) {
        bytes.push_back(std::move(record));
        records.emplace_back(bytes.back());
    }
    void add(const syslog::Entry& entry) {
        std::string record(wire::kLongestRecord, '\0');
        record.resize(
            wire::put_entry(entry, {.seq = seq++, .read_ns = 77},
                            {reinterpret_cast<unsigned char*>(record.data()), record.size()}));
        keep(std::move(record));
    }
    void log(Severity severity, std::string_view text = "x", std::string_view app = "app") {
        syslog::Entry entry;
        entry.record.pri = syslog::Pri(3, severity);
        entry.record.app = app;
        entry.record.text = text;
        entry.source = syslog::Source::socket;
        add(entry);
    }
    void lose(const syslog::Gap& gap) {
        std::string record(512, '\0');
        record.resize(wire::put_gap(
            gap, {.seq = seq++}, {reinterpret_cast<unsigned char*>(record.data()), record.size()}));
        keep(std::move(record));
    }
    std::vector<std::uint64_t> chosen() const {
        std::vector<std::uint64_t> numbers;
        for (const auto& line : box_lines(records, kBoot, rules).lines)
            numbers.push_back(line.sequence - 100);
        return numbers;
    }
    std::string text() const { return box_lines(records, kBoot, rules).lines.at(0).text; }
};

TEST(BoxLines, a_line_has_what_the_record_has) {
    syslog::Entry entry;
    entry.record.pri = syslog::Pri(27);
    entry.record.time_ns = 1234;
    entry.record.host = "board";
    entry.record.app = "disk";
    entry.record.pid = "17";
    entry.record.text = "bad\nsector";
    entry.record.malformed = true;
    entry.source = syslog::Source::kmsg;
    entry.mono_ns = 55;
    entry.cut = true;
    add(entry);
    const auto lines = box_lines(records, kBoot, rules).lines;
    CHECK_EQUAL(1U, lines.size());
    CHECK((lines[0] == report::BlackBoxLine{.boot_id = kBoot,
                                            .sequence = 100,
                                            .wall_ns = 1234,
                                            .text = "board disk[17]: bad\nsector",
                                            .pri = 27,
                                            .source = 2,
                                            .mono_ns = 55,
                                            .cut = true,
                                            .malformed = true}));
}

TEST(BoxLines, parts_that_are_not_there_leave_no_marks) {
    log(Severity::err, "text", "");
    STRCMP_EQUAL("text", text().c_str());
    records.clear();
    log(Severity::err, "", "app");
    STRCMP_EQUAL("app: ", text().c_str());
    records.clear();
    add({});
    CHECK_EQUAL(report::kNoPri, box_lines(records, kBoot, rules).lines[0].pri);
    CHECK_EQUAL(77, box_lines(records, kBoot, rules).lines[0].wall_ns);
}

TEST(BoxLines, of_a_long_text_one_byte_more_than_fits_is_given) {
    log(Severity::err, std::string(60000, 'x'), "app");
    CHECK_EQUAL(report::kBoxText + 1, text().size());
    CHECK_TRUE(report::box_slot(box_lines(records, kBoot, rules).lines[0])[7] == 1);
    records.clear();
    log(Severity::err, "text", std::string(60000, 'a'));
    CHECK_EQUAL(report::kBoxText + 1, text().size());
    records.clear();
    log(Severity::err, std::string(report::kBoxText, 'x'), "");
    CHECK_EQUAL(report::kBoxText, text().size());
}

TEST(BoxLines, a_gap_is_said_and_counts_as_a_warning) {
    lose({.source = syslog::Source::kmsg, .reason = syslog::Loss::source, .count = 12});
    STRCMP_EQUAL("12 records of kmsg are missing here: source", text().c_str());
    rules.least = Severity::err;
    CHECK_TRUE(chosen().empty());
    rules.least = Severity::warning;
    CHECK_EQUAL(1U, chosen().size());
    records.clear();
    lose({.source = syslog::Source::udp, .reason = syslog::Loss::restart, .words = "w"});
    STRCMP_EQUAL("an unknown number of records of udp are missing here: restart, w",
                 text().c_str());
    CHECK_TRUE(box_lines(records, kBoot, rules).lines[0].gap);
}

TEST(BoxLines, the_least_severity_is_the_last_that_passes) {
    for (const auto severity : {Severity::notice, Severity::info, Severity::debug}) log(severity);
    add({});  // without PRI
    rules.least = Severity::info;
    CHECK((chosen() == std::vector<std::uint64_t>{0, 1, 3}));
    rules.least = Severity::notice;
    CHECK((chosen() == std::vector<std::uint64_t>{0, 3}));
    rules.least = Severity::warning;
    CHECK_TRUE(chosen().empty());
}

TEST(BoxLines, the_newest_are_taken_and_errors_before_others) {
    rules.most = 4;
    rules.urgent = 2;
    for (int i = 0; i < 3; ++i) log(Severity::err);
    for (int i = 0; i < 5; ++i) log(Severity::debug);
    CHECK((chosen() == std::vector<std::uint64_t>{1, 2, 6, 7}));
    CHECK_EQUAL(4U, box_lines(records, kBoot, rules).passed_over);
}

TEST(BoxLines, places_that_no_error_wants_are_the_others) {
    rules.most = 4;
    rules.urgent = 3;
    log(Severity::err);
    for (int i = 0; i < 5; ++i) log(Severity::debug);
    CHECK((chosen() == std::vector<std::uint64_t>{0, 3, 4, 5}));
    rules.least = Severity::crit;  // then an err is nothing, and takes nobody's place
    log(Severity::crit);
    CHECK((chosen() == std::vector<std::uint64_t>{6}));
    CHECK_EQUAL(0U, box_lines(records, kBoot, rules).passed_over);
}

TEST(BoxLines, from_crit_on_it_is_wanted_at_once) {
    log(Severity::err);
    CHECK_FALSE(box_lines(records, kBoot, rules).at_once);
    log(Severity::crit);
    CHECK_TRUE(box_lines(records, kBoot, rules).at_once);
}

TEST(BoxLines, the_keepers_probes_are_left_out) {
    log(Severity::notice, "token", "vakt-probe");
    log(Severity::notice, "token", "vakt-probes");
    CHECK((chosen() == std::vector<std::uint64_t>{1}));
}

TEST(BoxLines, bytes_that_are_no_record_are_passed_over) {
    keep("");
    keep("nonsense that is no record");
    log(Severity::err);
    CHECK((chosen() == std::vector<std::uint64_t>{0}));
}
