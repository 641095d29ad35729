// SPDX-License-Identifier: Apache-2.0
#include "wire/record_bytes.h"

#include <CppUTest/TestHarness.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "test/support/allocations.h"
#include "test/support/bridge_samples.h"

using namespace vakt;
using namespace vakt::syslog;
using wire::Stamp;

namespace {

/// Of an entry that was taken, what was put.
Entry as_put(const wire::StampedEntry& taken) {
    auto entry = taken.entry;
    if (taken.time_is_ours) entry.record.time_ns.reset();
    return entry;
}

}  // namespace

TEST_GROUP(RecordBytes) {
    std::vector<unsigned char> room = std::vector<unsigned char>(wire::kLongestRecord);

    [[nodiscard]] std::string_view put(const Entry& entry, const Stamp& stamp = {}) {
        const auto size = wire::put_entry(entry, stamp, room);
        return {reinterpret_cast<const char*>(room.data()), size};
    }
    [[nodiscard]] std::string_view put(const Gap& gap, const Stamp& stamp = {}) {
        const auto size = wire::put_gap(gap, stamp, room);
        return {reinterpret_cast<const char*>(room.data()), size};
    }
    static wire::StampedEntry taken(std::string_view bytes) {
        const auto read = wire::take_record(bytes);
        CHECK_TRUE(read.has_value());
        CHECK_TRUE(bytes.empty());
        CHECK_TRUE(std::holds_alternative<wire::StampedEntry>(*read));
        return std::get<wire::StampedEntry>(*read);
    }
    static bool refused(std::string_view bytes) {
        const auto before = bytes;
        const bool none = !wire::take_record(bytes).has_value();
        if (none) CHECK_TRUE(bytes.data() == before.data() && bytes.size() == before.size());
        return none;
    }
    /// What was read, written again.
    std::string again(const std::variant<wire::StampedEntry, wire::StampedGap>& read) {
        if (const auto* entry = std::get_if<wire::StampedEntry>(&read))
            return std::string(put(as_put(*entry), entry->stamp));
        const auto& gap = std::get<wire::StampedGap>(read);
        return std::string(put(gap.gap, gap.stamp));
    }
};

TEST(RecordBytes, every_sample_has_the_golden_bytes_and_meaning_of_version_1) {
    const auto golden = test::golden_bridge_bytes();
    const auto samples = test::sample_records();
    CHECK_TRUE(golden.size() > samples.size());
    for (std::size_t n = 0; n < samples.size(); ++n) {
        const auto& [name, bytes] = samples[n];
        STRCMP_EQUAL(golden[n].name.c_str(), name.c_str());
        STRCMP_EQUAL(golden[n].hex.c_str(), test::hex(bytes).c_str());
        std::string_view rest(bytes);
        const auto read = wire::take_record(rest);
        CHECK_TRUE(read.has_value());
        const auto words = std::visit([](const auto& r) { return test::meaning(r); }, *read);
        STRCMP_EQUAL(golden[n].meaning.c_str(), words.c_str());
    }
}

TEST(RecordBytes, records_behind_each_other_are_taken_one_by_one) {
    const auto all = test::sample_bytes();
    std::string_view rest(all);
    for (const auto& [name, bytes] : test::sample_records()) {
        const auto read = wire::take_record(rest);
        CHECK_TRUE(read.has_value());
        CHECK_TRUE(again(*read) == bytes);
    }
    CHECK_TRUE(rest.empty());
    CHECK_TRUE(refused(rest));
}

TEST(RecordBytes, no_beginning_of_a_record_is_one) {
    for (const auto& [name, bytes] : test::sample_records())
        for (std::size_t size = 0; size < bytes.size(); ++size)
            CHECK_TRUE(refused(std::string_view(bytes).substr(0, size)));
}

TEST(RecordBytes, bytes_with_any_bit_changed_are_refused_or_are_what_is_written) {
    int read_all = 0;
    int refused_all = 0;
    for (auto [name, bytes] : test::sample_records())
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            const auto flip = static_cast<char>(1U << bit % 8);
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ flip);
            std::string_view rest(bytes);
            if (const auto read = wire::take_record(rest)) {
                ++read_all;
                CHECK_TRUE(again(*read) == bytes.substr(0, bytes.size() - rest.size()));
            } else {
                ++refused_all;
            }
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ flip);
        }
    CHECK_TRUE(read_all > 1000);
    CHECK_TRUE(refused_all > 1000);
}

TEST(RecordBytes, random_entries_come_back_as_they_were) {
    std::mt19937 random(7);
    const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
    const std::string source_bytes(3000, 'b');
    for (int turn = 0; turn < 5000; ++turn) {
        Entry entry;
        auto& record = entry.record;
        std::string raw(any(4) == 0 ? 0 : 1 + any(400), ' ');
        for (auto& c : raw) c = static_cast<char>(random());
        entry.raw = raw;
        // Six parts in their order within raw, or anywhere if there is none.
        std::size_t behind = 0;
        for (auto* part : {&record.host, &record.app, &record.pid, &record.msgid,
                           &record.structured, &record.text}) {
            if (any(3) == 0) continue;
            if (raw.empty()) {
                *part = std::string_view(source_bytes).substr(any(1000), any(500));
            } else if (behind < raw.size()) {
                const auto start = behind + any(raw.size() - behind);
                *part = std::string_view(raw).substr(start, any(raw.size() - start + 1));
                if (!part->empty()) behind = start + part->size();
            }
            if (part->empty()) *part = {};
        }
        record.form = static_cast<Form>(any(5));
        record.malformed = any(2) == 0;
        record.utf8 = any(2) == 0;
        if (any(3) != 0) record.pri = Pri(static_cast<std::uint8_t>(any(192)));
        if (any(3) != 0) record.time_ns = static_cast<std::int64_t>(random()) * 2000000007 - 1;
        entry.source = static_cast<Source>(any(kSourceNames.size()));
        entry.mono_ns = any(2) * random();
        entry.source_seq = any(2) * random();
        if (any(2) == 0) entry.sender = Sender{static_cast<std::uint32_t>(random()), 0};
        entry.unit = std::string_view(source_bytes).substr(0, any(3) == 0 ? any(256) : 0);
        entry.cut = any(5) == 0;
        const Stamp stamp{.seq = random(),
                          .origin = static_cast<std::uint8_t>(random()),
                          .read_ns = 17,
                          .repeats = static_cast<std::uint32_t>(random())};

        const auto read = taken(put(entry, stamp));
        CHECK_TRUE(as_put(read) == entry);
        CHECK_EQUAL(stamp.seq, read.stamp.seq);
        CHECK_EQUAL(stamp.origin, read.stamp.origin);
        CHECK_EQUAL(stamp.repeats, read.stamp.repeats);
        CHECK_TRUE(read.time_is_ours == !record.time_ns);
        CHECK_EQUAL(record.time_ns.value_or(17), *read.entry.record.time_ns);
    }
}

TEST(RecordBytes, a_record_without_time_has_the_kernels_and_only_then_the_readers) {
    Entry entry{.record = {.text = "text"}};
    const Stamp stamp{.read_ns = 30};
    CHECK_EQUAL(30, *taken(put(entry, stamp)).entry.record.time_ns);
    entry.taken_ns = 20;
    const auto read = taken(put(entry, stamp));
    CHECK_EQUAL(20, *read.entry.record.time_ns);
    CHECK_TRUE(read.time_is_ours);
    entry.record.time_ns = 10;
    CHECK_EQUAL(10, *taken(put(entry, stamp)).entry.record.time_ns);
    CHECK_FALSE(taken(put(entry, stamp)).time_is_ours);
}

TEST(RecordBytes, parts_that_lie_elsewhere_are_composed_and_raw_is_forgotten) {
    const std::string raw = "<13>app: text";
    const std::string elsewhere = "unescaped";
    const auto view = std::string_view(raw);
    Entry entry{.record = {.app = view.substr(4, 3), .text = view.substr(9)}, .raw = view};
    CHECK_TRUE(taken(put(entry)).entry.raw == raw);
    entry.record.text = elsewhere;
    const auto read = taken(put(entry));
    CHECK_TRUE(read.entry.raw.empty());
    CHECK_TRUE(read.entry.record.app == "app");
    CHECK_TRUE(read.entry.record.text == "unescaped");
    CHECK_EQUAL(wire::kRecordHead + 3 + 9, put(entry).size());
}

TEST(RecordBytes, parts_in_another_order_or_over_each_other_are_composed) {
    const std::string raw = "text host";
    const auto view = std::string_view(raw);
    Entry entry{.record = {.host = view.substr(5), .text = view.substr(0, 4)}, .raw = view};
    auto read = taken(put(entry));
    CHECK_TRUE(read.entry.raw.empty());
    CHECK_TRUE(read.entry.record.host == "host" && read.entry.record.text == "text");
    entry.record.host = view.substr(0, 4);
    entry.record.text = view.substr(3);
    read = taken(put(entry));
    CHECK_TRUE(read.entry.raw.empty());
    CHECK_TRUE(read.entry.record.text == "t host");
    entry.record.text = view.substr(4);
    CHECK_TRUE(taken(put(entry)).entry.raw == raw);
}

TEST(RecordBytes, a_part_that_begins_in_raw_and_ends_behind_it_is_composed) {
    const std::string all = "text and more";
    const auto view = std::string_view(all);
    Entry entry{.record = {.text = view.substr(0, 5)}, .raw = view.substr(0, 4)};
    CHECK_TRUE(taken(put(entry)).entry.raw.empty());
    CHECK_TRUE(taken(put(entry)).entry.record.text == "text ");
    entry.raw = view.substr(1, 12);
    CHECK_TRUE(taken(put(entry)).entry.raw.empty());
}

TEST(RecordBytes, bytes_are_cut_above_65535_and_marked) {
    const std::string raw(wire::kLongestBytes + 1, 'r');
    for (const std::size_t size : {wire::kLongestBytes, wire::kLongestBytes + 1}) {
        const auto view = std::string_view(raw).substr(0, size);
        const Entry entry{.record = {.host = view.substr(0, 4), .text = view.substr(10)},
                          .raw = view};
        const auto read = taken(put(entry));
        CHECK_TRUE(read.entry.cut == (size > wire::kLongestBytes));
        CHECK_EQUAL(wire::kLongestBytes, read.entry.raw.size());
        CHECK_EQUAL(4U, read.entry.record.host.size());
        CHECK_EQUAL(wire::kLongestBytes - 10, read.entry.record.text.size());
    }
    // A part wholly behind the cut is not there any more.
    const std::string longer(wire::kLongestBytes + 100, 'r');
    const auto view = std::string_view(longer);
    const auto read = taken(put({.record = {.host = view.substr(0, wire::kLongestBytes + 1),
                                            .text = view.substr(wire::kLongestBytes + 50)},
                                 .raw = view}));
    CHECK_EQUAL(wire::kLongestBytes, read.entry.record.host.size());
    CHECK_TRUE(read.entry.record.text.empty());
}

TEST(RecordBytes, composed_parts_are_cut_above_65535_together_and_marked) {
    const std::string text(wire::kLongestBytes - 3, 't');
    CHECK_FALSE(taken(put({.record = {.app = "app", .text = text}})).entry.cut);
    const auto read = taken(put({.record = {.app = "four", .text = text}}));
    CHECK_TRUE(read.entry.cut);
    CHECK_EQUAL(wire::kLongestBytes - 4, read.entry.record.text.size());
    const std::string host(wire::kLongestBytes + 1, 'h');
    const auto only = taken(put({.record = {.host = host, .text = "gone"}}));
    CHECK_EQUAL(wire::kLongestBytes, only.entry.record.host.size());
    CHECK_TRUE(only.entry.record.text.empty());
}

TEST(RecordBytes, a_unit_is_cut_above_255_bytes_and_the_longest_record_fits_its_room) {
    const std::string unit(256, 'u');
    const std::string raw(wire::kLongestBytes, 'r');
    const auto longest = std::string_view(unit).substr(0, 255);
    CHECK_FALSE(taken(put({.raw = raw, .unit = longest})).entry.cut);
    const auto read = taken(put({.raw = raw, .unit = unit}));
    CHECK_TRUE(read.entry.cut);
    CHECK_EQUAL(255U, read.entry.unit.size());
    CHECK_EQUAL(wire::kLongestRecord, put({.raw = raw, .unit = unit}).size());
}

TEST(RecordBytes, words_of_a_gap_are_cut_above_255_bytes) {
    for (const std::size_t size : {0U, 255U, 256U}) {
        const std::string words(size, 'w');
        auto bytes = put(Gap{.words = words});
        CHECK_EQUAL(wire::kGapHead + std::min<std::size_t>(size, 255), bytes.size());
        CHECK_FALSE(refused(bytes));
    }
    std::string longer(put(Gap{.words = std::string(255, 'w')}));
    longer += 'w';
    longer[3] = static_cast<char>(longer.size() - 4);
    longer[2] = static_cast<char>((longer.size() - 4) >> 8);
    CHECK_TRUE(refused(longer));
}

TEST(RecordBytes, sizes_that_contradict_each_other_are_refused) {
    const Entry entry{.record = {.text = "text"}, .unit = "u"};
    const std::string good(put(entry));
    CHECK_FALSE(refused(good));
    const auto with = [&](std::size_t place, int value) {
        auto bytes = good;
        bytes[place] = static_cast<char>(value);
        return bytes;
    };
    CHECK_TRUE(refused(with(3, static_cast<int>(good.size()) - 4 - 1)));
    CHECK_TRUE(refused(with(3, static_cast<int>(good.size()) - 4 + 1) + "x"));
    CHECK_TRUE(refused(with(0, 255)));
    CHECK_TRUE(refused(with(3, 11)));  // less than what both kinds have
    CHECK_TRUE(refused(with(47, 2)));  // unit
    CHECK_TRUE(refused(with(79, 5)));  // text, longer than the bytes
    CHECK_TRUE(refused(with(79, 3)));  // or than what is composed
    CHECK_TRUE(refused(with(77, 1)));  // skip, where nothing is skipped
    CHECK_TRUE(refused(with(57, 1)));  // skip of an empty one
    CHECK_TRUE(refused(with(51, 1)));  // a sender's pid without its flag
}

TEST(RecordBytes, kinds_flags_and_enumerators_beyond_their_last_value_are_refused) {
    const auto with = [](std::string bytes, std::size_t place, int value) {
        bytes[place] = static_cast<char>(value);
        return bytes;
    };
    const std::string entry(put(Entry{.record = {.text = "text"}}));
    const std::string gap(put(Gap{}));
    CHECK_TRUE(refused(with(entry, 4, 2)));
    CHECK_FALSE(refused(with(entry, 5, 6)));
    CHECK_TRUE(refused(with(entry, 5, 7)));
    CHECK_TRUE(refused(with(gap, 5, 7)));
    CHECK_FALSE(refused(with(entry, 7, 191)));
    CHECK_TRUE(refused(with(entry, 7, 192)));
    CHECK_FALSE(refused(with(gap, 7, 4)));
    CHECK_TRUE(refused(with(gap, 7, 5)));
    CHECK_FALSE(refused(with(entry, 44, 4)));
    CHECK_TRUE(refused(with(entry, 44, 5)));        // form
    CHECK_TRUE(refused(with(entry, 44, 8)));        // bit 11
    CHECK_TRUE(refused(with(entry, 45, 32 + 64)));  // bit 6
}

TEST(RecordBytes, nothing_is_written_or_read_by_way_of_the_heap) {
    const std::string raw = "<13>Nov 21 18:04:15 board sshd[77]: session opened";
    const Entry entry{.record = read_message(raw, {}), .raw = raw};
    bool read = false;
    int allocated = 0;
    {
        const fake::Allocations allocations;
        auto bytes = put(entry);
        read = wire::take_record(bytes).has_value();
        allocated = allocations.count();
    }
    CHECK_TRUE(read);
    CHECK_EQUAL(0, allocated);
}
