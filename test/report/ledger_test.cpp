// SPDX-License-Identifier: Apache-2.0
#include "report/ledger.h"

#include <CppUTest/TestHarness.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

using namespace vakt;
using namespace vakt::report;

namespace {

constexpr BootId kFirst{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                        0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
constexpr BootId kSecond{0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
                         0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};

using File = std::vector<std::uint8_t>;

std::vector<Entry> entries_of(const File& file) { return read_ledger(file).entries; }

/// As pwrite does it, cut after `size` bytes.
void put(File& file, const LedgerWriter::Write& write, std::size_t size = kSlotSize) {
    const auto end = static_cast<std::size_t>(write.offset) + size;
    if (size != 0 && file.size() < end) file.resize(end);
    std::copy_n(write.bytes.begin(), size,
                file.begin() + static_cast<std::ptrdiff_t>(write.offset));
}

Entry of(Kind kind, Cause cause = Cause::unknown, const char* text = "") {
    Entry entry;
    entry.kind = kind;
    entry.cause = cause;
    entry.text = text;
    return entry;
}

/// One boot whose entries are these, on top of what the file has.
LedgerWriter boot(File& file, const BootId& id, std::initializer_list<Entry> entries) {
    LedgerWriter writer(entries_of(file), id);
    for (const auto& entry : entries) put(file, writer.add(entry));
    return writer;
}

}  // namespace

TEST_GROUP(Ledger){};

TEST(Ledger, an_empty_file_holds_nothing_and_nothing_damaged) {
    CHECK_TRUE(read_ledger({}).entries.empty());
    const File zeros(kSlots * kSlotSize, 0);
    CHECK_TRUE(read_ledger(zeros).entries.empty());
    CHECK_EQUAL(0U, read_ledger(zeros).damaged);
}

TEST(Ledger, every_field_is_read_back_at_its_extremes) {
    Entry entry;
    entry.kind = Kind::info;
    entry.cause = Cause::clean;
    entry.step = Step::hardware;
    entry.sequence = ~std::uint64_t{0};
    entry.boot_id = kSecond;
    entry.wall_ns = INT64_MIN;
    entry.uptime_ms = ~std::uint64_t{0};
    entry.boots = 0xfffffffe;
    entry.failed_boots = 0xfffffffd;
    entry.beat_age_ms = 0xfffffffe;
    entry.healthy = true;
    entry.ended = true;
    entry.lease = FixedText<32>(std::string(32, 'l'));
    entry.text = FixedText<157>(std::string(157, 't'));
    CHECK(decode(encode(entry)) == entry);
    Entry least;
    least.sequence = 1;
    CHECK(decode(encode(least)) == least);
}

TEST(Ledger, the_golden_file_is_what_is_written_and_read) {
    std::ifstream in("test/data/ledger/v1.bin", std::ios::binary);
    const File golden{std::istreambuf_iterator<char>(in), {}};
    CHECK_EQUAL(kSlots * kSlotSize, golden.size());
    const auto content = read_ledger(golden);
    CHECK_EQUAL(4U, content.entries.size());
    CHECK_EQUAL(0U, content.damaged);

    const auto& hang = content.entries[2];
    CHECK(hang.kind == Kind::note);
    CHECK(hang.cause == Cause::vm_hang);
    CHECK(hang.step == Step::heart_command);
    CHECK_EQUAL(64U, hang.sequence);
    CHECK(hang.boot_id == kFirst);
    CHECK(hang.wall_ns == 1700000900123456789);
    CHECK_EQUAL(904200U, hang.uptime_ms);
    CHECK_EQUAL(7U, hang.boots);
    CHECK_EQUAL(2U, hang.failed_boots);
    CHECK_EQUAL(11003U, hang.beat_age_ms);
    CHECK_TRUE(hang.healthy);
    CHECK_FALSE(hang.ended);
    CHECK(hang.lease == FixedText<32>("uid-1000"));
    CHECK(hang.text == FixedText<157>("no beat for 11 s"));
    CHECK(content.entries[3].wall_ns == -5);

    File written(golden.size(), 0);
    for (const auto& entry : content.entries) {
        const auto slot = encode(entry);
        std::copy(
            slot.begin(), slot.end(),
            written.begin() + static_cast<std::ptrdiff_t>(entry.sequence % kSlots * kSlotSize));
    }
    CHECK(written == golden);
}

TEST(Ledger, a_write_torn_at_any_byte_leaves_all_else_readable) {
    File file;
    LedgerWriter writer({}, kFirst);
    std::vector<Entry> written;
    // Beyond one turn of the ring, so that writes to empty and to used slots are torn.
    for (std::size_t n = 0; n < kSlots * 2 + 3; ++n) {
        const auto write = writer.add(of(Kind::note, Cause::vm_hang, n % 2 ? "odd" : "even text"));
        const auto oldest = written.size() < kSlots ? 0 : written.size() - kSlots;
        // Every slot is alike; the first, the last and those at each turn of the ring will do.
        const bool at_a_turn = n % kSlots < 3 || n % kSlots > kSlots - 3;
        for (std::size_t cut = 0; at_a_turn && cut <= kSlotSize; ++cut) {
            File torn = file;
            put(torn, write, cut);
            const auto content = read_ledger(torn);
            // What was there, but for the slot that was being written.
            std::vector<Entry> wanted(written.begin() + static_cast<std::ptrdiff_t>(oldest),
                                      written.end());
            if (cut == kSlotSize) wanted.push_back(write.entry);
            const bool slot_was_used = written.size() >= kSlots;
            const bool slot_survives = cut == 0;
            if (slot_was_used && !slot_survives) wanted.erase(wanted.begin());
            // Bytes that are the same in both may make a cut one whole, old or new.
            if (content.entries != wanted) {
                CHECK(cut != 0 && cut != kSlotSize);
                auto as_new = wanted;
                as_new.push_back(write.entry);
                auto as_old = wanted;
                if (slot_was_used) as_old.insert(as_old.begin(), written[oldest]);
                CHECK(content.entries == as_new || content.entries == as_old);
            }
            CHECK(content.damaged <= 1);
        }
        put(file, write);
        written.push_back(write.entry);
    }
    CHECK_EQUAL(kSlots, read_ledger(file).entries.size());
}

TEST(Ledger, after_a_torn_write_the_next_boot_goes_on_from_what_is_left) {
    for (std::size_t cut = 0; cut <= kSlotSize; ++cut) {
        File file;
        auto writer = boot(file, kFirst, {of(Kind::boot), of(Kind::healthy)});
        put(file, writer.add(of(Kind::note, Cause::vm_hang)), cut);
        LedgerWriter next(entries_of(file), kSecond);
        CHECK_EQUAL(2U, next.boots());
        put(file, next.add(of(Kind::boot)));
        const auto content = read_ledger(file);
        CHECK(content.entries.back().boot_id == kSecond);
        CHECK(content.entries.size() >= 3);
        CHECK_EQUAL(0U, content.damaged);  // the next write took the torn slot
    }
}

TEST(Ledger, a_slot_with_any_one_bit_changed_is_damaged) {
    Entry entry = of(Kind::note, Cause::vm_crash, "text");
    entry.sequence = 64;
    const auto slot = encode(entry);
    for (std::size_t bit = 0; bit < kSlotSize * 8; ++bit) {
        File file(slot.begin(), slot.end());
        file[bit / 8] = static_cast<std::uint8_t>(file[bit / 8] ^ 1U << (bit % 8));
        const auto content = read_ledger(file);
        CHECK_TRUE(content.entries.empty());
        CHECK_EQUAL(1U, content.damaged);
    }
}

TEST(Ledger, an_entry_in_another_entrys_slot_is_damaged) {
    Entry entry = of(Kind::boot);
    entry.sequence = 65;
    const auto slot = encode(entry);
    CHECK_EQUAL(1U, read_ledger(slot).damaged);  // it belongs into slot 1
}

TEST(Ledger, a_file_cut_short_or_too_long_gives_what_it_has) {
    File file;
    boot(file, kFirst, {of(Kind::boot), of(Kind::healthy), of(Kind::clean)});
    file.resize(file.size() - 1);
    CHECK_EQUAL(2U, read_ledger(file).entries.size());
    CHECK_EQUAL(1U, read_ledger(file).damaged);
    file.assign(kSlots * kSlotSize + 1000, 0xff);
    CHECK_EQUAL(kSlots, read_ledger(file).damaged);
}

TEST_GROUP(LedgerWriter) { File file; };

TEST(LedgerWriter, slot_follows_slot_and_the_ring_closes) {
    LedgerWriter writer({}, kFirst);
    CHECK_EQUAL(1 * kSlotSize, writer.add(of(Kind::boot)).offset);
    for (int i = 2; i < 64; ++i) static_cast<void>(writer.add(of(Kind::snoozed)));
    CHECK_EQUAL(0U, writer.add(of(Kind::snoozed)).offset);
    CHECK_EQUAL(1 * kSlotSize, writer.add(of(Kind::snoozed)).offset);
}

TEST(LedgerWriter, the_same_boot_again_is_not_another_boot) {
    const auto first = boot(file, kFirst, {of(Kind::boot)});
    CHECK_TRUE(first.is_new_boot());
    const LedgerWriter again(entries_of(file), kFirst);
    CHECK_FALSE(again.is_new_boot());
    CHECK_EQUAL(1U, again.boots());
    const LedgerWriter other(entries_of(file), kSecond);
    CHECK_TRUE(other.is_new_boot());
    CHECK_EQUAL(2U, other.boots());
}

TEST(LedgerWriter, boots_that_neither_came_up_nor_ended_in_order_are_counted_in_a_row) {
    boot(file, {1}, {of(Kind::boot)});
    boot(file, {2}, {of(Kind::boot), of(Kind::note, Cause::vm_hang)});
    CHECK_EQUAL(2U, boot(file, {3}, {of(Kind::boot)}).failed_boots());
    CHECK_EQUAL(3U, boot(file, {4}, {of(Kind::boot)}).failed_boots());
}

TEST(LedgerWriter, a_healthy_boot_ends_the_row_however_it_ends) {
    boot(file, {1}, {of(Kind::boot)});
    boot(file, {2}, {of(Kind::boot), of(Kind::healthy), of(Kind::note, Cause::vm_hang)});
    CHECK_EQUAL(0U, boot(file, {3}, {of(Kind::boot)}).failed_boots());
}

TEST(LedgerWriter, an_orderly_end_without_health_neither_counts_nor_ends_the_row) {
    boot(file, {1}, {of(Kind::boot)});
    boot(file, {2}, {of(Kind::boot), of(Kind::clean)});
    boot(file, {3}, {of(Kind::boot), of(Kind::note, Cause::requested)});
    CHECK_EQUAL(1U, boot(file, {4}, {of(Kind::boot)}).failed_boots());
}

// A heart command may ask for the restart: a release that crashes at each start is no orderly end.
TEST(LedgerWriter, a_restart_asked_for_after_a_fault_is_no_orderly_end) {
    for (const auto cause : {Cause::vm_hang, Cause::vm_crash, Cause::evidence}) {
        File looping;
        for (std::uint8_t id = 1; id < 4; ++id)
            boot(looping, {id},
                 {of(Kind::boot), of(Kind::note, cause), of(Kind::note, Cause::requested)});
        CHECK_EQUAL(3U, boot(looping, {4}, {of(Kind::boot)}).failed_boots());
    }
}

TEST(LedgerWriter, one_asked_for_before_the_fault_or_after_it_was_recovered_from_is) {
    boot(file, {1},
         {of(Kind::boot), of(Kind::note, Cause::requested), of(Kind::note, Cause::vm_crash)});
    boot(file, {2},
         {of(Kind::boot), of(Kind::note, Cause::vm_crash), of(Kind::recovered),
          of(Kind::note, Cause::requested)});
    CHECK_EQUAL(0U, boot(file, {3}, {of(Kind::boot)}).failed_boots());
}

TEST(LedgerWriter, a_fault_is_known_to_the_next_writer_of_the_boot_and_to_no_other_boots) {
    boot(file, {1}, {of(Kind::boot), of(Kind::note, Cause::vm_crash), of(Kind::info)});
    boot(file, {1}, {of(Kind::note, Cause::requested)});
    boot(file, {2}, {of(Kind::boot), of(Kind::note, Cause::requested)});
    CHECK_EQUAL(1U, boot(file, {3}, {of(Kind::boot)}).failed_boots());
}

TEST(LedgerWriter, health_is_remembered_though_its_entry_has_left_the_ring) {
    auto writer = boot(file, {1}, {of(Kind::boot), of(Kind::healthy)});
    for (std::size_t i = 0; i < kSlots + 5; ++i) put(file, writer.add(of(Kind::snoozed)));
    CHECK_EQUAL(0U, LedgerWriter(entries_of(file), {2}).failed_boots());
    CHECK_FALSE(LedgerWriter(entries_of(file), {1}).is_new_boot());
}
