// SPDX-License-Identifier: Apache-2.0
#include "report/told_records.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace vakt;
using namespace vakt::report;

namespace {

constexpr BootId kFirst{1};
constexpr BootId kSecond{2};

PstoreFile file(const std::string& name, const std::string& bytes = "Panic#1 Part1\nx\n") {
    return {name, bytes, {}};
}
/// Whether a report of that boot passes it over.
bool is_told(PstoreFile one, const ToldRecords& told, const BootId& boot) {
    std::vector<PstoreFile> files{std::move(one)};
    mark_told(files, told, boot);
    return files.front().told;
}

}  // namespace

TEST_GROUP(ToldRecords) {
    const ToldRecords told = told_with({file("dmesg-ramoops-0")}, {}, kFirst);
};

TEST(ToldRecords, a_record_is_told_by_one_boot_and_known_by_its_bytes_alone) {
    CHECK_FALSE(is_told(file("dmesg-ramoops-0"), told, kFirst));
    CHECK_TRUE(is_told(file("dmesg-ramoops-0"), told, kSecond));
    auto moved = file("dmesg-ramoops-1");
    moved.wall_ns = 5;
    CHECK_TRUE(is_told(moved, told, kSecond));
    CHECK_FALSE(is_told(file("dmesg-ramoops-0", "Panic#1 Part1\ny\n"), told, kSecond));
    CHECK_FALSE(is_told(file("dmesg-ramoops-0"), {}, kSecond));
}

TEST(ToldRecords, of_console_pmsg_and_what_cannot_be_read_nothing_is_kept) {
    CHECK_TRUE(
        told_with({file("console-ramoops-0"), file("pmsg-ramoops-0"), file("dmesg-efi-1.enc.z")},
                  {}, kFirst)
            .empty());
    CHECK_FALSE(is_told(file("console-ramoops-0"), told, kSecond));
}

TEST(ToldRecords, what_ramoops_says_of_mended_bits_is_not_the_records) {
    const std::string clean = "Panic#1 Part1\nx";
    const auto first =
        told_with({file("dmesg-ramoops-0", clean + "\nECC: No errors detected\n")}, {}, kFirst);
    CHECK_TRUE(is_told(
        file("dmesg-ramoops-0", clean + "\nECC: 5 Corrected bytes, 0 unrecoverable blocks\n"),
        first, kSecond));
    CHECK_TRUE(is_told(file("dmesg-ramoops-0", clean), first, kSecond));
    CHECK_FALSE(is_told(file("dmesg-ramoops-0", clean + "\nECC: No errors detected\nmore\n"), first,
                        kSecond));
}

TEST(ToldRecords, who_told_first_stays_and_nothing_is_kept_twice) {
    CHECK_TRUE(told_with({file("dmesg-ramoops-0")}, told, kSecond) == told);
    CHECK_TRUE(told_with({}, told, kSecond) == told);
    const auto twice = told_with({file("dmesg-a"), file("dmesg-b")}, {}, kSecond);
    CHECK_EQUAL(1U, twice.size());
}

TEST(ToldRecords, beyond_the_most_the_oldest_that_are_gone_are_forgotten) {
    auto all = told;
    for (std::size_t at = 1; at < kMostTold; ++at)
        all = told_with({file("dmesg-x", std::to_string(at))}, all, kFirst);
    CHECK_EQUAL(kMostTold, all.size());
    CHECK_TRUE(is_told(file("dmesg-ramoops-0"), all, kSecond));
    const auto there = told_with({file("dmesg-ramoops-0"), file("dmesg-new", "new")}, all, kSecond);
    CHECK_EQUAL(kMostTold, there.size());
    CHECK_TRUE(is_told(file("dmesg-ramoops-0"), there, kSecond));
    CHECK_FALSE(is_told(file("dmesg-x", "1"), there, kSecond));
    CHECK_TRUE(is_told(file("dmesg-x", "2"), there, kSecond));
}

TEST(ToldRecords, a_slot_torn_at_any_byte_leaves_the_one_before_it) {
    const auto two = told_with({file("dmesg-b", "b")}, told, kSecond);
    const auto three = told_with({file("dmesg-c", "c")}, two, kSecond);
    const auto first = slot_of({1, told});
    const auto second = slot_of({2, two});
    const auto third = slot_of({3, three});
    CHECK_EQUAL(3U, read_slots(second + third).number);
    CHECK_TRUE(read_slots(second + third).told == three);
    CHECK_TRUE(read_slots(third + second).told == three);
    // Not all of what is new differs from what is old.
    const auto differs = third.rfind(" ") - 1;
    for (std::size_t size = 0; size < differs; ++size) {
        const auto torn = second + third.substr(0, size) + first.substr(size);
        const auto read = read_slots(torn);
        CHECK_TRUE(read.told == two && read.number == 2);
    }
    CHECK_TRUE(read_slots(second + third.substr(0, 40)).told == two);
    CHECK_EQUAL(0U, read_slots(std::string(kToldSlots * kToldSlot, '\0')).number);
    CHECK_TRUE(read_slots("").told.empty());
}

TEST(ToldRecords, an_older_programs_file_counts_until_a_slot_is_written) {
    const auto old = text_of(told);
    CHECK_TRUE(read_slots(old).told == told);
    const auto room = old + std::string(kToldSlot - old.size(), '\0');
    CHECK_TRUE(read_slots(room + std::string(kToldSlot, '\0')).told == told);
    const auto next = told_with({file("dmesg-b", "b")}, told, kSecond);
    const auto slot = slot_of({1, next});
    CHECK_TRUE(read_slots(room + slot).told == next);
    for (std::size_t size = 0; size < text_of(next).size() + 5; ++size)
        CHECK_TRUE(
            read_slots(room + slot.substr(0, size) + std::string(kToldSlot - size, '\0')).told ==
            told);
}

TEST(ToldRecords, what_an_earlier_boot_kept_counts_be_it_nothing) {
    CHECK_FALSE(kept_before({}, kSecond));
    CHECK_FALSE(kept_before({1, told}, kFirst));
    CHECK_TRUE(kept_before({1, told}, kSecond));
    CHECK_TRUE(kept_before({1, {}}, kFirst));
    CHECK_TRUE(kept_before({2, told}, kFirst));
    // An older program's file is there where it told of something.
    CHECK_TRUE(kept_before({0, told}, kSecond));
    CHECK_FALSE(kept_before({0, told}, kFirst));
}

TEST(ToldRecords, the_most_there_can_be_has_room_in_a_slot) {
    ToldRecords most(kMostTold, {kSecond, UINT32_MAX, UINT64_MAX});
    const auto slot = slot_of({UINT64_MAX, most});
    CHECK_EQUAL(kToldSlot, slot.size());
    CHECK_TRUE(read_slots(slot).told == most);
}

TEST(ToldRecords, what_is_written_is_read_and_anything_else_is_nothing) {
    const auto two = told_with({file("dmesg-b", "b")}, told, kSecond);
    const auto text = text_of(two);
    STRCMP_CONTAINS("vakt-told 1\n01000000-0000-0000-0000-000000000000 ", text.c_str());
    CHECK_TRUE(read_told(text) == two);
    CHECK_TRUE(read_told(text_of({})).empty());
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_TRUE(read_told(text.substr(0, size)).empty());
    CHECK_TRUE(read_told(text + "end\n").empty());
    CHECK_TRUE(read_told("vakt-told 2\nend\n").empty());
    CHECK_TRUE(read_told("vakt-told 1\nx 1 2\nend\n").empty());
}
