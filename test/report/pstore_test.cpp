// SPDX-License-Identifier: Apache-2.0
#include "report/pstore.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

#include "report/pmsg_note.h"

using namespace vakt;
using namespace vakt::report;

TEST_GROUP(Pstore){static PstoreContent read(std::vector<PstoreFile> files,
                                             std::optional<std::int64_t> since = {}){
    return read_pstore(files, since);
}
}
;

TEST(Pstore, an_empty_directory_says_nothing) {
    const auto content = read({});
    CHECK_FALSE(content.panicked || content.oopsed || content.restarted || content.kept_ram);
    CHECK_TRUE(content.kernel_lines.empty());
}

TEST(Pstore, a_panic_record_is_known_by_its_head_and_told_by_its_words) {
    const auto content = read({{"dmesg-ramoops-0",
                                "Panic#1 Part1\n<6>[  9.1] fine\n"
                                "<0>[ 10.2] Kernel panic - not syncing: Fatal exception\n",
                                {}}});
    CHECK_TRUE(content.panicked);
    CHECK_FALSE(content.pretimeout);
    STRCMP_EQUAL("Kernel panic - not syncing: Fatal exception", content.panic.c_str());
    CHECK_EQUAL(2U, content.kernel_lines.size());
    CHECK_TRUE(content.kept_ram);
}

TEST(Pstore, a_panic_of_the_watchdogs_pretimeout_is_told_apart) {
    CHECK_TRUE(read({{"console-ramoops-0",
                      "[ 1.0] Kernel panic - not syncing: watchdog pretimeout event\n",
                      {}}})
                   .pretimeout);
}

TEST(Pstore, an_oops_that_was_survived_is_no_panic) {
    const auto content = read({{"dmesg-ramoops-0", "Oops#1 Part1\n<4>[ 1.0] BUG: null\n", {}}});
    CHECK_TRUE(content.oopsed);
    CHECK_FALSE(content.panicked);
}

TEST(Pstore, a_dmesg_record_from_before_the_boot_is_stale) {
    const std::string panic = "Panic#1 Part1\n[ 1.0] x\n";
    CHECK_TRUE(read({{"dmesg-ramoops-0", panic, 1000}}, 1000).panicked);
    const auto old = read({{"dmesg-ramoops-0", panic, 999}}, 1000);
    CHECK_FALSE(old.panicked);
    CHECK_EQUAL(1U, old.stale.size());
    CHECK_TRUE(read({{"dmesg-ramoops-0", panic, {}}}, 1000).panicked);
}

TEST(Pstore, the_console_tells_an_orderly_restart_only_at_its_end) {
    CHECK_TRUE(read({{"console-ramoops-0", "[ 5.0] reboot: Restarting system\n", {}}}).restarted);
    CHECK_TRUE(
        read({{"console-ramoops", "[ 5.0] reboot: Power down\n[ 5.1] a\n[ 5.2] b", {}}}).restarted);
    CHECK_FALSE(
        read({{"console-ramoops", "[ 5.0] reboot: Power down\n[ 0.0] a\n[ 0.1] b\n[ 0.2] c\n", {}}})
            .restarted);
}

TEST(Pstore, what_is_compressed_or_unknown_is_passed_over_and_said_if_ours) {
    const auto content =
        read({{"dmesg-efi-1.enc.z", "Panic#1 Part1\n", {}}, {"README", "Panic#1 Part1\n", {}}});
    CHECK_FALSE(content.panicked);
    CHECK_EQUAL(1U, content.passed_over.size());
    CHECK_FALSE(content.kept_ram);
}

TEST(Pstore, a_record_that_is_not_in_ram_does_not_show_that_ram_was_kept) {
    CHECK_FALSE(read({{"dmesg-efi-1", "Panic#1 Part1\n[ 1.0] x\n", {}}}).kept_ram);
    CHECK_TRUE(read({{"pmsg-ramoops-0", "", {}}}).kept_ram);
}

TEST(Pstore, a_record_that_was_told_says_that_ram_was_kept_and_nothing_else) {
    const std::string panic = "Panic#1 Part1\n[ 1.0] x\n";
    const auto content = read({{"dmesg-ramoops-0", panic, 2000, true}}, 1000);
    CHECK_FALSE(content.panicked);
    CHECK_TRUE(content.kept_ram && content.kernel_lines.empty());
    CHECK_EQUAL(1U, content.told.size());
    CHECK_TRUE(read({{"dmesg-ramoops-0", panic, 999}}, 1000).kept_ram);
    CHECK_FALSE(read({{"dmesg-efi-1", panic, 999}}, 1000).kept_ram);
}

TEST(Pstore, only_the_last_kernel_lines_are_kept_and_the_panics_own_win) {
    std::string console;
    for (int i = 0; i < 100; ++i) console += "line " + std::to_string(i) + "\n";
    const auto content = read({{"console-ramoops-0", console, {}}});
    CHECK_EQUAL(kKernelLines, content.kernel_lines.size());
    STRCMP_EQUAL("line 99", content.kernel_lines.back().c_str());
    const auto both = read({{"dmesg-ramoops-0", "Panic#1 Part1\nthe panic\n", {}},
                            {"console-ramoops-0", console, {}}});
    CHECK_EQUAL(1U, both.kernel_lines.size());
}

TEST(Pstore, a_line_of_any_bytes_becomes_fit_to_print) {
    STRCMP_EQUAL("a b", fit_line("a\tb").c_str());
    STRCMP_EQUAL("?[31mred", fit_line("\x1b[31mred\r").c_str());
    STRCMP_EQUAL("gr\xc3\xbc\xc3\x9f", fit_line("gr\xc3\xbc\xc3\x9f").c_str());
    STRCMP_EQUAL("?x?", fit_line("\xffx\xc3").c_str());
    STRCMP_EQUAL("??", fit_line("\xc0\x80").c_str());       // overlong
    STRCMP_EQUAL("???", fit_line("\xed\xa0\x80").c_str());  // a surrogate
    STRCMP_EQUAL("\xf0\x9f\x90\x95", fit_line("\xf0\x9f\x90\x95").c_str());
    STRCMP_EQUAL("????", fit_line("\xf4\x90\x80\x80").c_str());  // beyond Unicode
    CHECK_EQUAL(400U, fit_line(std::string(401, 'x')).size());
    CHECK(fit_line(std::string(399, 'x') + "\xc3\xbc").size() <= 400);
}
