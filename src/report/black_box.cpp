// SPDX-License-Identifier: Apache-2.0
// The black box: the last records of each boot, in slots of a file that survive a power cut.
#include "report/black_box.h"

#include <algorithm>
#include <string_view>

#include "base/byte_stream.h"
#include "base/crc32.h"

namespace vakt::report {

namespace {

constexpr std::string_view kHeaderMagic = "VKBB";
constexpr std::string_view kSlotMagic = "VKBS";
constexpr std::size_t kCovered = kBoxSlot - 4;
constexpr std::size_t kPriAt = 5;
constexpr std::size_t kSerialAt = 8;
constexpr std::uint8_t kCut = 1;
constexpr std::uint8_t kGap = 2;
constexpr std::uint8_t kMalformed = 4;

bool all_zero(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

bool is_urgent_pri(std::uint8_t pri) { return pri != kNoPri && pri % 8 <= 3; }

void put_checksum(BoxSlot& slot) {
    put_big_endian(slot.data() + kCovered, 4, crc32(std::span(slot).first(kCovered)));
}

bool is_whole(std::span<const std::uint8_t> slot) {
    return slot.size() == kBoxSlot &&
           get_big_endian(slot.data() + kCovered, 4) == crc32(slot.first(kCovered));
}

}  // namespace

bool is_urgent(const BlackBoxLine& line) { return is_urgent_pri(line.pri); }

BoxSlot box_slot(const BlackBoxLine& line) {
    BoxSlot slot{};
    ByteWriter out(slot);
    const auto text = std::string_view(line.text).substr(0, kBoxText);
    const bool cut = line.cut || text.size() < line.text.size();
    out.bytes(kSlotMagic);
    out.number(kBoxVersion);
    out.number(line.pri);
    out.number(line.source);
    out.number(static_cast<std::uint8_t>((cut ? kCut : 0) | (line.gap ? kGap : 0) |
                                         (line.malformed ? kMalformed : 0)));
    out.number(std::uint64_t{0});
    for (const auto byte : line.boot_id) out.number(byte);
    out.number(line.sequence);
    out.number(static_cast<std::uint64_t>(line.wall_ns));
    out.number(line.mono_ns);
    out.number(line.repeats);
    out.number(static_cast<std::uint16_t>(text.size()));
    out.bytes(text);
    return slot;
}

std::optional<PlacedLine> read_box_slot(std::span<const std::uint8_t> slot) {
    if (!is_whole(slot)) return std::nullopt;
    ByteReader in(slot.first(kCovered));
    if (in.bytes(kSlotMagic.size()) != kSlotMagic) return std::nullopt;
    if (in.number<std::uint8_t>() != kBoxVersion) return std::nullopt;
    PlacedLine placed;
    auto& line = placed.line;
    line.pri = in.number<std::uint8_t>();
    line.source = in.number<std::uint8_t>();
    const auto flags = in.number<std::uint8_t>();
    line.cut = (flags & kCut) != 0;
    line.gap = (flags & kGap) != 0;
    line.malformed = (flags & kMalformed) != 0;
    placed.serial = in.number<std::uint64_t>();
    for (auto& byte : line.boot_id) byte = in.number<std::uint8_t>();
    line.sequence = in.number<std::uint64_t>();
    line.wall_ns = static_cast<std::int64_t>(in.number<std::uint64_t>());
    line.mono_ns = in.number<std::uint64_t>();
    line.repeats = in.number<std::uint32_t>();
    const auto size = in.number<std::uint16_t>();
    const auto field = in.bytes(kBoxText);
    if (!in.all_read() || size > kBoxText || placed.serial == 0) return std::nullopt;
    if (flags > (kCut | kGap | kMalformed) || (line.pri > 191 && line.pri != kNoPri))
        return std::nullopt;
    if (!all_zero(field.substr(size))) return std::nullopt;
    line.text = field.substr(0, size);
    return placed;
}

BoxShape BoxShape::of(std::uint64_t bytes) {
    const auto chunks = std::clamp<std::uint64_t>(bytes, kLeastBox, kLargestBox) / kBoxSlot;
    const auto slots = static_cast<std::uint32_t>(chunks - 1);
    return {slots, slots / 4};
}

BoxSlot box_header(const BoxShape& shape) {
    BoxSlot header{};
    ByteWriter out(header);
    out.bytes(kHeaderMagic);
    out.number(kBoxVersion);
    out.bytes({"\0\0\0", 3});
    out.number(static_cast<std::uint32_t>(kBoxSlot));
    out.number(shape.slots);
    out.number(shape.urgent);
    put_checksum(header);
    return header;
}

std::optional<BoxShape> read_box_header(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kBoxSlot) return std::nullopt;
    const auto chunk = bytes.first(kBoxSlot);
    ByteReader in(chunk.subspan(12));
    const auto slots = in.number<std::uint32_t>();
    const auto urgent = in.number<std::uint32_t>();
    const BoxShape shape{slots, urgent};
    if (urgent == 0 || urgent >= slots) return std::nullopt;
    const auto same = box_header(shape);
    if (!std::equal(same.begin(), same.end(), chunk.begin())) return std::nullopt;
    return shape;
}

// ---- reading ----

void BoxReader::feed(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto chunk = bytes.first(std::min(bytes.size(), kBoxSlot));
        bytes = bytes.subspan(chunk.size());
        auto placed = read_box_slot(chunk);
        if (!placed) {
            const std::string_view text(reinterpret_cast<const char*>(chunk.data()), chunk.size());
            if (!all_zero(text) && !read_box_header(chunk)) ++damaged_;
            continue;
        }
        if (without_ && placed->line.boot_id == *without_) continue;
        auto& lines = is_urgent(placed->line) ? urgent_ : others_;
        lines.push_back(std::move(*placed));
        if (lines.size() >= 2 * most_ + 64) keep_newest(lines, most_);
    }
}

void BoxReader::keep_newest(std::vector<PlacedLine>& lines, std::size_t most) const {
    if (lines.size() <= most) return;
    std::nth_element(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(most), lines.end(),
                     [](const auto& a, const auto& b) { return a.serial > b.serial; });
    lines.resize(most);
}

std::vector<PlacedLine> BoxReader::lines() {
    keep_newest(urgent_, most_);
    keep_newest(others_, most_);
    std::vector<PlacedLine> all = urgent_;
    all.insert(all.end(), others_.begin(), others_.end());
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.serial < b.serial; });
    return all;
}

// ---- writing ----

BoxPlacer::BoxPlacer(const BoxShape& shape)
    : rings_{Ring{.first = 0, .size = shape.urgent, .next = 0},
             Ring{.first = shape.urgent, .size = shape.slots - shape.urgent, .next = 0}} {}

void BoxPlacer::found(std::uint32_t slot, const PlacedLine& line) {
    auto& ring = rings_[slot < rings_[1].first ? 0 : 1];
    if (line.serial <= ring.newest) return;
    ring.newest = line.serial;
    ring.next = (slot - ring.first + 1) % ring.size;
    serial_ = std::max(serial_, line.serial + 1);  // only a forged one can be the last there is
}

std::uint64_t BoxPlacer::place(BoxSlot& slot) {
    auto& ring = rings_[is_urgent_pri(slot[kPriAt]) ? 0 : 1];
    put_big_endian(slot.data() + kSerialAt, 8, serial_++);
    if (serial_ == 0) serial_ = 1;
    put_checksum(slot);
    const auto at = ring.first + ring.next;
    ring.next = (ring.next + 1) % ring.size;
    return (std::uint64_t{at} + 1) * kBoxSlot;
}

}  // namespace vakt::report
