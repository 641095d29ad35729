// SPDX-License-Identifier: Apache-2.0
#include "report/keeper_note.h"

#include <CppUTest/TestHarness.h>

#include <string>

#include "report/pmsg_note.h"

using namespace vakt;
using namespace vakt::report;
using keeper::EndKind;
using keeper::Note;
using keeper::NoteKind;
using std::chrono::milliseconds;
using std::chrono::seconds;
using KeeperCause = keeper::Cause;

namespace {

constexpr Instant kNow{seconds(1000)};

Entry made(NoteKind kind, KeeperCause cause = KeeperCause::none, Instant deadline = kNever,
           EndKind end = EndKind::reboot) {
    const Note note{.id = 7,
                    .kind = kind,
                    .cause = cause,
                    .end = end,
                    .subject = "uid-1000",
                    .deadline = deadline,
                    .by = 1000};
    return entry_of(note, Moment{kNow, -5, 42, 11000});
}

void check_text(const char* words, const Entry& entry) {
    STRCMP_EQUAL(words, std::string(entry.text.view()).c_str());
}

}  // namespace

TEST_GROUP(KeeperNote){};

TEST(KeeperNote, carries_its_times_and_whose_it_is) {
    const auto entry = made(NoteKind::given_up, KeeperCause::vm_silent, kNow + milliseconds(50001));
    CHECK(entry.kind == Kind::note);
    CHECK(entry.cause == Cause::vm_hang);
    CHECK(entry.step == Step::kill);
    CHECK(entry.lease == "uid-1000");
    CHECK(entry.wall_ns == -5);
    CHECK_EQUAL(42U, entry.uptime_ms);
    CHECK_EQUAL(11000U, entry.beat_age_ms);
    check_text("given up: no beat from the VM; reset in 51 s at the latest", entry);
}

TEST(KeeperNote, a_deadline_that_is_past_leaves_no_time) {
    check_text("silent; reset in 0 s at the latest",
               made(NoteKind::warned, KeeperCause::none, kNow));
    check_text("silent; reset in 1 s at the latest",
               made(NoteKind::warned, KeeperCause::none, kNow + milliseconds(1)));
    check_text("silent; reset in 0 s at the latest",
               made(NoteKind::warned, KeeperCause::none, kNow - seconds(5)));
    check_text("silent", made(NoteKind::warned));
}

TEST(KeeperNote, a_lease_that_counts_no_more_is_not_said_to_beat) {
    check_text("beats again", made(NoteKind::recovered, KeeperCause::vm_silent, kNow));
    check_text("does not count any more", made(NoteKind::recovered, KeeperCause::vm_silent));
}

TEST(KeeperNote, each_kind_judges_what_it_should) {
    CHECK(made(NoteKind::warned).kind == Kind::info);
    CHECK(made(NoteKind::retired).kind == Kind::info);
    CHECK(made(NoteKind::drill, KeeperCause::drill).kind == Kind::info);
    CHECK(made(NoteKind::disarmed, KeeperCause::requested).kind == Kind::info);
    CHECK(made(NoteKind::stale, KeeperCause::evidence).kind == Kind::info);
    CHECK(made(NoteKind::left).kind == Kind::info);
    CHECK(made(NoteKind::recovered).kind == Kind::recovered);
    CHECK(made(NoteKind::snoozed).kind == Kind::snoozed);
    CHECK(made(NoteKind::clean).kind == Kind::clean);
    CHECK(made(NoteKind::command).kind == Kind::note);
    CHECK(made(NoteKind::command).step == Step::heart_command);
    CHECK(made(NoteKind::verdict).kind == Kind::note);
    CHECK(made(NoteKind::verdict).step == Step::login1);
    CHECK(made(NoteKind::verdict, KeeperCause::drill).step == Step::hardware);
    CHECK(made(NoteKind::given_up, KeeperCause::never_came).step == Step::none);
}

TEST(KeeperNote, an_evidence_is_named_in_the_text_and_is_no_lease) {
    const auto entry = made(NoteKind::verdict, KeeperCause::evidence);
    CHECK_TRUE(entry.lease.empty());
    CHECK(entry.cause == Cause::evidence);
    check_text("reboot: evidence is stale: uid-1000", entry);
}

TEST(KeeperNote, a_request_says_who_asked) {
    check_text("power off: asked for by uid 1000",
               made(NoteKind::verdict, KeeperCause::requested, kNever, EndKind::poweroff));
    check_text("reboot by the hardware alone: a drill by uid 1000",
               made(NoteKind::verdict, KeeperCause::drill));
    check_text("a watchdog is to be disarmed: asked for by uid 1000",
               made(NoteKind::disarmed, KeeperCause::requested));
}

TEST(KeeperNote, every_note_has_words_that_fit_with_the_longest_name_and_numbers) {
    for (std::uint8_t kind = 0; kind <= static_cast<std::uint8_t>(NoteKind::left); ++kind) {
        for (std::uint8_t cause = 0; cause < keeper::kCauses; ++cause) {
            const Note note{.kind = static_cast<NoteKind>(kind),
                            .cause = static_cast<KeeperCause>(cause),
                            .end = EndKind::poweroff,
                            .subject = "12345678901234567890123456789012",
                            .deadline = kNow + std::chrono::hours(24 * 365 * 250),
                            .by = 4294967295};
            const auto entry = entry_of(note, Moment{.now = kNow});
            CHECK_FALSE(entry.text.empty());
            CHECK_TRUE(entry.text.view().size() < 157);
        }
    }
}

TEST(KeeperNote, comes_through_pmsg_as_it_went_in) {
    auto entry = made(NoteKind::verdict, KeeperCause::vm_crash, kNow + seconds(10));
    entry.sequence = 3;
    const auto read = read_pmsg(PmsgLine(entry).view());
    CHECK_EQUAL(1U, read.size());
    CHECK(read[0] == entry);
}
