// SPDX-License-Identifier: Apache-2.0
// The boot ledger: what is noted on disk before a reset, in slots that survive a power cut.
#include "report/ledger.h"

#include <algorithm>
#include <string_view>

#include "base/byte_stream.h"
#include "base/crc32.h"

namespace vakt::report {

namespace {

constexpr std::string_view kMagic = "VKLG";
constexpr std::size_t kCovered = kSlotSize - 4;
constexpr std::uint8_t kHealthy = 1;
constexpr std::uint8_t kEnded = 2;

template <std::size_t N>
void put_text(ByteWriter& out, const FixedText<N>& text) {
    out.text(text.view());
    for (auto left = N - text.view().size(); left > 0; --left) out.number(std::uint8_t{0});
}

template <std::size_t N>
bool get_text(ByteReader& in, FixedText<N>& text) {
    const auto size = in.number<std::uint8_t>();
    const auto field = in.bytes(N);
    if (!in.good() || size > N) return false;
    const auto padding = field.substr(size);
    text = FixedText<N>(field.substr(0, size));
    return std::all_of(padding.begin(), padding.end(), [](char c) { return c == 0; });
}

bool is_blank(std::span<const std::uint8_t> slot) {
    return std::all_of(slot.begin(), slot.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

Slot encode(const Entry& entry) {
    Slot slot{};
    ByteWriter out(slot);
    out.bytes(kMagic);
    out.number(kLedgerVersion);
    out.number(static_cast<std::uint8_t>(entry.kind));
    out.number(static_cast<std::uint8_t>(entry.cause));
    out.number(static_cast<std::uint8_t>(entry.step));
    out.number(entry.sequence);
    for (const auto byte : entry.boot_id) out.number(byte);
    out.number(static_cast<std::uint64_t>(entry.wall_ns));
    out.number(entry.uptime_ms);
    out.number(entry.boots);
    out.number(entry.failed_boots);
    out.number(entry.beat_age_ms);
    out.number(
        static_cast<std::uint8_t>((entry.healthy ? kHealthy : 0) | (entry.ended ? kEnded : 0)));
    put_text(out, entry.lease);
    put_text(out, entry.text);
    out.number(crc32(std::span<const std::uint8_t>(slot).first(kCovered)));
    return slot;
}

std::optional<Entry> decode(std::span<const std::uint8_t> slot) {
    if (slot.size() != kSlotSize) return std::nullopt;
    ByteReader tail(slot.subspan(kCovered));
    if (tail.number<std::uint32_t>() != crc32(slot.first(kCovered))) return std::nullopt;

    ByteReader in(slot.first(kCovered));
    Entry entry;
    if (in.bytes(kMagic.size()) != kMagic) return std::nullopt;
    if (in.number<std::uint8_t>() != kLedgerVersion) return std::nullopt;
    entry.kind = in.one_of<Kind>(kKinds);
    entry.cause = in.one_of<Cause>(kCauses);
    entry.step = in.one_of<Step>(kSteps);
    entry.sequence = in.number<std::uint64_t>();
    for (auto& byte : entry.boot_id) byte = in.number<std::uint8_t>();
    entry.wall_ns = static_cast<std::int64_t>(in.number<std::uint64_t>());
    entry.uptime_ms = in.number<std::uint64_t>();
    entry.boots = in.number<std::uint32_t>();
    entry.failed_boots = in.number<std::uint32_t>();
    entry.beat_age_ms = in.number<std::uint32_t>();
    const auto flags = in.number<std::uint8_t>();
    entry.healthy = (flags & kHealthy) != 0;
    entry.ended = (flags & kEnded) != 0;
    if (!get_text(in, entry.lease) || !get_text(in, entry.text)) return std::nullopt;
    if (!in.all_read() || static_cast<std::uint8_t>(entry.kind) == 0) return std::nullopt;
    if (flags > (kHealthy | kEnded) || entry.sequence == 0) return std::nullopt;
    return entry;
}

LedgerContent read_ledger(std::span<const std::uint8_t> file) {
    LedgerContent content;
    for (std::size_t slot = 0; slot < kSlots && slot * kSlotSize < file.size(); ++slot) {
        const auto rest = file.subspan(slot * kSlotSize);
        const auto bytes = rest.first(std::min(rest.size(), kSlotSize));
        // An entry that strayed into another's slot is not one that was written there.
        if (const auto entry = decode(bytes); entry && entry->sequence % kSlots == slot)
            content.entries.push_back(*entry);
        else if (!is_blank(bytes))
            ++content.damaged;
    }
    std::sort(content.entries.begin(), content.entries.end(),
              [](const Entry& a, const Entry& b) { return a.sequence < b.sequence; });
    return content;
}

LedgerWriter::LedgerWriter(std::span<const Entry> entries, const BootId& boot_id)
    : boot_id_(boot_id) {
    if (entries.empty()) return;
    const auto& newest = entries.back();
    next_ = newest.sequence + 1;
    is_new_boot_ = newest.boot_id != boot_id;
    if (!is_new_boot_) {
        boots_ = newest.boots;
        failed_boots_ = newest.failed_boots;
        healthy_ = newest.healthy;
        ended_ = newest.ended;
        for (const auto& entry : entries)
            if (entry.boot_id == boot_id) look_for_fault(entry);
        return;
    }
    boots_ = newest.boots + 1;
    failed_boots_ = newest.failed_boots;
    if (newest.healthy)
        failed_boots_ = 0;
    else if (!newest.ended)
        ++failed_boots_;
}

void LedgerWriter::look_for_fault(const Entry& entry) {
    if (entry.kind == Kind::note && entry.cause != Cause::requested) faulted_ = true;
    if (entry.kind == Kind::recovered) faulted_ = false;
}

LedgerWriter::Write LedgerWriter::add(Entry entry) {
    healthy_ = healthy_ || entry.kind == Kind::healthy;
    look_for_fault(entry);
    // What was asked for ends in order even where the hardware has to finish it; but who asks for a
    // restart after a fault, as a heart command may, asks for its sake.
    ended_ = ended_ || entry.kind == Kind::clean ||
             (entry.kind == Kind::note && entry.cause == Cause::requested && !faulted_);
    if (entry.kind == Kind::recovered) ended_ = false;
    entry.sequence = next_++;
    if (next_ == 0) next_ = 1;  // only a forged file can be so far
    entry.boot_id = boot_id_;
    entry.boots = boots_;
    entry.failed_boots = failed_boots_;
    entry.healthy = healthy_;
    entry.ended = ended_;
    return {entry.sequence % kSlots * kSlotSize, encode(entry), entry};
}

}  // namespace vakt::report
