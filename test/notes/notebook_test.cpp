// SPDX-License-Identifier: Apache-2.0
#include "notes/notebook.h"

#include <CppUTest/TestHarness.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "report/report_json.h"
#include "sys/clock.h"
#include "test/support/scratch.h"

using namespace vakt;
using notes::Notebook;
using report::Entry;
using report::Kind;

namespace {

constexpr report::BootId kFirst{1};
constexpr report::BootId kSecond{2};
constexpr std::size_t kLongestReport = std::size_t{1} << 20;

Entry of(Kind kind, const char* lease = "", std::uint64_t uptime_ms = 0) {
    Entry entry;
    entry.kind = kind;
    entry.lease = lease;
    entry.uptime_ms = uptime_ms;
    return entry;
}

bool held_by_another(const Status& status) {
    return !status && status.error().code == std::errc::resource_unavailable_try_again;
}

}  // namespace

TEST_GROUP(Notebook) {
    Scratch scratch;
    void setup() override {
        for (const char* name : {"run", "pstore"}) ::mkdir(scratch.at(name).c_str(), 0755);
    }
    notes::NotebookPlaces places(const report::BootId& boot) const {
        return {scratch.at("state"), scratch.at("run"), scratch.at("pstore"), "", boot};
    }
    Notebook begun(const report::BootId& boot) const {
        Notebook notebook(places(boot));
        CHECK_TRUE(static_cast<bool>(notebook.begin()));
        return notebook;
    }
    report::LedgerContent ledger() const {
        const auto text = scratch.get("state/ledger");
        return report::read_ledger(
            {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    }
    report::ToldRecords told() const {
        return report::read_slots(scratch.get("state/pstore_told")).told;
    }
    long number_of(Kind kind) const {
        const auto entries = ledger().entries;
        return std::count_if(entries.begin(), entries.end(),
                             [&](const Entry& one) { return one.kind == kind; });
    }
    std::string report() const { return scratch.get("run/reset_report.json"); }
    void reports(const char* words) const { STRCMP_CONTAINS(words, report().c_str()); }
    /// A record of a panic, by a clock that was `step` away from ours.
    void panic(const std::string& words, std::chrono::milliseconds step) const {
        scratch.put("pstore/dmesg-ramoops-0", "Panic#1 Part1\n[ 1.0] " + words + "\n");
        const auto path = scratch.at("pstore/dmesg-ramoops-0");
        std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) + step);
    }
    /// As far back as the beginning of this boot and an hour more.
    static std::chrono::milliseconds before_the_boot() {
        return std::chrono::milliseconds(-static_cast<std::int64_t>(sys::uptime_ms())) -
               std::chrono::hours(1);
    }
};

// ---- the ledger ----

TEST(Notebook, the_first_boot_makes_directory_and_ledger_and_is_noted_once) {
    {
        const auto notebook = begun(kFirst);
        CHECK_FALSE(notebook.boot_was_there());
        CHECK_EQUAL(1U, notebook.boots());
        CHECK_EQUAL(2U, notebook.next_sequence());
    }
    const auto again = begun(kFirst);
    CHECK_TRUE(again.boot_was_there());
    CHECK_EQUAL(1U, again.boots());
    CHECK_EQUAL(2U, again.next_sequence());
    CHECK_EQUAL(1, number_of(Kind::boot));
    CHECK_EQUAL(report::kSlots * report::kSlotSize, scratch.get("state/ledger").size());
}

TEST(Notebook, a_boot_that_did_not_come_up_counts_as_failed_and_one_that_did_does_not) {
    { const auto first = begun(kFirst); }
    {
        auto second = begun(kSecond);
        CHECK_EQUAL(2U, second.boots());
        CHECK_EQUAL(1U, second.failed_boots());
        CHECK_TRUE(static_cast<bool>(second.write(of(Kind::healthy))));
    }
    const auto third = begun({3});
    CHECK_EQUAL(3U, third.boots());
    CHECK_EQUAL(0U, third.failed_boots());
}

TEST(Notebook, the_ledger_keeps_the_newest_64_entries) {
    auto notebook = begun(kFirst);
    for (std::size_t n = 1; n < report::kSlots; ++n)
        CHECK_TRUE(static_cast<bool>(notebook.write(of(Kind::note))));
    CHECK_EQUAL(report::kSlots, ledger().entries.size());
    CHECK_EQUAL(1, number_of(Kind::boot));
    CHECK_TRUE(static_cast<bool>(notebook.write(of(Kind::note))));
    CHECK_EQUAL(report::kSlots, ledger().entries.size());
    CHECK_EQUAL(0, number_of(Kind::boot));
    CHECK_EQUAL(report::kSlots + 1, ledger().entries.back().sequence);
}

TEST(Notebook, beyond_its_budget_what_judges_nothing_is_refused_and_a_verdict_is_not) {
    auto notebook = begun(kFirst);
    for (std::uint32_t n = 0; n < report::InfoBudget::kAtOnce; ++n)
        CHECK_TRUE(static_cast<bool>(notebook.write(of(Kind::info))));
    CHECK_FALSE(static_cast<bool>(notebook.write(of(Kind::info))));
    CHECK_FALSE(
        static_cast<bool>(notebook.write(of(Kind::snoozed, "", report::InfoBudget::kMinute - 1))));
    CHECK_EQUAL(long{report::InfoBudget::kAtOnce}, number_of(Kind::info));
    CHECK_TRUE(static_cast<bool>(notebook.write(of(Kind::note))));
    CHECK_TRUE(static_cast<bool>(notebook.write(of(Kind::info, "", report::InfoBudget::kMinute))));
    STRCMP_EQUAL(" (before it 2 more, not written)",
                 std::string(ledger().entries.back().text.view()).c_str());
}

TEST(Notebook, who_had_the_report_in_this_boot_is_remembered_once_and_across_restarts) {
    {
        auto notebook = begun(kFirst);
        CHECK_TRUE(notebook.taken().empty());
        for (const char* lease : {"vm", "", "vm"})
            CHECK_TRUE(static_cast<bool>(notebook.write(of(Kind::reported, lease))));
        CHECK_EQUAL(2U, notebook.taken().size());
    }
    CHECK_EQUAL(2U, begun(kFirst).taken().size());
    CHECK_EQUAL(0U, begun(kSecond).taken().size());
}

TEST(Notebook, one_that_another_program_has_is_waited_for_then_read_and_later_written) {
    Notebook late(places(kSecond));
    {
        const auto holder = begun(kFirst);
        const auto began = sys::now();
        CHECK_TRUE(held_by_another(late.begin()));
        CHECK_TRUE(sys::now() - began >= std::chrono::milliseconds(1500));
        CHECK_EQUAL(2U, late.next_sequence());
        CHECK_EQUAL(0U, late.boots());
        CHECK_TRUE(held_by_another(late.write(of(Kind::note))));
    }
    CHECK_TRUE(static_cast<bool>(late.write(of(Kind::note))));
    CHECK_EQUAL(2U, late.boots());
    CHECK_EQUAL(3U, late.next_sequence());
    CHECK_TRUE(static_cast<bool>(late.make_report()));
    reports("/state/ledger: ");
}

TEST(Notebook, without_a_ledger_numbers_begin_where_no_ledgers_do) {
    scratch.put("state", "no directory");
    Notebook notebook(places(kFirst));
    CHECK_FALSE(static_cast<bool>(notebook.begin()));
    CHECK_TRUE(notebook.next_sequence() == report::kWithoutLedger);
    CHECK_FALSE(static_cast<bool>(notebook.write(of(Kind::note))));
}

TEST(Notebook, no_link_is_followed_to_a_ledger) {
    ::mkdir(scratch.at("state").c_str(), 0755);
    scratch.put("elsewhere", "untouched");
    scratch.link(scratch.at("elsewhere"), "state/ledger");
    Notebook notebook(places(kFirst));
    CHECK_FALSE(static_cast<bool>(notebook.begin()));
    STRCMP_EQUAL("untouched", scratch.get("elsewhere").c_str());
    CHECK_TRUE(notebook.next_sequence() == report::kWithoutLedger);
}

// ---- the report ----

TEST(Notebook, the_report_is_of_the_boot_before_and_everybody_may_read_it) {
    { const auto before = begun(kFirst); }
    auto notebook = begun(kSecond);
    notebook.hardware({"soft", wdt::kCardReset});
    CHECK_TRUE(static_cast<bool>(notebook.make_report()));
    CHECK_TRUE(report::is_report_of(report(), kSecond));
    reports(R"("cause":"hw_watchdog")");
    reports(report::boot_id_text(kFirst).c_str());
    CHECK_EQUAL(0644U, scratch.status("run/reset_report.json").st_mode & 07777U);
}

TEST(Notebook, a_boot_has_one_report_and_another_boots_or_a_torn_one_is_made_anew) {
    auto first = begun(kFirst);
    CHECK_TRUE(static_cast<bool>(first.make_report()));
    const auto made = scratch.status("run/reset_report.json").st_ino;
    CHECK_TRUE(static_cast<bool>(first.make_report()));
    CHECK_EQUAL(made, scratch.status("run/reset_report.json").st_ino);
    const auto whole = report();
    scratch.put("run/reset_report.json", whole.substr(0, whole.size() - 1));
    CHECK_TRUE(static_cast<bool>(first.make_report()));
    CHECK_TRUE(report::is_report_of(report(), kFirst));
    Notebook second(places(kSecond));
    CHECK_TRUE(static_cast<bool>(second.make_report()));
    CHECK_TRUE(report::is_report_of(report(), kSecond));
}

TEST(Notebook, a_record_of_a_panic_is_told_of_by_one_boots_report_alone) {
    { const auto before = begun(kFirst); }
    scratch.put("pstore/dmesg-ramoops-0", "Panic#1 Part1\n[ 1.0] x\n");
    {
        auto second = begun(kSecond);
        CHECK_TRUE(static_cast<bool>(second.make_report()));
        CHECK_TRUE(static_cast<bool>(second.keep_told()));
        reports(R"("cause":"kernel_panic")");
        CHECK_EQUAL(0600U, scratch.status("state/pstore_told").st_mode & 07777U);
    }
    {
        auto again = begun(kSecond);
        scratch.put("run/reset_report.json", "");
        CHECK_TRUE(static_cast<bool>(again.make_report()));
        CHECK_TRUE(static_cast<bool>(again.keep_told()));
        reports(R"("cause":"kernel_panic")");
        CHECK_TRUE(static_cast<bool>(again.write(of(Kind::note))));
    }
    const auto kept = scratch.status("state/pstore_told").st_ino;
    auto third = begun({3});
    CHECK_TRUE(static_cast<bool>(third.make_report()));
    CHECK_TRUE(static_cast<bool>(third.keep_told()));
    reports("dmesg-ramoops-0 is what an earlier report told of");
    CHECK_TRUE(report().find("kernel_panic") == std::string::npos);
    CHECK_EQUAL(kept, scratch.status("state/pstore_told").st_ino);
}

// The clock was ahead when the boot before began, and was set back before the panic; or it was
// behind.
TEST(Notebook, a_panic_after_the_clock_was_set_is_told_once_whichever_way) {
    std::uint8_t boot = 1;
    {
        auto first = begun({boot});
        CHECK_TRUE(static_cast<bool>(first.make_report()));
        CHECK_TRUE(static_cast<bool>(first.keep_told()));
    }
    for (const auto step : {before_the_boot(), -before_the_boot()}) {
        { const auto panics = begun({++boot}); }
        panic("in boot " + std::to_string(boot), step);
        for (const char* cause : {R"("cause":"kernel_panic")", R"("cause":"unknown")"}) {
            auto next = begun({++boot});
            CHECK_TRUE(static_cast<bool>(next.make_report()));
            CHECK_TRUE(static_cast<bool>(next.keep_told()));
            reports(cause);
        }
    }
}

TEST(Notebook, a_record_from_before_the_installation_is_told_of_as_old_and_never_again) {
    panic("x", before_the_boot());
    { const auto before = begun(kFirst); }
    for (int again = 0; again < 2; ++again) {
        auto second = begun(kSecond);
        scratch.put("run/reset_report.json", "");
        CHECK_TRUE(static_cast<bool>(second.make_report()));
        CHECK_TRUE(static_cast<bool>(second.keep_told()));
        reports("dmesg-ramoops-0 is older than the boot before");
        CHECK_TRUE(report().find("kernel_panic") == std::string::npos);
    }
    auto third = begun({3});
    CHECK_TRUE(static_cast<bool>(third.make_report()));
    reports("dmesg-ramoops-0 is what an earlier report told of");
    CHECK_TRUE(report().find("kernel_panic") == std::string::npos);
}

TEST(Notebook, without_a_record_nothing_is_told_and_what_cannot_be_kept_is_said) {
    {
        auto first = begun(kFirst);
        CHECK_TRUE(static_cast<bool>(first.make_report()));
        CHECK_TRUE(static_cast<bool>(first.keep_told()));
        CHECK_TRUE(told().empty());
        CHECK_FALSE(scratch.has("run/pstore_told"));
    }
    scratch.put("pstore/dmesg-ramoops-0", "Panic#1 Part1\n[ 1.0] x\n");
    std::filesystem::remove(scratch.at("state/pstore_told"));
    ::mkdir(scratch.at("state/pstore_told").c_str(), 0755);
    auto second = begun(kSecond);
    CHECK_TRUE(static_cast<bool>(second.make_report()));
    CHECK_FALSE(static_cast<bool>(second.keep_told()));
    reports("kernel_panic");
    CHECK_TRUE(scratch.has("run/pstore_told"));
    // One that comes to it later in this boot keeps it.
    std::filesystem::remove(scratch.at("state/pstore_told"));
    Notebook later(places(kSecond));
    CHECK_TRUE(static_cast<bool>(later.make_report()));
    CHECK_TRUE(static_cast<bool>(later.keep_told()));
    CHECK_EQUAL(1U, told().size());
    CHECK_FALSE(scratch.has("run/pstore_told"));
}

TEST(Notebook, that_nothing_was_told_and_cannot_be_kept_is_nothing_to_say) {
    ::mkdir(scratch.at("state").c_str(), 0755);
    ::mkdir(scratch.at("state/pstore_told").c_str(), 0755);
    auto first = begun(kFirst);
    CHECK_TRUE(static_cast<bool>(first.make_report()));
    CHECK_TRUE(static_cast<bool>(first.keep_told()));
    CHECK_FALSE(scratch.has("run/pstore_told"));
}

TEST(Notebook, what_could_not_be_kept_in_another_boot_is_not_kept_in_this_one) {
    scratch.put("pstore/dmesg-ramoops-0", "Panic#1 Part1\n[ 1.0] x\n");
    auto first = begun(kFirst);
    CHECK_TRUE(static_cast<bool>(first.make_report()));
    const auto left = scratch.get("run/pstore_told");
    CHECK_TRUE(static_cast<bool>(first.keep_told()));
    std::filesystem::remove(scratch.at("pstore/dmesg-ramoops-0"));
    Notebook second(places(kSecond));
    CHECK_TRUE(static_cast<bool>(second.make_report()));
    scratch.put("run/pstore_told", left);
    std::filesystem::remove(scratch.at("state/pstore_told"));
    CHECK_TRUE(static_cast<bool>(second.make_report()));
    CHECK_TRUE(static_cast<bool>(second.keep_told()));
    CHECK_FALSE(scratch.has("state/pstore_told"));
}

TEST(Notebook, what_was_told_is_kept_where_no_file_can_grow_any_more) {
    { const auto before = begun(kFirst); }
    scratch.put("pstore/dmesg-ramoops-0", "Panic#1 Part1\n[ 1.0] x\n");
    const auto room = scratch.status("state/pstore_told");
    auto second = begun(kSecond);
    CHECK_TRUE(static_cast<bool>(second.make_report()));
    CHECK_TRUE(static_cast<bool>(second.keep_told()));
    const auto kept = scratch.status("state/pstore_told");
    CHECK_EQUAL(room.st_ino, kept.st_ino);
    CHECK_EQUAL(room.st_size, kept.st_size);
    CHECK_EQUAL(1U, told().size());
}

TEST(Notebook, what_an_older_one_kept_in_its_file_is_known) {
    scratch.put("pstore/dmesg-ramoops-0", "Panic#1 Part1\n[ 1.0] x\n");
    {
        auto first = begun(kFirst);
        CHECK_TRUE(static_cast<bool>(first.make_report()));
        CHECK_TRUE(static_cast<bool>(first.keep_told()));
    }
    const auto text = report::text_of(told());
    std::filesystem::remove(scratch.at("state/pstore_told"));
    scratch.put("state/pstore_told", text);
    auto second = begun(kSecond);
    CHECK_TRUE(static_cast<bool>(second.make_report()));
    reports("dmesg-ramoops-0 is what an earlier report told of");
    CHECK_EQUAL(1U, told().size());
}

TEST(Notebook, a_report_of_1_MiB_is_one_and_one_of_a_byte_more_is_made_anew) {
    auto notebook = begun(kFirst);
    CHECK_TRUE(static_cast<bool>(notebook.make_report()));
    auto large = report();
    large.insert(large.size() - 2, kLongestReport - large.size(), ' ');
    scratch.put("run/reset_report.json", large);
    CHECK_TRUE(static_cast<bool>(notebook.make_report()));
    CHECK_EQUAL(kLongestReport, report().size());
    large.insert(large.size() - 2, 1, ' ');
    scratch.put("run/reset_report.json", large);
    CHECK_TRUE(static_cast<bool>(notebook.make_report()));
    CHECK_TRUE(report().size() < kLongestReport);
}

TEST(Notebook, without_its_directory_there_is_no_report_and_a_word_why) {
    auto gone = places(kFirst);
    gone.run_dir = scratch.at("gone");
    Notebook notebook(gone);
    const auto made = notebook.make_report();
    CHECK_FALSE(static_cast<bool>(made));
    STRCMP_CONTAINS(gone.run_dir.c_str(), describe(made.error()).c_str());
}
