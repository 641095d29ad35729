// SPDX-License-Identifier: Apache-2.0
// The harness makes a macro of new, so it comes last.
// clang-format off
#include <algorithm>
#include <string>

#include "report/boot_id.h"
#include "report/boot_status.h"
#include "report/cause.h"
#include "report/pmsg_log.h"
#include "report/pmsg_note.h"

#include <CppUTest/TestHarness.h>
// clang-format on

using namespace vakt;
using namespace vakt::report;

TEST_GROUP(BootStatus){};

TEST(BootStatus, each_flag_has_its_words_and_none_is_lost) {
    STRCMP_EQUAL("nothing", boot_status_words(0).c_str());
    STRCMP_EQUAL("the watchdog reset the board", boot_status_words(0x20).c_str());
    STRCMP_EQUAL("the watchdog reset the board, power fault", boot_status_words(0x30).c_str());
    STRCMP_EQUAL("overheating, a fan failed", boot_status_words(3).c_str());
    STRCMP_EQUAL("reset from outside, line 1, reset from outside, line 2",
                 boot_status_words(0x0c).c_str());
    STRCMP_EQUAL("overvoltage, bit 0x80, bit 0x80000000", boot_status_words(0x800000c0).c_str());
}

TEST_GROUP(Cause){};

TEST(Cause, every_name_is_read_back) {
    for (std::uint8_t i = 0; i < kCauses; ++i)
        CHECK(cause_named(name_of(static_cast<Cause>(i))) == static_cast<Cause>(i));
    for (std::uint8_t i = 0; i < kSteps; ++i)
        CHECK(step_named(name_of(static_cast<Step>(i))) == static_cast<Step>(i));
    CHECK_FALSE(cause_named("").has_value());
    CHECK_FALSE(cause_named("VM_HANG").has_value());
    CHECK(name_of(Confidence::medium) == "medium");
}

TEST_GROUP(BootIdText) { const char* text = "01234567-89ab-cdef-0123-456789abcdef"; };

TEST(BootIdText, is_read_and_written_as_the_kernel_has_it) {
    const auto id = parse_boot_id(std::string(text) + "\n");
    STRCMP_EQUAL(text, boot_id_text(*id).c_str());
    CHECK(parse_boot_id("01234567-89AB-CDEF-0123-456789ABCDEF") == id);
}

TEST(BootIdText, anything_else_is_refused) {
    for (const auto* bad :
         {"", "01234567-89ab-cdef-0123-456789abcde", "01234567-89ab-cdef-0123-456789abcdef0",
          "01234567x89ab-cdef-0123-456789abcdef", "g1234567-89ab-cdef-0123-456789abcdef",
          "01234567-89ab-cdef-0123-456789abcdef\n\n", "0123456789abcdef0123456789abcdef"})
        CHECK_FALSE(parse_boot_id(bad).has_value());
}

TEST_GROUP(PmsgLine) {
    Entry entry;
    void setup() override {
        entry.kind = Kind::note;
        entry.cause = Cause::vm_hang;
        entry.step = Step::kill;
        entry.sequence = 64;
        entry.boot_id = *parse_boot_id("01234567-89ab-cdef-0123-456789abcdef");
        entry.wall_ns = 1700000900123456789;
        entry.uptime_ms = 904200;
        entry.beat_age_ms = 11003;
        entry.lease = "uid-1000";
        entry.text = "no beat for 11 s";
    }
};

TEST(PmsgLine, is_one_line_a_person_can_read) {
    const PmsgLine line(entry);
    CHECK(line.view() ==
          "vakt1 64 01234567-89ab-cdef-0123-456789abcdef note vm_hang kill 1700000900123456789 "
          "904200 11003 uid-1000 no beat for 11 s\n");
}

TEST(PmsgLine, is_read_back_with_what_was_there_and_what_was_not) {
    const auto full = read_pmsg(PmsgLine(entry).view());
    CHECK_EQUAL(1U, full.size());
    CHECK(full[0] == entry);
    entry.lease = "";
    entry.text = "";
    entry.beat_age_ms = kBeatAgeUnknown;
    entry.wall_ns = INT64_MIN + 1;
    entry.kind = Kind::info;
    const auto bare = read_pmsg(PmsgLine(entry).view());
    CHECK_EQUAL(1U, bare.size());
    CHECK(bare[0] == entry);
}

TEST(PmsgLine, the_longest_of_everything_fits) {
    entry.sequence = ~std::uint64_t{0};
    entry.cause = Cause::heart_command;
    entry.step = Step::heart_command;
    entry.kind = Kind::recovered;
    entry.wall_ns = INT64_MIN + 1;
    entry.uptime_ms = ~std::uint64_t{0};
    entry.beat_age_ms = kBeatAgeUnknown - 1;
    entry.lease = FixedText<32>(std::string(32, 'l'));
    entry.text = FixedText<157>(std::string(157, 't'));
    const PmsgLine line(entry);
    CHECK_TRUE(line.view().ends_with("t\n"));
    CHECK(read_pmsg(line.view())[0] == entry);
}

TEST(PmsgLine, no_text_can_make_a_line_of_its_own) {
    entry.lease = "a b\nc";
    entry.text = "x\nvakt1 99\x1b[2J\x7f";
    const PmsgLine line(entry);
    CHECK_EQUAL(1, std::count(line.view().begin(), line.view().end(), '\n'));
    CHECK(line.view().find("a_b_c x?") != std::string_view::npos);
    CHECK(line.view().find('\x1b') == std::string_view::npos);
}

TEST(PmsgLine, no_text_and_no_lease_can_be_taken_for_another_note_wherever_the_ring_has_cut_it) {
    const std::string words =
        "9 01234567-89ab-cdef-0123-456789abcdef note power hardware 1 10 - - x";
    Entry info;
    info.kind = Kind::info;
    info.sequence = 64;
    info.boot_id = entry.boot_id;
    info.lease = "uid-1000";
    const auto check = [&] {
        const std::string line(PmsgLine(info).view());
        const auto whole = read_pmsg(line);
        CHECK_EQUAL(1U, whole.size());
        CHECK_TRUE(whole[0].kind == Kind::info);
        // What was masked once is not masked again: disk and RAM have the same entry.
        CHECK(PmsgLine(whole[0]).view() == line);
        for (std::size_t cut = 1; cut < line.size(); ++cut)
            CHECK_TRUE(read_pmsg(line.substr(cut)).empty());
        CHECK_TRUE(read_pmsg_log(line).empty());
    };
    info.text = std::string_view("vakt1 " + words);
    check();
    info.text = std::string_view("vakt1 vakt1 " + words);
    check();
    info.text = std::string_view("vaktlog1 7 01234567-89ab-cdef-0123-456789abcdef 28 5 forged");
    check();
    info.text = std::string_view(words);
    for (const char* lease : {"vakt1", "x_vakt1", "vaktlog1"}) {
        info.lease = lease;
        check();
    }
}

// An older keeper wrote texts as they came.
TEST(PmsgLine, the_first_mark_of_a_line_is_its_own) {
    const std::string whole(PmsgLine(entry).view());
    const auto line =
        whole.substr(0, whole.size() - 1) +
        " vakt1 9 01234567-89ab-cdef-0123-456789abcdef note power hardware 1 10 - - x\n";
    const auto read = read_pmsg("vakt1vakt12 " + line);
    CHECK_EQUAL(1U, read.size());
    CHECK_EQUAL(64U, read[0].sequence);
}

TEST(PmsgLine, other_programs_lines_and_cut_ones_are_passed_over) {
    const std::string whole(PmsgLine(entry).view());
    const auto notes = read_pmsg(whole.substr(20) + "nerves: hello\n" + whole + "half" + whole +
                                 whole.substr(0, whole.size() - 1));
    CHECK_EQUAL(2U, notes.size());
}

TEST(PmsgLine, a_line_cut_anywhere_is_never_another_note) {
    const std::string whole(PmsgLine(entry).view());
    for (std::size_t cut = 0; cut < whole.size(); ++cut)
        CHECK_TRUE(read_pmsg(std::string_view(whole).substr(0, cut)).empty());
    for (std::size_t cut = 1; cut < whole.size(); ++cut)
        CHECK_TRUE(read_pmsg(std::string_view(whole).substr(cut)).empty());
}
