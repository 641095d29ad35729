// SPDX-License-Identifier: Apache-2.0
#include "report/black_box.h"

#include <CppUTest/TestHarness.h>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace vakt::report;

namespace {

constexpr BootId kFirst{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                        0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
constexpr BootId kSecond{0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
                         0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};
constexpr std::uint8_t kErr = 27;
constexpr std::uint8_t kDebug = 31;

using File = std::vector<std::uint8_t>;

BlackBoxLine line(std::uint64_t sequence, std::uint8_t pri, const BootId& boot = kFirst) {
    return {.boot_id = boot,
            .sequence = sequence,
            .wall_ns = 1,
            .text = "line " + std::to_string(sequence),
            .pri = pri};
}

BoxSlot placed(const BlackBoxLine& its) {
    auto slot = box_slot(its);
    static_cast<void>(BoxPlacer({2, 1}).place(slot));
    return slot;
}

std::vector<PlacedLine> read(std::span<const std::uint8_t> file, std::size_t most = 1000) {
    BoxReader reader(most);
    reader.feed(file);
    return reader.lines();
}
std::size_t damaged(std::span<const std::uint8_t> file) {
    BoxReader reader(10);
    reader.feed(file);
    return reader.damaged();
}
std::vector<std::uint64_t> numbers(const std::vector<PlacedLine>& lines) {
    std::vector<std::uint64_t> all;
    all.reserve(lines.size());
    for (const auto& one : lines) all.push_back(one.line.sequence);
    return all;
}

/// A file and who writes it, as the bridge's child does.
struct Box {
    BoxShape shape = BoxShape::of(kLeastBox);
    File bytes = File(static_cast<std::size_t>(shape.size()));
    BoxPlacer placer{shape};

    Box() {
        const auto header = box_header(shape);
        std::copy(header.begin(), header.end(), bytes.begin());
    }
    /// As pwrite does it, cut after `size` bytes.
    void put(const BlackBoxLine& its, std::size_t size = kBoxSlot) {
        auto slot = box_slot(its);
        const auto at = placer.place(slot);
        std::copy_n(slot.begin(), size, bytes.begin() + static_cast<std::ptrdiff_t>(at));
    }
    /// Another program goes on.
    void reopen() {
        placer = BoxPlacer(shape);
        for (std::uint32_t at = 0; at < shape.slots; ++at)
            if (const auto found = read_box_slot(
                    std::span(bytes).subspan((std::size_t{at} + 1) * kBoxSlot, kBoxSlot)))
                placer.found(at, *found);
    }
};

}  // namespace

TEST_GROUP(BlackBox) { Box box; };

TEST(BlackBox, no_bytes_and_zeros_hold_nothing_and_nothing_damaged) {
    CHECK_TRUE(read({}).empty());
    const File zeros(4096, 0);
    CHECK_TRUE(read(zeros).empty());
    CHECK_EQUAL(0U, damaged(zeros));
    CHECK_EQUAL(0U, damaged(box.bytes));  // a header is no damage
}

TEST(BlackBox, every_field_is_read_back_at_its_extremes) {
    BlackBoxLine full{.boot_id = kSecond,
                      .sequence = ~std::uint64_t{0},
                      .wall_ns = INT64_MIN,
                      .text = std::string(kBoxText, '\0'),
                      .pri = 191,
                      .source = 255,
                      .mono_ns = ~std::uint64_t{0},
                      .repeats = ~std::uint32_t{0},
                      .cut = true,
                      .gap = true,
                      .malformed = true};
    CHECK(read_box_slot(placed(full))->line == full);
    const BlackBoxLine least;
    CHECK(read_box_slot(placed(least))->line == least);
}

TEST(BlackBox, a_longer_text_is_its_beginning_and_marked) {
    auto long_one = line(1, kDebug);
    long_one.text = std::string(kBoxText, 'a');
    CHECK_FALSE(read_box_slot(placed(long_one))->line.cut);
    long_one.text += 'b';
    const auto back = read_box_slot(placed(long_one))->line;
    CHECK_TRUE(back.cut);
    CHECK(back.text == std::string(kBoxText, 'a'));
}

TEST(BlackBox, the_golden_file_is_what_is_written_and_read) {
    std::ifstream in("test/data/black_box/v1.bin", std::ios::binary);
    const File golden{std::istreambuf_iterator<char>(in), {}};
    CHECK_EQUAL(kLeastBox, golden.size());
    const auto shape = read_box_header(golden);
    CHECK_TRUE(shape.has_value());
    CHECK(*shape == BoxShape::of(kLeastBox));
    CHECK_EQUAL(0U, damaged(golden));
    const auto lines = read(golden);
    CHECK((numbers(lines) == std::vector<std::uint64_t>{40, 41, 42, 1}));

    const auto& error = lines[0];
    CHECK_EQUAL(9U, error.serial);
    CHECK(error.line.boot_id == kFirst);
    CHECK(error.line.wall_ns == 1700000900123456789);
    CHECK(error.line.mono_ns == 904200000000);
    CHECK_EQUAL(3, error.line.pri);
    CHECK_EQUAL(2, error.line.source);
    CHECK_EQUAL(2U, error.line.repeats);
    STRCMP_EQUAL("kernel: EXT4-fs error", error.line.text.c_str());
    CHECK_TRUE(lines[1].line.cut);
    CHECK_TRUE(lines[2].line.gap);
    CHECK_EQUAL(kNoPri, lines[2].line.pri);
    CHECK(lines[3].line.wall_ns == -5);
    CHECK_TRUE(lines[3].line.malformed);

    // Placed anew in the order of the serials, each is where it was.
    Box again;
    again.placer.found(14, {.serial = 8, .line = {}});
    for (const auto& one : lines) again.put(one.line);
    CHECK(again.bytes == golden);
}

TEST(BlackBox, a_slot_with_any_one_bit_changed_is_damaged) {
    const auto slot = placed(line(7, kErr));
    for (std::size_t bit = 0; bit < kBoxSlot * 8; ++bit) {
        File file(slot.begin(), slot.end());
        file[bit / 8] = static_cast<std::uint8_t>(file[bit / 8] ^ 1U << (bit % 8));
        CHECK_TRUE(read(file).empty());
        CHECK_EQUAL(1U, damaged(file));
    }
}

TEST(BlackBox, a_file_cut_at_any_byte_gives_what_was_whole) {
    for (std::uint64_t n = 1; n <= 11; ++n) box.put(line(n, kDebug));
    const auto first = (std::size_t{box.shape.urgent} + 1) * kBoxSlot;
    for (std::size_t size = 0; size <= box.bytes.size(); ++size) {
        const auto whole = size < first ? 0 : std::min<std::size_t>((size - first) / kBoxSlot, 11);
        CHECK_EQUAL(whole, read(std::span(box.bytes).first(size)).size());
    }
}

TEST(BlackBox, a_write_torn_at_any_byte_leaves_all_else_readable) {
    for (std::uint64_t n = 1; n <= 30; ++n) box.put(line(n, n % 5 == 0 ? kErr : kDebug));
    const auto before = read(box.bytes);
    for (std::size_t cut = 0; cut <= kBoxSlot; ++cut) {
        auto torn = box;
        torn.put(line(31, kDebug), cut);
        const auto lines = numbers(read(torn.bytes));
        // The oldest of its ring goes: 15 others from 30 back are 12, 13, 14, 16, ...
        auto wanted = numbers(before);
        const auto oldest = std::find(wanted.begin(), wanted.end(), 16U);
        if (lines == wanted) continue;  // nothing of it came, or no byte that differs
        wanted.erase(oldest);
        if (lines != wanted) wanted.push_back(31);
        CHECK(lines == wanted);
        CHECK(damaged(torn.bytes) <= 1);
        if (cut == kBoxSlot) CHECK_EQUAL(31U, lines.back());
        // And whoever goes on takes the torn slot.
        torn.reopen();
        torn.put(line(32, kDebug));
        CHECK_EQUAL(32U, read(torn.bytes).back().line.sequence);
        if (lines.back() != 31) CHECK_EQUAL(0U, damaged(torn.bytes));
    }
}

TEST(BlackBox, chatter_does_not_push_out_what_is_urgent) {
    box.put(line(1, kErr));
    for (std::uint64_t n = 2; n <= 1000; ++n) box.put(line(n, n % 2 == 0 ? kDebug : kNoPri));
    const auto lines = numbers(read(box.bytes));
    CHECK_EQUAL(1U, lines.front());
    CHECK_EQUAL(1U + box.shape.slots - box.shape.urgent, lines.size());
    CHECK_EQUAL(1000U, lines.back());
}

TEST(BlackBox, old_boots_stay_until_they_are_overwritten_and_come_first) {
    for (std::uint64_t n = 1; n <= 3; ++n) box.put(line(n, kDebug, kFirst));
    box.reopen();
    for (std::uint64_t n = 1; n <= 3; ++n) box.put(line(n, kDebug, kSecond));
    const auto lines = read(box.bytes);
    CHECK((numbers(lines) == std::vector<std::uint64_t>{1, 2, 3, 1, 2, 3}));
    CHECK(lines[2].line.boot_id == kFirst);
    CHECK(lines[3].line.boot_id == kSecond);
}

TEST(BlackBox, a_reader_keeps_the_newest_of_each_kind_and_passes_over_a_boot) {
    for (std::uint64_t n = 1; n <= 12; ++n) box.put(line(n, n % 4 == 0 ? kErr : kDebug));
    CHECK((numbers(read(box.bytes, 2)) == std::vector<std::uint64_t>{8, 10, 11, 12}));
    CHECK_TRUE(read(box.bytes, 0).empty());
    BoxReader others(100, kFirst);
    box.put(line(1, kErr, kSecond));
    others.feed(box.bytes);
    CHECK((numbers(others.lines()) == std::vector<std::uint64_t>{1}));
}

TEST(BlackBox, in_a_large_file_too_the_newest_are_kept) {
    Box large;
    large.shape = BoxShape::of(2000 * kBoxSlot);
    large.bytes.resize(static_cast<std::size_t>(large.shape.size()));
    large.placer = BoxPlacer(large.shape);
    for (std::uint64_t n = 1; n <= 5000; ++n) large.put(line(n, kDebug));
    const auto lines = read(large.bytes, 3);
    CHECK((numbers(lines) == std::vector<std::uint64_t>{4998, 4999, 5000}));
}

TEST(BlackBox, the_largest_serial_there_is_stops_no_writer) {
    box.placer.found(14, {.serial = ~std::uint64_t{0} - 1, .line = {}});
    for (std::uint64_t n = 1; n <= 3; ++n) box.put(line(n, kDebug));
    CHECK_EQUAL(3U, read(box.bytes).size());
}

TEST(BlackBox, a_shape_is_a_quarter_for_the_urgent_and_never_without_either) {
    CHECK((BoxShape::of(0) == BoxShape{15, 3}));
    CHECK((BoxShape::of(kLeastBox + kBoxSlot - 1) == BoxShape{15, 3}));
    CHECK((BoxShape::of(kLeastBox + kBoxSlot) == BoxShape{16, 4}));
    CHECK_EQUAL(1U << 20, BoxShape::of(1U << 20).size());
    CHECK_EQUAL(kLargestBox, BoxShape::of(~std::uint64_t{0}).size());
    CHECK_FALSE(read_box_header(box_header({4, 0})).has_value());
    CHECK_FALSE(read_box_header(box_header({4, 4})).has_value());
    CHECK_TRUE(read_box_header(box_header({4, 3})).has_value());
    CHECK_FALSE(read_box_header(std::span(box.bytes).first(kBoxSlot - 1)).has_value());
}
