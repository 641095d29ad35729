// SPDX-License-Identifier: Apache-2.0
#include "report/reset_report.h"

#include <CppUTest/TestHarness.h>

#include <algorithm>
#include <string>
#include <vector>

#include "report/pmsg_log.h"
#include "report/pmsg_note.h"
#include "report/told_records.h"

using namespace vakt;
using namespace vakt::report;

namespace {

constexpr BootId kLast{1};
constexpr BootId kThis{2};
constexpr const char* kPanic = "Panic#1 Part1\n[ 9.0] Kernel panic - not syncing: Fatal\n";
constexpr const char* kPretimeout =
    "Panic#1 Part1\n[ 9.0] Kernel panic - not syncing: watchdog pretimeout event\n";
constexpr const char* kRestarting = "[ 9.0] reboot: Restarting system\n";

/// Findings put together piece by piece, as the last boot left them.
struct Case {
    Findings findings;
    std::uint64_t sequence = 0;
    Case() { findings.this_boot = kThis; }

    Entry entry(Kind kind, Cause cause, Step step) {
        Entry made;
        made.kind = kind;
        made.cause = cause;
        made.step = step;
        made.sequence = ++sequence;
        made.boot_id = kLast;
        made.wall_ns = static_cast<std::int64_t>(1000 * sequence);
        made.boots = 5;
        return made;
    }
    Case& boot() { return add(entry(Kind::boot, Cause::unknown, Step::none)); }
    Case& note(Cause cause, Step step = Step::none) { return add(entry(Kind::note, cause, step)); }
    Case& kind(Kind which) { return add(entry(which, Cause::unknown, Step::none)); }
    Case& in_pmsg(Cause cause) {
        return file("pmsg-ramoops-0",
                    std::string(PmsgLine(entry(Kind::note, cause, Step::none)).view()));
    }
    Case& add(const Entry& made) {
        findings.ledger.entries.push_back(made);
        return *this;
    }
    Case& hardware(std::optional<wdt::BootFlags> flags) {
        findings.hardware.push_back({"/dev/watchdog0", flags});
        return *this;
    }
    Case& file(const char* name, const std::string& bytes) {
        findings.pstore.push_back({name, bytes, {}});
        return *this;
    }
    Case& panic() { return file("dmesg-ramoops-0", kPanic); }
};

bool says(const Report& report, const char* words) {
    return std::any_of(report.evidence.begin(), report.evidence.end(),
                       [&](const auto& line) { return line.find(words) != std::string::npos; });
}

void check(int line, const Case& one, Cause cause, Confidence confidence) {
    const auto report = make_report(one.findings);
    const auto where = "row of line " + std::to_string(line);
    STRCMP_EQUAL_TEXT(std::string(name_of(cause)).c_str(),
                      std::string(name_of(report.cause)).c_str(), where.c_str());
    STRCMP_EQUAL_TEXT(std::string(name_of(confidence)).c_str(),
                      std::string(name_of(report.confidence)).c_str(), where.c_str());
}

constexpr auto kHigh = Confidence::high;
constexpr auto kMedium = Confidence::medium;
constexpr auto kLow = Confidence::low;

}  // namespace

#define ROW(findings, cause, confidence) check(__LINE__, findings, cause, confidence)

TEST_GROUP(ResetReport){};

TEST(ResetReport, a_panic_is_the_deepest_level) {
    ROW(Case().panic(), Cause::kernel_panic, kHigh);
    ROW(Case().boot().panic(), Cause::kernel_panic, kHigh);
    ROW(Case().boot().panic().hardware(0), Cause::kernel_panic, kHigh);
    // The kernel stopped there, and the hardware had to reset the board.
    ROW(Case().boot().panic().hardware(wdt::kCardReset), Cause::kernel_panic, kHigh);
    ROW(Case().panic().hardware(wdt::kCardReset), Cause::kernel_panic, kMedium);
    ROW(Case().boot().note(Cause::vm_hang).panic(), Cause::kernel_panic, kMedium);
    ROW(Case().boot().note(Cause::requested).panic(), Cause::kernel_panic, kMedium);
    ROW(Case().boot().kind(Kind::clean).panic(), Cause::kernel_panic, kMedium);
}

// A board without a clock of its own: each boot begins in 1970, and a record's time tells nothing.
TEST(ResetReport, a_panic_is_one_boots_and_a_record_that_stays_is_told_of_once) {
    constexpr std::int64_t kWall = 300'000'000'000;
    constexpr BootId kNext{3};
    auto first = Case().boot().panic();
    first.findings.pstore[0].wall_ns = kWall;
    mark_told(first.findings.pstore, {}, kThis);
    ROW(first, Cause::kernel_panic, kHigh);
    const auto told = told_with(first.findings.pstore, {}, kThis);
    // The same boot's report once more says the same.
    mark_told(first.findings.pstore, told, kThis);
    ROW(first, Cause::kernel_panic, kHigh);

    auto second = Case().boot().note(Cause::vm_hang, Step::login1).panic();
    second.findings.this_boot = kNext;
    second.findings.pstore[0].wall_ns = kWall;
    mark_told(second.findings.pstore, told, kNext);
    ROW(second, Cause::vm_hang, kHigh);
    const auto report = make_report(second.findings);
    CHECK_TRUE(says(report, "dmesg-ramoops-0 is what an earlier report told of"));
    CHECK_TRUE(report.last_lines.empty());

    // Another panic in the same place is another record.
    second.findings.pstore[0].bytes += "[ 9.1] more\n";
    mark_told(second.findings.pstore, told, kNext);
    ROW(second, Cause::kernel_panic, kMedium);
}

TEST(ResetReport, a_records_time_counts_until_a_report_has_kept_what_it_told_of) {
    for (const std::int64_t wall : {-1, 1}) {  // before the boot's first entry, and after
        auto one = Case().boot().panic();
        one.findings.ledger.entries[0].wall_ns = 0;
        one.findings.pstore[0].wall_ns = wall;
        if (wall < 0)
            CHECK_TRUE(says(make_report(one.findings), "is older than the boot before"));
        else
            ROW(one, Cause::kernel_panic, kHigh);
        one.findings.told_is_kept = true;
        ROW(one, Cause::kernel_panic, kHigh);
        one.findings.pstore[0].told = true;
        ROW(one, Cause::unknown, kLow);
    }
}

TEST(ResetReport, a_panic_of_the_pretimeout_is_the_watchdogs_doing) {
    ROW(Case().boot().file("dmesg-ramoops-0", kPretimeout), Cause::hw_watchdog, kHigh);
    ROW(Case().boot().note(Cause::vm_hang).file("dmesg-ramoops-0", kPretimeout), Cause::vm_hang,
        kHigh);
}

TEST(ResetReport, what_was_noted_is_the_cause_whoever_did_the_reset) {
    for (const auto cause : {Cause::vm_hang, Cause::vm_crash, Cause::heart_command}) {
        ROW(Case().boot().note(cause).hardware(wdt::kCardReset), cause, kHigh);
        ROW(Case().boot().note(cause).kind(Kind::clean), cause, kHigh);
        ROW(Case().boot().note(cause).kind(Kind::clean).hardware(0), cause, kHigh);
        ROW(Case().boot().note(cause, Step::login1).hardware(0), cause, kHigh);
        ROW(Case().boot().note(cause, Step::heart_command).hardware(0), cause, kMedium);
        ROW(Case().boot().note(cause), cause, kMedium);
        ROW(Case().boot().note(cause).hardware(wdt::kPowerUnder), cause, kLow);
        ROW(Case().boot().note(cause).file("console-ramoops-0", kRestarting), cause, kMedium);
    }
}

TEST(ResetReport, a_request_is_believed_even_where_the_hardware_finished_it) {
    ROW(Case().boot().note(Cause::requested), Cause::requested, kHigh);
    ROW(Case().boot().note(Cause::requested).kind(Kind::clean).hardware(0), Cause::requested,
        kHigh);
    ROW(Case().boot().note(Cause::requested).hardware(wdt::kCardReset), Cause::requested, kMedium);
    const auto report =
        make_report(Case().boot().note(Cause::requested).hardware(wdt::kCardReset).findings);
    CHECK_TRUE(says(report, "but the watchdog ended it"));
}

TEST(ResetReport, an_orderly_shutdown_is_clean) {
    ROW(Case().boot().kind(Kind::clean), Cause::clean, kHigh);
    ROW(Case().boot().kind(Kind::clean).hardware(0), Cause::clean, kHigh);
    ROW(Case().boot().kind(Kind::clean).hardware(wdt::kCardReset), Cause::clean, kMedium);
    ROW(Case().file("console-ramoops-0", kRestarting), Cause::clean, kMedium);
    ROW(Case().boot().file("console-ramoops-0", kRestarting).hardware(wdt::kCardReset),
        Cause::clean, kMedium);
}

TEST(ResetReport, a_bite_that_nobody_noted_is_the_hardwares) {
    ROW(Case().boot().hardware(wdt::kCardReset), Cause::hw_watchdog, kHigh);
    ROW(Case().hardware(wdt::kCardReset), Cause::hw_watchdog, kMedium);
    ROW(Case().boot().hardware(0).hardware(wdt::kCardReset), Cause::hw_watchdog, kHigh);
    ROW(Case().boot().hardware({}).hardware(wdt::kCardReset), Cause::hw_watchdog, kHigh);
    ROW(Case().boot().hardware(wdt::kCardReset | wdt::kPowerUnder), Cause::hw_watchdog, kHigh);
}

TEST(ResetReport, power_is_told_by_the_hardware_or_by_what_is_missing) {
    ROW(Case().boot().hardware(wdt::kPowerUnder), Cause::power, kHigh);
    ROW(Case().hardware(wdt::kPowerOver), Cause::power, kHigh);
    ROW(Case().boot().hardware(0), Cause::power, kMedium);
    ROW(Case().boot().hardware(0).file("pmsg-ramoops-0", ""), Cause::unknown, kMedium);
}

TEST(ResetReport, what_nothing_explains_is_unknown) {
    ROW(Case(), Cause::unknown, kLow);
    ROW(Case().hardware(0), Cause::unknown, kLow);
    ROW(Case().boot(), Cause::unknown, kLow);
    ROW(Case().boot().hardware({}), Cause::unknown, kLow);
    ROW(Case().boot().hardware(wdt::kExtern1), Cause::unknown, kMedium);
    ROW(Case().boot().hardware(wdt::kOverheat), Cause::unknown, kMedium);
}

TEST(ResetReport, the_first_note_not_recovered_from_is_the_cause) {
    ROW(Case().boot().note(Cause::vm_hang).note(Cause::heart_command, Step::heart_command),
        Cause::vm_hang, kMedium);
    ROW(Case().boot().note(Cause::vm_hang).kind(Kind::recovered).hardware(wdt::kCardReset),
        Cause::hw_watchdog, kHigh);
    ROW(Case().boot().note(Cause::vm_hang).kind(Kind::recovered).note(Cause::vm_crash),
        Cause::vm_crash, kMedium);
    ROW(Case().boot().note(Cause::vm_hang, Step::login1).kind(Kind::recovered).hardware(0),
        Cause::power, kMedium);
}

TEST(ResetReport, of_several_the_one_that_had_the_board_brought_down_is_the_cause) {
    const auto noted = [](Case& one, const char* lease, Cause cause, Step step) {
        auto note = one.entry(Kind::note, cause, step);
        note.lease = lease;
        one.add(note);
    };
    // The disk is gone: the VM crashes and is started again; the disk's evidence resets the board.
    Case disk;
    disk.boot();
    noted(disk, "board", Cause::vm_crash, Step::heart_command);
    noted(disk, "root", Cause::evidence, Step::none);
    noted(disk, "root", Cause::evidence, Step::login1);
    const auto report = make_report(disk.findings);
    CHECK(report.cause == Cause::evidence);
    STRCMP_EQUAL("root", report.lease.c_str());
    CHECK_TRUE(says(report, "noted before: vm_crash, lease board"));

    // The VM hangs: what goes stale while the board goes down is no cause, however deep it comes.
    Case hang;
    hang.boot();
    noted(hang, "root", Cause::evidence, Step::kill);
    noted(hang, "board", Cause::vm_hang, Step::none);
    noted(hang, "board", Cause::vm_hang, Step::login1);
    noted(hang, "root", Cause::evidence, Step::hardware);
    ROW(hang, Cause::vm_hang, kHigh);

    // The heart command of a hung VM asks the keeper for the restart.
    Case command;
    command.boot();
    noted(command, "board", Cause::vm_hang, Step::heart_command);
    noted(command, "uid-1000", Cause::requested, Step::reboot);
    ROW(command, Cause::vm_hang, kHigh);

    // What goes wrong in a restart that was asked for is none of its causes.
    Case restart;
    restart.boot();
    noted(restart, "uid-0", Cause::requested, Step::login1);
    noted(restart, "root", Cause::evidence, Step::hardware);
    ROW(restart, Cause::requested, kHigh);
}

TEST(ResetReport, a_lease_recovers_from_its_own_notes_alone) {
    Case both;
    both.boot();
    for (const auto* lease : {"a", "b"}) {
        auto note =
            both.entry(Kind::note, lease[0] == 'a' ? Cause::vm_hang : Cause::vm_crash, Step::none);
        note.lease = lease;
        both.add(note);
    }
    auto recovered = both.entry(Kind::recovered, Cause::unknown, Step::none);
    recovered.lease = "a";
    both.add(recovered);
    const auto report = make_report(both.findings);
    CHECK(report.cause == Cause::vm_crash);
    STRCMP_EQUAL("b", report.lease.c_str());
}

TEST(ResetReport, warnings_snoozes_and_this_boots_entries_judge_nothing) {
    Case one;
    one.boot().kind(Kind::snoozed).kind(Kind::healthy);
    auto warning = one.entry(Kind::info, Cause::vm_hang, Step::none);
    one.add(warning);
    auto ours = one.entry(Kind::note, Cause::requested, Step::none);
    ours.boot_id = kThis;
    one.add(ours);
    one.hardware(wdt::kCardReset);
    ROW(one, Cause::hw_watchdog, kHigh);
}

TEST(ResetReport, a_note_of_an_older_boot_judges_nothing) {
    Case one;
    auto old = one.entry(Kind::note, Cause::vm_hang, Step::none);
    old.boot_id = {9};
    one.add(old).boot().kind(Kind::clean);
    ROW(one, Cause::clean, kHigh);
}

TEST(ResetReport, a_note_the_disk_did_not_get_is_taken_from_pmsg) {
    const auto report =
        make_report(Case().boot().in_pmsg(Cause::vm_hang).hardware(wdt::kCardReset).findings);
    CHECK(report.cause == Cause::vm_hang);
    CHECK(report.confidence == kHigh);
    CHECK_TRUE(says(report, "in pmsg alone"));
    CHECK_EQUAL(5U, report.boots);  // which only the disk has
    CHECK(make_report(Case().in_pmsg(Cause::vm_crash).findings).cause == Cause::vm_crash);
}

TEST(ResetReport, what_pmsg_and_the_ledger_both_have_counts_once_whatever_its_number) {
    Case one;
    one.boot();
    auto note = one.entry(Kind::note, Cause::vm_hang, Step::kill);
    note.uptime_ms = 20;
    note.lease = "a b";  // which pmsg writes a_b
    auto recovered = one.entry(Kind::recovered, Cause::vm_hang, Step::none);
    recovered.uptime_ms = 30;
    recovered.lease = "a b";
    one.add(note).add(recovered);
    note.sequence = kWithoutLedger;
    one.file("pmsg-ramoops-0", std::string(PmsgLine(note).view()));
    ROW(one.hardware(wdt::kCardReset), Cause::hw_watchdog, kHigh);
}

TEST(ResetReport, a_boot_whose_disk_was_dead_is_newer_than_what_the_ledger_has) {
    Case one;
    one.boot().kind(Kind::clean);
    auto note = one.entry(Kind::note, Cause::vm_crash, Step::kill);
    note.boot_id = {7};
    note.sequence = kWithoutLedger;
    one.file("pmsg-ramoops-0", std::string(PmsgLine(note).view()));
    ROW(one, Cause::vm_crash, kMedium);
    note.sequence = 1;  // which is why it does not count from 1
    Case other;
    other.boot().kind(Kind::clean);
    ROW(other.file("pmsg-ramoops-0", std::string(PmsgLine(note).view())), Cause::clean, kHigh);
}

TEST(ResetReport, entries_are_in_the_order_of_the_boots_clock) {
    Case one;
    one.boot();
    auto late = one.entry(Kind::note, Cause::heart_command, Step::kill);
    late.uptime_ms = 50;
    auto early = one.entry(Kind::note, Cause::vm_hang, Step::kill);
    early.uptime_ms = 40;
    ROW(one.add(late).add(early), Cause::vm_hang, kMedium);
}

TEST(ResetReport, a_drill_of_the_hardware_is_a_request_that_the_hardware_may_end) {
    ROW(Case().boot().note(Cause::requested, Step::hardware).hardware(wdt::kCardReset),
        Cause::requested, kHigh);
    ROW(Case().boot().note(Cause::requested, Step::login1).hardware(wdt::kCardReset),
        Cause::requested, kMedium);
}

TEST(ResetReport, a_drill_before_a_hang_is_told_and_judges_nothing) {
    Case one;
    one.boot();
    auto drill = one.entry(Kind::info, Cause::requested, Step::none);
    drill.lease = "uid-1000";
    drill.text = "a drill by uid 0";
    one.add(drill).note(Cause::vm_hang, Step::kill);
    ROW(one, Cause::vm_hang, kMedium);
    CHECK_TRUE(says(make_report(one.findings), "noted too, lease uid-1000: a drill by uid 0"));
}

TEST(ResetReport, what_start_erl_chose_is_told_and_judges_nothing) {
    Case one;
    one.boot();
    for (const char* text : {"start_erl: first", "start_erl: second", "start_erl: third",
                             "start_erl: fourth", "its VM left in order"}) {
        auto info = one.entry(Kind::info, Cause::unknown, Step::none);
        info.lease = "uid-1000";
        info.text = text;
        one.add(info);
    }
    ROW(one, Cause::unknown, kLow);
    const auto report = make_report(one.findings);
    CHECK_FALSE(says(report, "first"));
    CHECK_TRUE(says(report, "noted too: start_erl: second"));
    CHECK_TRUE(says(report, "noted too: start_erl: fourth"));
    CHECK_FALSE(says(report, "left in order"));
}

TEST(ResetReport, what_could_not_be_read_is_told) {
    Case one;
    one.findings.troubles = {"open ledger: Permission denied"};
    CHECK_TRUE(says(make_report(one.findings), "open ledger: Permission denied"));
}

TEST(ResetReport, a_note_torn_at_any_byte_is_told_whole_or_not_at_all) {
    LedgerWriter writer({}, kLast);
    std::vector<std::uint8_t> file(kSlots * kSlotSize);
    const auto put = [&file](const LedgerWriter::Write& write, std::size_t size) {
        std::copy_n(write.bytes.begin(), size,
                    file.begin() + static_cast<std::ptrdiff_t>(write.offset));
    };
    Entry entry;
    entry.kind = Kind::boot;
    put(writer.add(entry), kSlotSize);
    entry.kind = Kind::note;
    entry.cause = Cause::vm_hang;
    entry.lease = "uid-1000";
    entry.text = "given up: no beat from the VM";
    const auto note = writer.add(entry);
    std::size_t told = 0;
    for (std::size_t cut = 0; cut <= kSlotSize; ++cut) {
        put(note, cut);
        Findings findings;
        findings.this_boot = kThis;
        findings.hardware.push_back({"/dev/watchdog0", wdt::kCardReset});
        findings.ledger = read_ledger(file);
        const auto report = make_report(findings);
        CHECK_EQUAL(1U, report.failed_boots);
        CHECK(report.boot == kLast);
        if (report.cause == Cause::vm_hang) {
            ++told;
            STRCMP_EQUAL("uid-1000", report.lease.c_str());
            STRCMP_EQUAL("given up: no beat from the VM", report.text.c_str());
        } else {
            CHECK(report.cause == Cause::hw_watchdog);
            CHECK_EQUAL(cut != 0, says(report, "slots of the ledger are damaged"));
        }
    }
    CHECK_EQUAL(1U, told);  // its last byte is one of the checksum's and not zero
}

TEST(ResetReport, contradictions_are_said) {
    CHECK_TRUE(says(make_report(Case().boot().note(Cause::vm_hang).panic().findings),
                    "but vm_hang was noted before the panic"));
    CHECK_TRUE(says(make_report(Case().boot().kind(Kind::clean).panic().findings),
                    "but the shutdown was orderly before the panic"));
    CHECK_TRUE(
        says(make_report(Case().boot().note(Cause::vm_hang).hardware(wdt::kPowerUnder).findings),
             "but the power failed too"));
    CHECK_TRUE(says(make_report(Case().boot().kind(Kind::clean).hardware(wdt::kCardReset).findings),
                    "but the watchdog ended it"));
}

TEST(ResetReport, tells_who_when_and_how_long_silent) {
    Case one;
    one.boot();
    auto note = one.entry(Kind::note, Cause::vm_hang, Step::kill);
    note.lease = "uid-1000";
    note.text = "no beat for 11 s";
    note.beat_age_ms = 11003;
    one.add(note);
    const auto report = make_report(one.findings);
    STRCMP_EQUAL("uid-1000", report.lease.c_str());
    STRCMP_EQUAL("no beat for 11 s", report.text.c_str());
    CHECK_EQUAL(11003U, report.beat_age_ms);
    CHECK(report.wall_ns == 2000);
    CHECK(report.boot == kLast);
    CHECK_TRUE(says(report, "lease uid-1000, last beat 11.003 s ago: no beat for 11 s"));
    CHECK_TRUE(says(report, "the last step noted was kill"));
}

TEST(ResetReport, of_a_beat_that_never_came_nothing_is_said) {
    Case one;
    one.boot();
    auto note = one.entry(Kind::note, Cause::vm_hang, Step::none);
    note.lease = "uid-1000";
    note.text = "it never came";
    const auto report = make_report(one.add(note).findings);
    CHECK_EQUAL(kBeatAgeUnknown, report.beat_age_ms);
    CHECK_TRUE(says(report, "lease uid-1000: it never came"));
    CHECK_FALSE(says(report, "last beat"));
}

TEST(ResetReport, counts_the_boot_that_failed) {
    CHECK_EQUAL(1U, make_report(Case().boot().findings).failed_boots);
    Case healthy;
    auto up = healthy.entry(Kind::healthy, Cause::unknown, Step::none);
    up.healthy = true;
    CHECK_EQUAL(0U, make_report(healthy.add(up).findings).failed_boots);
}

TEST(ResetReport, a_panic_record_older_than_the_boot_is_set_aside) {
    Case one;
    one.boot().kind(Kind::clean);
    one.findings.pstore.push_back({"dmesg-ramoops-0", kPanic, 999});
    CHECK(make_report(one.findings).cause == Cause::clean);
    CHECK_TRUE(says(make_report(one.findings), "dmesg-ramoops-0 is older"));
    one.findings.pstore[0].wall_ns = 1000;
    CHECK(make_report(one.findings).cause == Cause::kernel_panic);
}

TEST(ResetReport, a_boot_begins_before_its_first_entry) {
    Case one;
    auto boot = one.entry(Kind::boot, Cause::unknown, Step::none);
    boot.wall_ns = 5'000'000'000;
    boot.uptime_ms = 2000;
    one.add(boot);
    one.findings.pstore.push_back({"dmesg-ramoops-0", kPanic, 3'000'000'000});
    CHECK(make_report(one.findings).cause == Cause::kernel_panic);
    one.findings.pstore[0].wall_ns = 2'999'999'999;
    CHECK(make_report(one.findings).cause == Cause::unknown);
}

TEST(ResetReport, a_clock_at_its_end_is_no_reason_to_stop) {
    Case one;
    auto boot = one.entry(Kind::boot, Cause::unknown, Step::none);
    boot.wall_ns = INT64_MIN;
    boot.uptime_ms = ~std::uint64_t{0};
    one.add(boot);
    one.findings.pstore.push_back({"dmesg-ramoops-0", kPanic, INT64_MIN});
    CHECK(make_report(one.findings).cause == Cause::kernel_panic);
}

TEST(ResetReport, the_last_lines_are_the_last_boots_and_the_kernels) {
    Case one;
    one.boot().file("console-ramoops-0", "[ 9.0] kernel line\n");
    for (int i = 99; i >= 0; --i)
        one.findings.black_box.push_back({i % 2 ? kLast : kThis, static_cast<std::uint64_t>(i), 0,
                                          "line " + std::to_string(i) + "\x1b"});
    const auto report = make_report(one.findings);
    CHECK_EQUAL(kLastLines, report.last_lines.size());
    STRCMP_EQUAL("[ 9.0] kernel line", report.last_lines.back().c_str());
    STRCMP_EQUAL("line 99?", report.last_lines[kLastLines - 2].c_str());
    STRCMP_EQUAL("line 97?", report.last_lines[kLastLines - 3].c_str());
}

TEST(ResetReport, where_nothing_names_the_boot_the_newest_line_does) {
    Case one;
    one.findings.black_box.push_back({kLast, 1, 0, "older"});
    one.findings.black_box.push_back({BootId{7}, 1, 0, "newest", 27});
    one.findings.black_box.push_back({kThis, 1, 0, "of now"});
    const auto report = make_report(one.findings);
    CHECK((report.last_lines == std::vector<std::string>{"<err> newest"}));
}

TEST(ResetReport, what_the_kernels_record_has_is_told_once) {
    Case one;
    one.boot().file("console-ramoops-0", "[ 9.0] eth0: link down\n[ 9.5] x\n");
    one.findings.black_box.push_back({kLast, 1, 0, "kernel: eth0: link down", 4});
    one.findings.black_box.push_back(
        {kLast, 2, 0, "eth0: link down", 12});  // not the kernel's word
    one.findings.black_box.push_back({kLast, 3, 0, "kernel: ", 4});
    CHECK((make_report(one.findings).last_lines ==
           std::vector<std::string>{"<warning> eth0: link down",
                                    "<warning> kernel: ", "[ 9.0] eth0: link down", "[ 9.5] x"}));
}

TEST(ResetReport, a_line_in_pmsg_and_on_the_disk_is_told_once) {
    Case one;
    one.boot();
    const BlackBoxLine whole{kLast, 5, 9, std::string(300, 'a'), 28};
    const BlackBoxLine lost{kLast, 6, 9, "not on the disk", 28};
    one.file("pmsg-ramoops-0",
             std::string(PmsgLogLine(whole).view()) + std::string(PmsgLogLine(lost).view()));
    one.findings.black_box.push_back(whole);
    CHECK((make_report(one.findings).last_lines ==
           std::vector<std::string>{"<warning> " + whole.text, "<warning> not on the disk"}));
}

TEST(ResetReport, a_long_black_box_and_a_long_console_share_the_room) {
    Case one;
    one.boot();
    std::string console;
    for (int i = 0; i < 100; ++i) {
        console += "kernel " + std::to_string(i) + "\n";
        one.findings.black_box.push_back({kLast, static_cast<std::uint64_t>(i), 0, "box"});
    }
    const auto report = make_report(one.file("console-ramoops-0", console).findings);
    CHECK_EQUAL(kLastLines, report.last_lines.size());
    STRCMP_EQUAL("box", report.last_lines[kLastLines / 2 - 1].c_str());
    STRCMP_EQUAL("kernel 80", report.last_lines[kLastLines / 2].c_str());
}

TEST(ResetReport, damage_and_gaps_are_said) {
    Case one;
    one.findings.ledger.damaged = 3;
    const auto report = make_report(one.hardware({}).findings);
    CHECK_TRUE(says(report, "3 slots of the ledger are damaged"));
    CHECK_TRUE(says(report, "the ledger has no boot before this one"));
    CHECK_TRUE(says(report, "/dev/watchdog0 says: it cannot tell"));
}
