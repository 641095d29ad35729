// SPDX-License-Identifier: Apache-2.0
// A numbered entry or gap as bytes: in the ring, on the bridge's socket, on a port; version 1.
#include "wire/record_bytes.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/bytes.h"

namespace vakt::wire {
namespace {

using syslog::Entry;
using syslog::Gap;
using syslog::Record;

constexpr std::size_t kSize = 4;  // of the size itself
constexpr std::size_t kBothHead = 16;
constexpr unsigned char kRecordKind = 0;
constexpr unsigned char kGapKind = 1;
constexpr unsigned char kNoPri = 255;
constexpr std::uint8_t kLastForm = static_cast<std::uint8_t>(syslog::Form::journal);
constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

namespace at {
constexpr std::size_t kKind = 4, kSource = 5, kOrigin = 6, kPri = 7, kLoss = 7, kSeq = 8;
constexpr std::size_t kCount = 16, kFrom = 24, kTo = 32;
constexpr std::size_t kTime = 16, kMono = 24, kSourceSeq = 32, kRepeats = 40, kFlags = 44,
                      kUnit = 46, kPid = 48, kUid = 52, kParts = 56, kBytes = 80;
}  // namespace at

constexpr std::uint16_t kMalformed = 1, kUtf8 = 2, kTimeIsOurs = 4, kSenderKnown = 8, kCut = 16,
                        kComposed = 32;
constexpr unsigned kFormShift = 8;
constexpr std::uint16_t kEveryFlag =
    kMalformed | kUtf8 | kTimeIsOurs | kSenderKnown | kCut | kComposed | 7U << kFormShift;

using Parts = std::array<std::string_view, 6>;

Parts parts_of(const Record& record) {
    return {record.host, record.app, record.pid, record.msgid, record.structured, record.text};
}

unsigned char* begin_both(unsigned char* to, unsigned char kind, syslog::Source source,
                          const Stamp& stamp) {
    to[at::kKind] = kind;
    to[at::kSource] = static_cast<unsigned char>(source);
    to[at::kOrigin] = stamp.origin;
    put_number(to + at::kSeq, stamp.seq);
    return to;
}

void put_part(unsigned char* to, std::size_t skip, std::size_t size) {
    put_number(to, static_cast<std::uint16_t>(skip));
    put_number(to + 2, static_cast<std::uint16_t>(size));
}

void put_text(unsigned char* to, std::string_view text) {
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
}

/// Writes where the parts lie in the first `kept` bytes of `raw`; false if one does not lie there,
/// or not behind the one before. As numbers, since pointers into different things do not compare.
bool put_places(unsigned char* to, const Parts& parts, std::string_view raw, std::size_t kept) {
    const auto start = reinterpret_cast<std::uintptr_t>(raw.data());
    std::size_t behind = 0;
    for (const auto part : parts) {
        std::size_t skip = 0;
        std::size_t size = 0;
        if (!part.empty()) {
            // What lies before `raw` becomes a large number.
            const std::size_t place = reinterpret_cast<std::uintptr_t>(part.data()) - start;
            if (place < behind || place > raw.size() || part.size() > raw.size() - place)
                return false;
            if (place < kept) {
                skip = place - behind;
                size = std::min(part.size(), kept - place);
                behind = place + size;
            }
        }
        put_part(to, skip, size);
        to += 4;
    }
    return true;
}

/// Writes the parts one behind the other, and returns how many bytes they took; what does not fit
/// is cut.
std::size_t compose(unsigned char* places, unsigned char* to, const Parts& parts) {
    std::size_t used = 0;
    for (const auto part : parts) {
        const auto fits = part.substr(0, kLongestBytes - used);
        put_part(places, 0, fits.size());
        put_text(to + used, fits);
        used += fits.size();
        places += 4;
    }
    return used;
}

/// Each part behind the one before, within `bytes`; false if they are not as they are written.
bool take_parts(const unsigned char* places, std::string_view bytes, bool composed,
                Record& record) {
    std::size_t behind = 0;
    for (auto* part : {&record.host, &record.app, &record.pid, &record.msgid, &record.structured,
                       &record.text}) {
        const std::size_t skip = get_number<std::uint16_t>(places);
        const std::size_t size = get_number<std::uint16_t>(places + 2);
        places += 4;
        if (skip != 0 && (size == 0 || composed)) return false;
        if (skip + size > bytes.size() - behind) return false;
        if (size != 0) *part = bytes.substr(behind + skip, size);
        behind += skip + size;
    }
    return composed ? behind == bytes.size() : !bytes.empty();
}

bool take_entry(const unsigned char* from, std::string_view whole, StampedEntry& taken) {
    if (whole.size() < kRecordHead) return false;
    const auto pri = from[at::kPri];
    const auto flags = get_number<std::uint16_t>(from + at::kFlags);
    const auto form = static_cast<std::uint8_t>(flags >> kFormShift & 7U);
    const std::size_t bytes = get_number<std::uint16_t>(from + at::kBytes);
    const std::size_t unit = get_number<std::uint16_t>(from + at::kUnit);
    const syslog::Sender sender{get_number<std::uint32_t>(from + at::kPid),
                                get_number<std::uint32_t>(from + at::kUid)};
    const bool sender_known = (flags & kSenderKnown) != 0;
    const bool composed = (flags & kComposed) != 0;
    if ((flags & ~kEveryFlag) != 0 || form > kLastForm || unit > kLongestUnit ||
        (pri > syslog::Pri::kLargest && pri != kNoPri) ||
        whole.size() != kRecordHead + bytes + unit || (!sender_known && sender != syslog::Sender{}))
        return false;

    auto& entry = taken.entry;
    auto& record = entry.record;
    if (!take_parts(from + at::kParts, whole.substr(kRecordHead, bytes), composed, record))
        return false;
    if (!composed) entry.raw = whole.substr(kRecordHead, bytes);
    if (unit != 0) entry.unit = whole.substr(kRecordHead + bytes);
    record.form = static_cast<syslog::Form>(form);
    record.malformed = (flags & kMalformed) != 0;
    record.utf8 = (flags & kUtf8) != 0;
    if (pri != kNoPri) record.pri = syslog::Pri(pri);
    record.time_ns = static_cast<std::int64_t>(get_number<std::uint64_t>(from + at::kTime));
    entry.mono_ns = get_number<std::uint64_t>(from + at::kMono);
    entry.source_seq = get_number<std::uint64_t>(from + at::kSourceSeq);
    if (sender_known) entry.sender = sender;
    entry.cut = (flags & kCut) != 0;
    taken.stamp.repeats = get_number<std::uint32_t>(from + at::kRepeats);
    taken.time_is_ours = (flags & kTimeIsOurs) != 0;
    if (taken.time_is_ours) taken.stamp.read_ns = *record.time_ns;
    return true;
}

bool take_gap(const unsigned char* from, std::string_view whole, StampedGap& taken) {
    if (whole.size() < kGapHead || whole.size() > kGapHead + kLongestWords ||
        from[at::kLoss] >= syslog::kLossNames.size())
        return false;
    taken.gap.reason = static_cast<syslog::Loss>(from[at::kLoss]);
    const auto count = get_number<std::uint64_t>(from + at::kCount);
    if (count != kUnknown) taken.gap.count = count;
    taken.gap.from = get_number<std::uint64_t>(from + at::kFrom);
    taken.gap.to = get_number<std::uint64_t>(from + at::kTo);
    if (whole.size() > kGapHead) taken.gap.words = whole.substr(kGapHead);
    return true;
}

}  // namespace

std::size_t put_entry(const Entry& entry, const Stamp& stamp, std::span<unsigned char> room) {
    const auto& record = entry.record;
    const auto parts = parts_of(record);
    auto* to = begin_both(room.data(), kRecordKind, entry.source, stamp);
    auto flags = static_cast<unsigned>(record.form) << kFormShift;

    auto bytes = std::min(entry.raw.size(), kLongestBytes);
    bool cut = entry.cut;
    if (bytes != 0 && put_places(to + at::kParts, parts, entry.raw, bytes)) {
        std::memcpy(to + kRecordHead, entry.raw.data(), bytes);
        cut = cut || entry.raw.size() > bytes;
    } else {
        bytes = compose(to + at::kParts, to + kRecordHead, parts);
        std::size_t wanted = 0;
        for (const auto part : parts) wanted += part.size();
        cut = cut || wanted > bytes;
        flags |= kComposed;
    }
    const auto unit = entry.unit.substr(0, kLongestUnit);
    put_text(to + kRecordHead + bytes, unit);
    cut = cut || unit.size() < entry.unit.size();

    if (record.malformed) flags |= kMalformed;
    if (record.utf8) flags |= kUtf8;
    if (!record.time_ns) flags |= kTimeIsOurs;
    if (entry.sender) flags |= kSenderKnown;
    if (cut) flags |= kCut;
    const auto sender = entry.sender.value_or(syslog::Sender{});
    const auto ours = entry.taken_ns != 0 ? entry.taken_ns : stamp.read_ns;
    const auto time = record.time_ns.value_or(ours);
    to[at::kPri] = record.pri ? record.pri->number() : kNoPri;
    put_number(to + at::kTime, static_cast<std::uint64_t>(time));
    put_number(to + at::kMono, entry.mono_ns);
    put_number(to + at::kSourceSeq, entry.source_seq);
    put_number(to + at::kRepeats, stamp.repeats);
    put_number(to + at::kFlags, static_cast<std::uint16_t>(flags));
    put_number(to + at::kUnit, static_cast<std::uint16_t>(unit.size()));
    put_number(to + at::kPid, sender.pid);
    put_number(to + at::kUid, sender.uid);
    put_number(to + at::kBytes, static_cast<std::uint16_t>(bytes));
    const auto size = kRecordHead + bytes + unit.size();
    put_number(to, static_cast<std::uint32_t>(size - kSize));
    return size;
}

std::size_t put_gap(const Gap& gap, const Stamp& stamp, std::span<unsigned char> room) {
    auto* to = begin_both(room.data(), kGapKind, gap.source, stamp);
    const auto words = gap.words.substr(0, kLongestWords);
    to[at::kLoss] = static_cast<unsigned char>(gap.reason);
    put_number(to + at::kCount, gap.count.value_or(kUnknown));
    put_number(to + at::kFrom, gap.from);
    put_number(to + at::kTo, gap.to);
    put_text(to + kGapHead, words);
    const auto size = kGapHead + words.size();
    put_number(to, static_cast<std::uint32_t>(size - kSize));
    return size;
}

std::optional<std::variant<StampedEntry, StampedGap>> take_record(std::string_view& bytes) {
    const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
    if (bytes.size() < kBothHead) return std::nullopt;
    const std::size_t size = get_number<std::uint32_t>(from);
    if (size > bytes.size() - kSize || size < kBothHead - kSize ||
        from[at::kSource] >= syslog::kSourceNames.size())
        return std::nullopt;
    const auto whole = bytes.substr(0, kSize + size);
    const auto source = static_cast<syslog::Source>(from[at::kSource]);
    const auto stamp = [from](Stamp& to) {
        to.seq = get_number<std::uint64_t>(from + at::kSeq);
        to.origin = from[at::kOrigin];
    };
    // Made where it is given back: it is large.
    std::optional<std::variant<StampedEntry, StampedGap>> taken;
    bool good = false;
    if (from[at::kKind] == kRecordKind) {
        auto& entry = std::get<StampedEntry>(taken.emplace());
        good = take_entry(from, whole, entry);
        entry.entry.source = source;
        stamp(entry.stamp);
    } else if (from[at::kKind] == kGapKind) {
        auto& gap = std::get<StampedGap>(taken.emplace(std::in_place_type<StampedGap>));
        good = take_gap(from, whole, gap);
        gap.gap.source = source;
        stamp(gap.stamp);
    }
    if (good)
        bytes.remove_prefix(whole.size());
    else
        taken.reset();
    return taken;
}

}  // namespace vakt::wire
